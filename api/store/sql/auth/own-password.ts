import type { Transaction } from 'kysely'
import { requireLocalPassword } from '../../../core/auth/local-password.ts'
import type { RevocationRecord } from '../../../core/auth/revocations.ts'
import type { OwnPasswordWrite, RequiredPasswordWrite } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'
import { bumpGenerationIn } from './user-rows.ts'

/**
 * Does what `UserStore.setOwnPassword` promises. It locks the reset, the session and the user in this order, as the
 * transactions do that use up a reset or delete a user.
 */
export const setOwnPassword = (
  db: Database,
  id: string,
  { sessionId, verifiedHash, passwordHash }: OwnPasswordWrite,
): Promise<void> =>
  db.transaction(async (trx) => {
    const userId = rowId(id) ?? 0
    await trx.deleteFrom('password_resets').where('user_id', '=', userId).execute()
    const session = await trx
      .selectFrom('sessions')
      .select(['generation', 'app_password_id'])
      .where('id', '=', sessionId)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .modifyEnd(forUpdate(trx))
      .executeTakeFirst()
    const user = await trx
      .selectFrom('users')
      .select(['generation', 'disabled', 'password_hash', 'password_authority as passwordAuthority'])
      .where('id', '=', userId)
      .modifyEnd(forUpdate(trx))
      .executeTakeFirst()
    // An administrator's new password and a mailed reset raise the generation: this session is over, too.
    if (session === undefined || user?.disabled !== 0 || user.generation !== session.generation)
      throw new Refusal('token_revoked', { detail: 'the session has ended' })
    requireLocalPassword(user)
    if (session.app_password_id !== null)
      throw new Refusal('forbidden', { detail: 'a session of an app password cannot do this' })
    if (user.password_hash !== verifiedHash)
      throw new Refusal('credentials_wrong', { detail: 'current_password is wrong' })
    const write = { password_hash: passwordHash, must_change_password: 0 }
    await trx.updateTable('users').set(write).where('id', '=', userId).execute()
  })

/** @throws {Refusal} `not_found`, `conflict` as `requireLocalPassword` */
export async function requireLocalPasswordOf(trx: Transaction<Tables>, id: string): Promise<void> {
  const user = await trx
    .selectFrom('users')
    .select('password_authority as passwordAuthority')
    .where('id', '=', rowId(id) ?? 0)
    .modifyEnd(forUpdate(trx))
    .executeTakeFirst()
  if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
  requireLocalPassword(user)
}

/** Does what `UserStore.replaceRequiredPassword` promises. */
export const replaceRequiredPassword = (
  db: Database,
  id: string,
  { verifiedHash, passwordHash }: RequiredPasswordWrite,
  revokeUntil: number,
): Promise<RevocationRecord> =>
  db.transaction(async (trx) => {
    const user = await trx
      .selectFrom('users')
      .select(['disabled', 'password_hash', 'must_change_password'])
      .select('password_authority as passwordAuthority')
      .where('id', '=', rowId(id) ?? 0)
      .modifyEnd(forUpdate(trx))
      .executeTakeFirst()
    if (user?.disabled !== 0 || user.password_hash !== verifiedHash || user.must_change_password === 0)
      throw new Refusal('credentials_wrong')
    requireLocalPassword(user)
    return bumpGenerationIn(trx, id, { password_hash: passwordHash, must_change_password: 0 }, revokeUntil)
  })
