import type { OwnPasswordWrite } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { forUpdate } from '../row-lock.ts'

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
      .select(['generation', 'disabled', 'password_hash'])
      .where('id', '=', userId)
      .modifyEnd(forUpdate(trx))
      .executeTakeFirst()
    // An administrator's new password and a mailed reset raise the generation: this session is over, too.
    if (session === undefined || user?.disabled !== 0 || user.generation !== session.generation)
      throw new Refusal('token_revoked', { detail: 'the session has ended' })
    if (session.app_password_id !== null)
      throw new Refusal('forbidden', { detail: 'a session of an app password cannot do this' })
    if (user.password_hash !== verifiedHash)
      throw new Refusal('credentials_wrong', { detail: 'current_password is wrong' })
    await trx.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', userId).execute()
  })
