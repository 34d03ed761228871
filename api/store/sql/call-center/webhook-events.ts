import type { WebhookEventStore } from '../../../core/call-center/webhooks/webhook-event-store.ts'
import type { Database } from '../database.ts'
import { addToDoNotCall } from './do-not-call.ts'

export function createWebhookEventStore(db: Database): WebhookEventStore {
  return {
    save: ({ id, source, type, occurredAt, receivedAt, body }, optOut) =>
      db.transaction(async (trx) => {
        const added = await trx
          .insertInto('webhook_events')
          .values({ id, source, type, occurred_at: occurredAt, received_at: receivedAt, body })
          .onConflict((known) => known.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (added === undefined) return false
        if (optOut !== undefined) await addToDoNotCall(trx, [optOut], receivedAt)
        return true
      }),

    async deleteBefore(receivedBefore) {
      const deleted = await db.query
        .deleteFrom('webhook_events')
        .where('received_at', '<', receivedBefore)
        .executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}
