import type { ProviderIdentityStore } from '../../../core/auth/providers/provider-accounts.ts'
import { providerSource } from '../../../core/auth/providers/provider-accounts.ts'
import type { ProviderLinkStore } from '../../../core/auth/providers/provider-links.ts'
import { Refusal } from '../../../core/refusal.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'

/** @param now unix seconds */
export function createProviderIdentityStore(
  db: Database,
  now: () => number,
): ProviderIdentityStore & ProviderLinkStore {
  const created = (query: Database['query'], providerId: string, subject: string) =>
    query
      .selectFrom('users')
      .select('id')
      .where('source', '=', providerSource(providerId))
      .where('source_id', '=', subject)
      .executeTakeFirst()
  return {
    async findUserId(providerId, subject) {
      if (!isStorable(subject)) return undefined
      const own = await created(db.query, providerId, subject)
      if (own !== undefined) return String(own.id)
      const linked = await db.query
        .selectFrom('provider_identities')
        .select('user_id')
        .where('provider_id', '=', providerId)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return linked && String(linked.user_id)
    },

    add: (userId, { providerId, subject }) =>
      db
        .transaction(async (trx) => {
          const user = await trx
            .selectFrom('users')
            .select(['id', 'source'])
            .where('id', '=', rowId(userId) ?? 0)
            .executeTakeFirst()
          if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
          if (user.source === providerSource(providerId) || (await created(trx, providerId, subject)))
            throw new Refusal('taken', { detail: 'identity' })
          await trx
            .insertInto('provider_identities')
            .values({ provider_id: providerId, subject, user_id: user.id, created_at: now() })
            .execute()
        })
        .catch((err) => {
          throw err instanceof UniqueViolation ? new Refusal('taken', { detail: 'identity' }) : err
        }),

    async remove(userId, providerId) {
      const removed = await db.query
        .deleteFrom('provider_identities')
        .where('user_id', '=', rowId(userId) ?? 0)
        .where('provider_id', '=', providerId)
        .returning('subject')
        .executeTakeFirst()
      return removed !== undefined
    },
  }
}
