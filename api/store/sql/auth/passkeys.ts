import type { Selectable } from 'kysely'
import type { FactorStore, Passkey } from '../../../core/auth/second-factor/factor-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { PasskeysTable } from '../tables-factors.ts'
import { lockFactorOwner } from './factor-owner.ts'
import { addFirstRecoveryCodes, afterRemoval, requireNoFactor } from './factor-rows.ts'

const MAX_PASSKEYS = 20

type PasskeyStore = Pick<
  FactorStore,
  'listPasskeys' | 'findPasskey' | 'addPasskey' | 'acceptPasskeyCounter' | 'removePasskey'
>

export function createPasskeyStore(db: Database): PasskeyStore {
  const list = (query: Database['query'], key: number) =>
    query.selectFrom('passkeys').selectAll().where('user_id', '=', key).orderBy('created_at').orderBy('id')

  return {
    async listPasskeys(userId) {
      return (await list(db.query, rowId(userId) ?? 0).execute()).map(toPasskey)
    },

    async findPasskey(id) {
      const row = await db.query.selectFrom('passkeys').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toPasskey(row)
    },

    addPasskey: (owner, { id, publicKey, transports, name, counter }, factor) =>
      db
        .transaction(async (trx) => {
          const { key } = await lockFactorOwner(trx, owner)
          if (factor.mustBeFirst) await requireNoFactor(trx, key)
          if ((await list(trx, key).execute()).length >= MAX_PASSKEYS)
            throw new Refusal('conflict', { detail: `an account has at most ${MAX_PASSKEYS} passkeys` })
          await trx
            .insertInto('passkeys')
            .values({
              id,
              user_id: key,
              public_key: publicKey,
              counter,
              transports: JSON.stringify(transports),
              name,
              created_at: factor.atS,
              last_used_at: null,
            })
            .execute()
          return addFirstRecoveryCodes(trx, key, factor)
        })
        .catch((err) => {
          if (err instanceof UniqueViolation)
            throw new Refusal('conflict', { detail: 'this passkey is registered already', cause: err })
          throw err
        }),

    async acceptPasskeyCounter(id, counter, atS) {
      const row = await db.query
        .updateTable('passkeys')
        .set({ counter, last_used_at: atS })
        .where('id', '=', id)
        .where((is) => (counter === 0 ? is('counter', '=', 0) : is('counter', '<', counter)))
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    removePasskey: (owner, id, requiresFactor) =>
      db.transaction(async (trx) => {
        const { key, role } = await lockFactorOwner(trx, owner)
        const removed = await trx
          .deleteFrom('passkeys')
          .where('id', '=', id)
          .where('user_id', '=', key)
          .returning('name')
          .executeTakeFirst()
        if (removed === undefined) throw new Refusal('not_found', { detail: 'no such passkey' })
        await afterRemoval(trx, key, requiresFactor(role))
        return removed.name
      }),
  }
}

const toPasskey = (row: Selectable<PasskeysTable>): Passkey => ({
  id: row.id,
  userId: String(row.user_id),
  publicKey: row.public_key,
  transports: JSON.parse(row.transports) as string[], // as it was written
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})
