import { type Selectable, sql } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import type { EndpointStore, NewEndpoint, WebhookEndpoint } from '../../../core/webhooks/endpoint.ts'
import type { SubscribableEvent } from '../../../core/webhooks/event.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { WebhookEndpointsTable } from '../tables-webhooks.ts'

export function createEndpointStore(db: Database): EndpointStore {
  const byId = (id: string) =>
    db.query
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where('id', '=', rowId(id) ?? 0)
  const updateById = (id: string) =>
    db.query.updateTable('webhook_endpoints').where('id', '=', rowId(id) ?? 0)

  return {
    add: (endpoint, now, max) =>
      db.transaction(async (trx) => {
        const { endpoints } = await trx
          .selectFrom('webhook_endpoints')
          .select((of) => of.fn.countAll().as('endpoints'))
          .executeTakeFirstOrThrow()
        if (Number(endpoints) >= max) return undefined
        const row = await trx
          .insertInto('webhook_endpoints')
          .values({
            ...toColumns(endpoint),
            secret_sealed: endpoint.sealedSecret,
            version: 1,
            created_by: endpoint.createdBy === null ? null : (rowId(endpoint.createdBy) ?? null),
            created_at: now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return toEndpoint(row)
      }),

    async find(id) {
      const row = await byId(id).executeTakeFirst()
      return row && toEndpoint(row)
    },

    async list({ afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('webhook_endpoints')
        .selectAll()
        .where('id', '>', rowId(afterId) ?? 0)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEndpoint)
    },

    async count() {
      const { endpoints } = await db.query
        .selectFrom('webhook_endpoints')
        .select((of) => of.fn.countAll().as('endpoints'))
        .executeTakeFirstOrThrow()
      return Number(endpoints)
    },

    async update(id, endpoint, version) {
      const row = await updateById(id)
        .set((known) => ({
          ...toColumns(endpoint),
          disabled_reason: null,
          failing_since: endpoint.enabled ? null : known.ref('failing_since'),
          version: known('version', '+', 1),
        }))
        .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) return toEndpoint(row)
      if ((await byId(id).executeTakeFirst()) === undefined)
        throw new Refusal('not_found', { detail: 'no such endpoint' })
      throw new Refusal('stale', { detail: 'the endpoint has changed since it was read' })
    },

    async replaceSecret(id, sealedSecret, previousUntil) {
      const row = await updateById(id)
        .set((known) => ({
          previous_sealed: known.ref('secret_sealed'),
          previous_until: previousUntil,
          secret_sealed: sealedSecret,
          version: known('version', '+', 1),
        }))
        .returningAll()
        .executeTakeFirst()
      return row && toEndpoint(row)
    },

    remove: (id) =>
      db.transaction(async (trx) => {
        const key = rowId(id) ?? 0
        const row = await trx
          .deleteFrom('webhook_endpoints')
          .where('id', '=', key)
          .returningAll()
          .executeTakeFirst()
        await trx.deleteFrom('webhook_deliveries').where('endpoint_id', '=', key).execute()
        return row && toEndpoint(row)
      }),

    async listActive(now) {
      const rows = await db.query
        .selectFrom('webhook_endpoints')
        .select(['id', 'url', 'secret_sealed', 'previous_sealed', 'previous_until', 'failing_since'])
        .where('enabled', '=', 1)
        .orderBy('id')
        .execute()
      return rows.map((row) => ({
        id: String(row.id),
        url: row.url,
        secrets: {
          current: row.secret_sealed,
          previous: (row.previous_until ?? 0) > now ? (row.previous_sealed ?? undefined) : undefined,
        },
        isFailing: row.failing_since !== null,
      }))
    },

    async markWorking(id) {
      await updateById(id).set({ failing_since: null }).where('failing_since', 'is not', null).execute()
    },

    async markFailing(id, now) {
      const row = await updateById(id)
        .set({ failing_since: sql<number>`coalesce(failing_since, ${now})` })
        .returning('failing_since')
        .executeTakeFirst()
      return row?.failing_since ?? now
    },

    async disable(id, reason) {
      const row = await updateById(id)
        .set((known) => ({ enabled: 0, disabled_reason: reason, version: known('version', '+', 1) }))
        .where('enabled', '=', 1)
        .returningAll()
        .executeTakeFirst()
      return row && toEndpoint(row)
    },
  }
}

const toColumns = ({ url, description, events, enabled }: NewEndpoint) => ({
  url,
  description,
  events_json: JSON.stringify(events),
  enabled: enabled ? 1 : 0,
})

const toEndpoint = (row: Selectable<WebhookEndpointsTable>): WebhookEndpoint => ({
  id: String(row.id),
  url: row.url,
  description: row.description,
  events: JSON.parse(row.events_json) as SubscribableEvent[], // `toColumns` wrote it
  enabled: row.enabled === 1,
  disabledReason: row.disabled_reason,
  failingSince: row.failing_since,
  previousSecretUntil: row.previous_until,
  createdBy: row.created_by === null ? null : String(row.created_by),
  createdAt: row.created_at,
  version: row.version,
})
