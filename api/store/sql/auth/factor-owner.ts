import type { Transaction } from 'kysely'
import type { Role } from '../../../../contract/claims.ts'
import type { FactorOwner } from '../../../core/auth/second-factor/factor-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'

/**
 * Locks the session and the user, in this order as `setOwnPassword` does, so that changes of one account's factors run
 * one after another.
 * @throws {Refusal} as `FactorOwner`
 */
export async function lockFactorOwner(
  trx: Transaction<Tables>,
  { userId, generation, sessionId }: FactorOwner,
): Promise<{ key: number; role: Role }> {
  const key = rowId(userId) ?? 0
  const revoked = () => new Refusal('token_revoked', { detail: 'the session has ended' })
  if (sessionId !== undefined) {
    const session = await trx
      .selectFrom('sessions')
      .select('app_password_id')
      .where('id', '=', sessionId)
      .where('user_id', '=', key)
      .where('ended_at', 'is', null)
      .modifyEnd(forUpdate(trx))
      .executeTakeFirst()
    if (session === undefined) throw revoked()
    if (session.app_password_id !== null) {
      throw new Refusal('forbidden', { detail: 'a session of an app password cannot do this' })
    }
  }
  const user = await trx
    .selectFrom('users')
    .select(['role', 'generation', 'disabled'])
    .where('id', '=', key)
    .modifyEnd(forUpdate(trx))
    .executeTakeFirst()
  if (user?.disabled !== 0 || user.generation !== generation) throw revoked()
  return { key, role: user.role }
}
