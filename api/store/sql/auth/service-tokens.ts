import { type Selectable, sql } from 'kysely'
import { isScope, type ServiceToken, serviceSubject } from '../../../../contract/service-token.ts'
import type { ListedServiceToken, ServiceTokenStore } from '../../../core/auth/service-token-store.ts'
import { isStorable } from '../bind.ts'
import type { Database } from '../database.ts'
import type { ServiceTokensTable } from '../tables.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { insertRevocation } from './revocations.ts'

export function createServiceTokenStore(db: Database): ServiceTokenStore {
  const tokens = () => db.query.selectFrom('service_tokens').selectAll()

  return {
    add: (token, max) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, token.createdBy)
        const { inForce } = await trx
          .selectFrom('service_tokens')
          .select((of) => of.fn.countAll<number>().as('inForce'))
          .where('expires_at', '>', token.createdAt)
          .where('revoked_at', 'is', null)
          .executeTakeFirstOrThrow()
        if (Number(inForce) >= max) return false
        await trx
          .insertInto('service_tokens')
          .values({
            id: token.id,
            name: token.name,
            token_hash: token.hash,
            scopes: token.scopes.join(' '),
            networks: token.networks.join(' '),
            created_by: token.createdBy,
            created_at: token.createdAt,
            expires_at: token.expiresAt,
            announced_at: 0,
          })
          .execute()
        return true
      }),

    async find(id) {
      if (!isStorable(id)) return undefined
      const row = await tokens().where('id', '=', id).executeTakeFirst()
      return row && toListed(row)
    },

    async list({ after, limit }) {
      const rows = await tokens()
        .$if(after !== undefined, (query) =>
          query.where((is) =>
            is.or([
              is('created_at', '<', after?.createdAt ?? 0),
              is.and([is('created_at', '=', after?.createdAt ?? 0), is('id', '<', after?.id ?? '')]),
            ]),
          ),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toListed)
    },

    async count() {
      const { total } = await db.query
        .selectFrom('service_tokens')
        .select((of) => of.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return Number(total)
    },

    revoke: (id, atS, actorId) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, actorId)
        const row = await trx
          .updateTable('service_tokens')
          .set({ revoked_at: atS })
          .where('id', '=', isStorable(id) ? id : '')
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', atS)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) return undefined
        const revocation = await insertRevocation(trx, {
          kind: 'sid',
          key: serviceSubject(row.id),
          generation: 0,
          until: row.expires_at,
        })
        return { token: toListed(row), revocation }
      }),

    async touch(id, atS, notSinceS) {
      await db.query
        .updateTable('service_tokens')
        .set({ last_used_at: atS })
        .where('id', '=', id)
        .where(sql<boolean>`coalesce(last_used_at, 0) <= ${notSinceS}`)
        .execute()
    },

    async listAnnounceable(nowS, { beforeS, afterId = '', limit }) {
      const rows = await tokens()
        .where('expires_at', '>', nowS)
        .where('announced_at', '<', beforeS)
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ ...toToken(row), isRevoked: row.revoked_at !== null }))
    },

    async markAnnounced(ids, atS) {
      if (ids.length === 0) return
      await db.query.updateTable('service_tokens').set({ announced_at: atS }).where('id', 'in', ids).execute()
    },

    async purge(beforeS) {
      await db.query.deleteFrom('service_tokens').where('expires_at', '<', beforeS).execute()
    },
  }
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')

const toToken = (row: Selectable<ServiceTokensTable>): ServiceToken => ({
  id: row.id,
  name: row.name,
  hash: row.token_hash,
  // A later version may have more scopes, which this one cannot grant.
  scopes: words(row.scopes).filter(isScope),
  networks: words(row.networks),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

function toListed(row: Selectable<ServiceTokensTable>): ListedServiceToken {
  const { hash: _, ...token } = toToken(row)
  return { ...token, createdBy: row.created_by, lastUsedAt: row.last_used_at, revokedAt: row.revoked_at }
}
