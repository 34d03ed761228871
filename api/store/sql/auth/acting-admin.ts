import { sql, type Transaction } from 'kysely'
import { serviceIdOfSubject, serviceSubject } from '../../../../contract/service-token.ts'
import { requireServiceMayManage } from '../../../core/auth/service-actor.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'

/**
 * Call it in the transaction that writes for an administrator: the request may have waited since its token was checked,
 * for the hashing of a password at least. Locks the actor and the user who is changed, active administrators first, as
 * `requireOtherAdmin` does, so that two who change each other do not wait for each other.
 * @param actorId not a user's id on the command line: then nothing is checked
 * @throws {Refusal} `token_revoked` unless the actor is an administrator who can log in, or a service token that is not revoked;
 *   `forbidden` for a service that changes another account than one of the role `user`
 */
export async function requireActingAdmin(
  trx: Transaction<Tables>,
  actorId: string | undefined,
  userId?: string,
): Promise<void> {
  const service = serviceIdOfSubject(actorId ?? '')
  if (service !== undefined) return requireService(trx, service, userId)
  const actor = rowId(actorId ?? '')
  if (actor === undefined) return
  const rows = await trx
    .selectFrom('users')
    .select(['id', 'role', 'disabled'])
    .where('id', 'in', [actor, rowId(userId ?? '') ?? 0])
    .orderBy(sql`case when role = 'admin' and disabled = 0 then 0 else 1 end`)
    .orderBy('id')
    .modifyEnd(forUpdate(trx))
    .execute()
  const isActive = rows.some(({ id, role, disabled }) => id === actor && role === 'admin' && disabled === 0)
  if (!isActive) throw new Refusal('token_revoked', { detail: 'you are no administrator any more' })
}

async function requireService(
  trx: Transaction<Tables>,
  id: string,
  userId: string | undefined,
): Promise<void> {
  const token = await trx
    .selectFrom('service_tokens')
    .select('scopes')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (token?.scopes.split(' ').includes('users:write') !== true) throw new Refusal('token_revoked')
  if (userId === undefined) return
  const user = await trx
    .selectFrom('users')
    .select('role')
    .where('id', '=', rowId(userId) ?? 0)
    .modifyEnd(forUpdate(trx))
    .executeTakeFirst()
  requireServiceMayManage(serviceSubject(id), user?.role)
}
