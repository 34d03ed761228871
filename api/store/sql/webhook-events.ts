import type { WebhookEventStore } from '../../core/desk/webhook-events.ts'
import type { Database } from './database.ts'

export function createWebhookEventStore(db: Database): WebhookEventStore {
  return {
    keep: ({ id, source, type, occurredAt, receivedAt, body }, optOut) =>
      db.transaction(async (trx) => {
        const added = await trx
          .insertInto('webhook_events')
          .values({ id, source, type, occurred_at: occurredAt, received_at: receivedAt, body })
          .onConflict((known) => known.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (added === undefined) return false
        if (optOut === undefined) return true
        await trx
          .insertInto('do_not_call')
          .values({ ...optOut, added_at: receivedAt })
          .onConflict((known) => known.doNothing())
          .execute()
        return true
      }),

    async forget(receivedBefore) {
      const gone = await db.query
        .deleteFrom('webhook_events')
        .where('received_at', '<', receivedBefore)
        .executeTakeFirst()
      return Number(gone.numDeletedRows)
    },
  }
}
