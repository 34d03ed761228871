import type { Kysely } from 'kysely'
import { messageIdOf, toMessageBody, type WebhookEvent } from '../../../core/webhooks/event.ts'
import type { Tables } from '../tables.ts'

/**
 * Queues events for the endpoints that subscribe to them. An event that is queued already is skipped: processes may
 * report the same fact.
 * @param trx the transaction that stores the fact, so that none is lost
 */
export async function queueEvents(trx: Kysely<Tables>, events: readonly WebhookEvent[]): Promise<void> {
  if (events.length === 0) return
  const endpoints = await trx
    .selectFrom('webhook_endpoints')
    .select(['id', 'events_json'])
    .where('enabled', '=', 1)
    .execute()
  if (endpoints.length === 0) return
  const subscribed = endpoints.map(({ id, events_json }) => ({
    id,
    types: new Set(JSON.parse(events_json) as string[]), // the store of endpoints wrote it
  }))
  // In one order, so that two processes that queue the same events do not wait for each other.
  for (const event of [...events].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const receivers = subscribed.filter(({ types }) => types.has(event.type)).map(({ id }) => id)
    await queueMessage(trx, event, receivers, Math.floor(event.at))
  }
}

/**
 * @param receivers ids of endpoints
 * @param now when the first attempt is due, unix seconds
 * @returns the id of the message; undefined if there is no receiver, or if it was queued before
 */
export async function queueMessage(
  trx: Kysely<Tables>,
  event: WebhookEvent,
  receivers: readonly number[],
  now: number,
): Promise<string | undefined> {
  if (receivers.length === 0) return undefined
  const id = messageIdOf(event)
  const added = await trx
    .insertInto('webhook_messages')
    .values({ id, type: event.type, body: toMessageBody(event), created_at: now })
    .onConflict((known) => known.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added === undefined) return undefined
  await trx
    .insertInto('webhook_deliveries')
    .values(
      receivers.map((endpoint) => ({
        endpoint_id: endpoint,
        message_id: id,
        status: 'waiting' as const,
        tries: 0,
        next_try_at: now,
        created_at: now,
      })),
    )
    .execute()
  return id
}
