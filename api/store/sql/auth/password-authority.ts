import type { PasswordAuthorityStore } from '../../../core/auth/password-authorities.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { forUpdate } from '../row-lock.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { bumpGenerationIn } from './user-rows.ts'

export const createPasswordAuthorityStore = (db: Database): PasswordAuthorityStore => ({
  setPasswordAuthority: (id, { authority, passwordHash }, revokeUntil, { actorId } = {}) =>
    db.transaction(async (trx) => {
      await requireActingAdmin(trx, actorId, id)
      const user = await trx
        .selectFrom('users')
        .select('extension')
        .where('id', '=', rowId(id) ?? 0)
        .modifyEnd(forUpdate(trx))
        .executeTakeFirst()
      if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
      if (authority === 'phone' && user.extension === null)
        throw new Refusal('conflict', { detail: 'the account has no extension, and so no phone' })
      const revocation = await bumpGenerationIn(
        trx,
        id,
        { password_authority: authority, password_hash: passwordHash, must_change_password: 0 },
        revokeUntil,
      )
      await trx
        .deleteFrom('phone_secret_hashes')
        .where('user_id', '=', rowId(id) ?? 0)
        .execute()
      return revocation
    }),
})
