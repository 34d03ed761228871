import type { Transaction } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'

/**
 * Call it in the transaction that disables, deletes or demotes a user. It locks the active administrators, so that of
 * two administrators who demote each other at once one is refused.
 * @throws {Refusal} `conflict` if the user is the only active administrator
 */
export async function requireOtherAdmin(trx: Transaction<Tables>, id: string): Promise<void> {
  const admins = await trx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled', '=', 0)
    .orderBy('id')
    .modifyEnd(forUpdate(trx))
    .execute()
  if (admins.length !== 1 || admins[0]?.id !== rowId(id)) return
  throw new Refusal('conflict', {
    detail: 'this is the last administrator who can log in: make another user an administrator first',
  })
}
