import type { AttemptResult, ClaimedDelivery, DeliveryStore } from '../../../core/webhooks/deliveries.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { queueMessages } from './queue-events.ts'

/** The expiry of a claim identifies it. Only attempts with a result count. */
export function createDeliveryStore(db: Database): DeliveryStore {
  const ofEndpoint = (endpointId: string) =>
    db.query.selectFrom('webhook_deliveries').where('endpoint_id', '=', rowId(endpointId) ?? 0)

  /** The row, while the claim holds. */
  const claimed = ({ id, tries, claimedUntil }: ClaimedDelivery) =>
    db.query
      .updateTable('webhook_deliveries')
      .where('id', '=', rowId(id) ?? 0)
      .where('status', '=', 'waiting')
      .where('tries', '=', tries)
      .where('next_try_at', '=', claimedUntil)

  return {
    async claim(endpointId, now, until, limit) {
      const due = db.query
        .selectFrom('webhook_deliveries as due')
        .select('due.id')
        .where('due.endpoint_id', '=', rowId(endpointId) ?? 0)
        .where('due.status', '=', 'waiting')
        .where('due.next_try_at', '<=', now)
        .orderBy('due.next_try_at')
        .orderBy('due.id')
        .limit(limit)
      const rows = await db.query
        .updateTable('webhook_deliveries')
        .set({ next_try_at: until })
        .where('id', 'in', due)
        // Checked again once another process that claims them is done.
        .where('status', '=', 'waiting')
        .where('next_try_at', '<=', now)
        .returning(['id', 'message_id', 'tries'])
        .execute()
      if (rows.length === 0) return []
      const messages = await db.query
        .selectFrom('webhook_messages')
        .select(['id', 'body'])
        .where(
          'id',
          'in',
          rows.map(({ message_id }) => message_id),
        )
        .execute()
      const bodies = new Map(messages.map(({ id, body }) => [id, body]))
      return rows
        .sort((a, b) => a.id - b.id)
        .flatMap(({ id, message_id, tries }) => {
          const body = bodies.get(message_id)
          if (body === undefined) return []
          return { id: String(id), endpointId, messageId: message_id, body, tries, claimedUntil: until }
        })
    },

    async finish(delivery, status, result, now) {
      await claimed(delivery)
        .set({ status, tries: delivery.tries + 1, ...toColumns(result, now) })
        .execute()
    },

    async postpone(delivery, nextTryAt, result, now) {
      await claimed(delivery)
        .set({ next_try_at: nextTryAt, tries: delivery.tries + 1, ...toColumns(result, now) })
        .execute()
    },

    async list(endpointId, { status }, { beforeId, limit }) {
      const rows = await ofEndpoint(endpointId)
        .innerJoin('webhook_messages', 'webhook_messages.id', 'webhook_deliveries.message_id')
        .selectAll('webhook_deliveries')
        .select('webhook_messages.type')
        .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'failed'))
        .$if(beforeId !== undefined, (query) =>
          query.where('webhook_deliveries.id', '<', rowId(beforeId ?? '') ?? 0),
        )
        .orderBy('webhook_deliveries.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: String(row.id),
        messageId: row.message_id,
        type: row.type,
        status: row.status,
        tries: row.tries,
        createdAt: row.created_at,
        triedAt: row.tried_at,
        responseStatus: row.response_status,
        responseText: row.response_text,
        durationMs: row.duration_ms,
        error: row.error,
        nextTryAt: row.status === 'waiting' ? row.next_try_at : null,
      }))
    },

    async count(endpointId, { status }) {
      const { deliveries } = await ofEndpoint(endpointId)
        .select((of) => of.fn.countAll().as('deliveries'))
        .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'failed'))
        .executeTakeFirstOrThrow()
      return Number(deliveries)
    },

    queueFor: (endpointId, event, now) =>
      db.transaction(async (trx) => {
        const [id] = await queueMessages(trx, [event], [rowId(endpointId) ?? 0], now)
        if (id === undefined) throw new TypeError('the key of the event is not unique')
        return id
      }),

    async replay(endpointId, messageId, now) {
      if (!isStorable(messageId)) return false
      const row = await db.query
        .updateTable('webhook_deliveries')
        .set({ status: 'waiting', tries: 0, next_try_at: now })
        .where('endpoint_id', '=', rowId(endpointId) ?? 0)
        .where('message_id', '=', messageId)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async replayFailed(endpointId, since, now) {
      const rows = await db.query
        .updateTable('webhook_deliveries')
        .set({ status: 'waiting', tries: 0, next_try_at: now })
        .where('endpoint_id', '=', rowId(endpointId) ?? 0)
        .where('status', '=', 'failed')
        .where('created_at', '>=', since)
        .returning('id')
        .execute()
      return rows.length
    },

    purge: (before, limit) =>
      db.transaction(async (trx) => {
        const old = await trx
          .selectFrom('webhook_messages')
          .select('id')
          .where('created_at', '<', before)
          .where((is) =>
            is.not(
              is.exists(
                is
                  .selectFrom('webhook_deliveries')
                  .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
                  .select('webhook_deliveries.id')
                  .whereRef('webhook_deliveries.message_id', '=', 'webhook_messages.id')
                  .where('webhook_deliveries.status', '=', 'waiting')
                  .where('webhook_endpoints.enabled', '=', 1),
              ),
            ),
          )
          .orderBy('created_at')
          .limit(limit)
          .execute()
        const ids = old.map(({ id }) => id)
        if (ids.length === 0) return 0
        await trx.deleteFrom('webhook_deliveries').where('message_id', 'in', ids).execute()
        await trx.deleteFrom('webhook_messages').where('id', 'in', ids).execute()
        return ids.length
      }),
  }
}

/** What a receiver answers may hold characters that one of the engines cannot store. */
const storable = (text: string | null) => text?.toWellFormed().replaceAll('\0', '\ufffd') ?? null

const toColumns = (result: AttemptResult, now: number) => ({
  tried_at: now,
  response_status: result.responseStatus,
  response_text: storable(result.responseText),
  duration_ms: result.durationMs,
  error: storable(result.error),
})
