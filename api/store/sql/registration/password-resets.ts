import { requireLocalPassword } from '../../../core/auth/local-password.ts'
import type { PasswordResetStore } from '../../../core/registration/password-reset.ts'
import { bumpGenerationIn } from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { forUpdate } from '../row-lock.ts'
import { replaceQueuedMail } from './mail-queue.ts'

/** A row is valid while its user has the revision of the row: any later change of the account makes it invalid. */
export function createPasswordResetStore(db: Database): PasswordResetStore {
  return {
    queueMail: (email, now) => db.transaction((trx) => replaceQueuedMail(trx, 'password_reset', email, now)),

    async setToken({ id, revision }, tokenHash, expiresAt) {
      const row = { token_hash: tokenHash, revision, expires_at: expiresAt }
      await db.query
        .insertInto('password_resets')
        .values({ user_id: rowId(id) ?? 0, ...row })
        .onConflict((known) => known.column('user_id').doUpdateSet(row))
        .execute()
    },

    async findUser(tokenHash, now) {
      const row = await db.query
        .selectFrom('password_resets')
        .innerJoin('users', 'users.id', 'password_resets.user_id')
        .select(['users.username', 'users.extension', 'users.email'])
        .select(['users.display_name as displayName', 'users.password_authority as passwordAuthority'])
        .where('password_resets.token_hash', '=', tokenHash)
        .where('password_resets.expires_at', '>', now)
        .whereRef('password_resets.revision', '=', 'users.revision')
        .where('users.disabled', '=', 0)
        .executeTakeFirst()
      return row
    },

    confirm: (tokenHash, passwordHash, { now, revokeUntil }) =>
      db.transaction(async (trx) => {
        // First, so that a concurrent call finds nothing.
        const reset = await trx
          .deleteFrom('password_resets')
          .where('token_hash', '=', tokenHash)
          .where('expires_at', '>', now)
          .returning(['user_id', 'revision'])
          .executeTakeFirst()
        if (reset === undefined) return undefined
        const user = await trx
          .selectFrom('users')
          .select(['id', 'password_authority as passwordAuthority'])
          .where('id', '=', reset.user_id)
          .where('revision', '=', reset.revision)
          .where('disabled', '=', 0)
          // A password that an administrator sets at the same time stays.
          .modifyEnd(forUpdate(trx))
          .executeTakeFirst()
        if (user === undefined) return undefined
        requireLocalPassword(user)
        const userId = String(user.id)
        const write = { password_hash: passwordHash, must_change_password: 0 }
        const revocation = await bumpGenerationIn(trx, userId, write, revokeUntil)
        return { userId, revocation }
      }),

    async deleteExpired(now) {
      await db.query.deleteFrom('password_resets').where('expires_at', '<=', now).execute()
    },
  }
}
