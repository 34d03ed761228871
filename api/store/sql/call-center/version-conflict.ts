import type { Transaction } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import type { Tables } from '../tables.ts'

/** Why no row was changed: it has another version, or does not exist. */
export async function versionConflict(
  trx: Transaction<Tables>,
  table: 'agents' | 'campaigns',
  id: number,
): Promise<Refusal> {
  const existing = await trx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()
  return new Refusal(existing === undefined ? 'not_found' : 'stale')
}
