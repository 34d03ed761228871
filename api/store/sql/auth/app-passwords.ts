import type { Selectable, Transaction } from 'kysely'
import type { AppPassword, AppPasswordStore } from '../../../core/auth/second-factor/app-password-store.ts'
import type { SessionEndReason } from '../../../core/auth/session-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'
import type { AppPasswordsTable } from '../tables-factors.ts'
import { endSessions } from './end-sessions.ts'
import { lockFactorOwner } from './factor-owner.ts'

export function createAppPasswordStore(db: Database): AppPasswordStore {
  return {
    add: (owner, { name, hash, atS }, max) =>
      db.transaction(async (trx) => {
        const { key } = await lockFactorOwner(trx, owner)
        const { count } = await trx
          .selectFrom('app_passwords')
          .select((of) => of.fn.countAll<number>().as('count'))
          .where('user_id', '=', key)
          .executeTakeFirstOrThrow()
        if (count >= max)
          throw new Refusal('conflict', { detail: `an account has at most ${max} app passwords` })
        const row = await trx
          .insertInto('app_passwords')
          .values({ user_id: key, password_hash: hash, name, created_at: atS, last_used_at: null })
          .returningAll()
          .executeTakeFirstOrThrow()
        return toAppPassword(row)
      }),

    async list(userId) {
      const rows = await db.query
        .selectFrom('app_passwords')
        .selectAll()
        .where('user_id', '=', rowId(userId) ?? 0)
        .orderBy('id', 'desc')
        .execute()
      return rows.map(toAppPassword)
    },

    async find(userId, hash) {
      const row = await db.query
        .selectFrom('app_passwords')
        .selectAll()
        .where('password_hash', '=', hash)
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row && toAppPassword(row)
    },

    async touch(id, atS) {
      await db.query
        .updateTable('app_passwords')
        .set({ last_used_at: atS })
        .where('id', '=', rowId(id) ?? 0)
        .execute()
    },

    revoke: (owner, id, atS) =>
      db.transaction(async (trx) => {
        const { key } = await lockFactorOwner(trx, owner)
        const row = await trx
          .deleteFrom('app_passwords')
          .where('id', '=', rowId(id) ?? 0)
          .where('user_id', '=', key)
          .returning(['id', 'name'])
          .executeTakeFirst()
        if (row === undefined) throw new Refusal('not_found', { detail: 'no such app password' })
        const reason: SessionEndReason = 'ended_by_user'
        const ended = await endSessions(trx, owner.userId, {
          ...{ atS, reason },
          where: (is) => is('app_password_id', '=', row.id),
        })
        return { name: row.name, ended }
      }),
  }
}

/** @throws {Refusal} `credentials_wrong` if it was revoked */
export async function requireAppPassword(trx: Transaction<Tables>, id: string): Promise<void> {
  const row = await trx
    .selectFrom('app_passwords')
    .select('id')
    .where('id', '=', rowId(id) ?? 0)
    .modifyEnd(forUpdate(trx))
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('credentials_wrong')
}

const toAppPassword = (row: Selectable<AppPasswordsTable>): AppPassword => ({
  id: String(row.id),
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})
