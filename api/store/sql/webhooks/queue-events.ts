import { type Kysely, sql } from 'kysely'
import { messageIdOf, toMessageBody, type WebhookEvent } from '../../../core/webhooks/event.ts'
import { chunks } from '../chunks.ts'
import type { Tables } from '../tables.ts'

/** Rows of one statement. */
const CHUNK = 100

/**
 * Queues events for the endpoints that subscribe to them. An event that is queued already is skipped: processes may
 * report the same fact. However many endpoints there are, a list of events takes few statements, as other writers wait
 * for the transaction.
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
  const receiversOf = new Map<string, number[]>()
  // The store of endpoints wrote it.
  for (const { id, events_json } of endpoints)
    for (const type of new Set(JSON.parse(events_json) as string[]))
      receiversOf.set(type, [...(receiversOf.get(type) ?? []), id])
  // In one order, so that two processes that queue the same events do not wait for each other.
  for (const [type, receivers] of [...receiversOf].sort(([a], [b]) => (a < b ? -1 : 1)))
    await queueMessages(
      trx,
      events.filter((event) => event.type === type),
      receivers,
    )
}

/**
 * @param events of one type
 * @param receivers ids of endpoints
 * @param now when the first attempt is due, unix seconds; by default when the event happened
 * @returns the ids of the messages, without those that were queued before
 */
export async function queueMessages(
  trx: Kysely<Tables>,
  events: readonly WebhookEvent[],
  receivers: readonly number[],
  now?: number,
): Promise<string[]> {
  if (receivers.length === 0) return []
  const added: string[] = []
  const rows = [...new Map(events.map((event) => [messageIdOf(event), event]))]
    .map(([id, event]) => ({
      ...{ id, type: event.type, body: toMessageBody(event), created_at: now ?? Math.floor(event.at) },
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const some of chunks(rows, CHUNK)) {
    const inserted = await trx
      .insertInto('webhook_messages')
      .values([...some])
      .onConflict((known) => known.column('id').doNothing())
      .returning('id')
      .execute()
    if (inserted.length === 0) continue
    const ids = inserted.map(({ id }) => id)
    await insertDeliveries(trx, ids, receivers)
    added.push(...ids)
  }
  return added
}

/** One for each message and each receiver. */
async function insertDeliveries(
  trx: Kysely<Tables>,
  messages: readonly string[],
  receivers: readonly number[],
): Promise<void> {
  await trx
    .insertInto('webhook_deliveries')
    .columns(['endpoint_id', 'message_id', 'status', 'tries', 'next_try_at', 'created_at'])
    .expression((of) =>
      of
        .selectFrom(['webhook_messages as message', 'webhook_endpoints as endpoint'])
        .where('message.id', 'in', messages)
        .where('endpoint.id', 'in', receivers)
        .orderBy('message.id')
        .orderBy('endpoint.id')
        .select([
          'endpoint.id as endpoint_id',
          'message.id as message_id',
          sql.lit<'waiting'>('waiting').as('status'),
          sql.lit(0).as('tries'),
          'message.created_at as next_try_at',
          'message.created_at as created_at',
        ]),
    )
    .execute()
}
