import type { FactorStore } from '../../../core/auth/second-factor/factor-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { lockFactorOwner } from './factor-owner.ts'
import {
  addFirstRecoveryCodes,
  afterRemoval,
  countFactors,
  countIn,
  insertRecoveryCodes,
  requireNoFactor,
} from './factor-rows.ts'
import { createPasskeyStore } from './passkeys.ts'
import { bumpGenerationIn } from './user-rows.ts'

export function createFactorStore(db: Database): FactorStore {
  return {
    ...createPasskeyStore(db),

    async stateOf(userId) {
      const key = rowId(userId) ?? 0
      const [totp, passkeys, codes] = await Promise.all([
        db.query
          .selectFrom('totp_secrets')
          .select('created_at')
          .where('user_id', '=', key)
          .where('confirmed', '=', 1)
          .executeTakeFirst(),
        countIn(db.query, 'passkeys', key),
        countIn(db.query, 'recovery_codes', key),
      ])
      return { totpSince: totp?.created_at ?? null, passkeys, recoveryCodes: codes }
    },

    beginTotp: (owner, sealedSecret, { atS, mustBeFirst }) =>
      db.transaction(async (trx) => {
        const { key } = await lockFactorOwner(trx, owner)
        if (mustBeFirst) await requireNoFactor(trx, key)
        await trx.deleteFrom('totp_secrets').where('user_id', '=', key).where('confirmed', '=', 0).execute()
        const existing = await trx
          .selectFrom('totp_secrets')
          .select('user_id')
          .where('user_id', '=', key)
          .executeTakeFirst()
        if (existing !== undefined)
          throw new Refusal('conflict', { detail: 'the account has an authenticator app: remove it first' })
        await trx
          .insertInto('totp_secrets')
          .values({ user_id: key, sealed_secret: sealedSecret, created_at: atS })
          .execute()
      }),

    async findTotp(userId) {
      const row = await db.query
        .selectFrom('totp_secrets')
        .select(['sealed_secret', 'confirmed'])
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row && { sealedSecret: row.sealed_secret, isConfirmed: row.confirmed === 1 }
    },

    confirmTotp: (owner, { sealedSecret, step }, factor) =>
      db.transaction(async (trx) => {
        const { key } = await lockFactorOwner(trx, owner)
        if (factor.mustBeFirst) await requireNoFactor(trx, key)
        const confirmed = await trx
          .updateTable('totp_secrets')
          .set({ confirmed: 1, last_step: step, created_at: factor.atS })
          .where('user_id', '=', key)
          .where('sealed_secret', '=', sealedSecret)
          .where('confirmed', '=', 0)
          .returning('user_id')
          .executeTakeFirst()
        if (confirmed === undefined) throw new Refusal('conflict', { detail: 'begin again' })
        return addFirstRecoveryCodes(trx, key, factor)
      }),

    async acceptTotpStep(userId, sealedSecret, step) {
      const row = await db.query
        .updateTable('totp_secrets')
        .set({ last_step: step })
        .where('user_id', '=', rowId(userId) ?? 0)
        .where('sealed_secret', '=', sealedSecret)
        .where('confirmed', '=', 1)
        .where('last_step', '<', step)
        .returning('user_id')
        .executeTakeFirst()
      return row !== undefined
    },

    removeTotp: (owner, requiresFactor) =>
      db.transaction(async (trx) => {
        const { key, role } = await lockFactorOwner(trx, owner)
        const removed = await trx
          .deleteFrom('totp_secrets')
          .where('user_id', '=', key)
          .where('confirmed', '=', 1)
          .returning('user_id')
          .executeTakeFirst()
        if (removed === undefined) throw new Refusal('not_found', { detail: 'no authenticator app' })
        await afterRemoval(trx, key, requiresFactor(role))
      }),

    async useRecoveryCode(userId, hash) {
      const row = await db.query
        .deleteFrom('recovery_codes')
        .where('user_id', '=', rowId(userId) ?? 0)
        .where('code_hash', '=', hash)
        .returning('user_id')
        .executeTakeFirst()
      return row !== undefined
    },

    replaceRecoveryCodes: (owner, hashes) =>
      db.transaction(async (trx) => {
        const { key } = await lockFactorOwner(trx, owner)
        if ((await countFactors(trx, key)) === 0)
          throw new Refusal('conflict', { detail: 'the account has no second factor' })
        await trx.deleteFrom('recovery_codes').where('user_id', '=', key).execute()
        await insertRecoveryCodes(trx, key, hashes)
      }),

    reset: (userId, revokeUntil, { actorId }) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, actorId, userId)
        const revocation = await bumpGenerationIn(trx, userId, {}, revokeUntil)
        for (const table of ['totp_secrets', 'recovery_codes', 'passkeys', 'app_passwords'] as const)
          await trx
            .deleteFrom(table)
            .where('user_id', '=', rowId(userId) ?? 0)
            .execute()
        return revocation
      }),
  }
}
