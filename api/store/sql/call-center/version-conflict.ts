import type { Transaction } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import type { Tables } from '../tables.ts'

/** Why a row was not changed: it has another version by now, or it is not there. */
export async function versionConflict(
  trx: Transaction<Tables>,
  table: 'agents' | 'campaigns',
  id: number,
): Promise<Refusal> {
  const there = await trx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()
  return new Refusal(there === undefined ? 'not_found' : 'stale')
}
