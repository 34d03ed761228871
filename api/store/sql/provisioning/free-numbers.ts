import type { Transaction } from 'kysely'
import type { ExtensionRange } from '../../../core/provisioning/extensions.ts'
import type { Tables } from '../tables.ts'

/** The lowest numbers of the range that are no extension, no account name and not in quarantine. */
export async function findFreeNumbers(
  trx: Transaction<Tables>,
  { range, isAssignable }: { range: ExtensionRange; isAssignable: (extension: string) => Promise<boolean> },
  max: number,
): Promise<string[]> {
  const used = await trx
    .selectFrom('extensions')
    .select('extension')
    .union(
      trx
        .selectFrom('users')
        .select('extension')
        .where('extension', 'is not', null)
        .$narrowType<{ extension: string }>(),
    )
    .union(
      trx
        .selectFrom('account_names')
        .select('name as extension')
        .where((is) => is(is.fn('length', ['name']), '=', range.first.length)),
    )
    .union(
      trx
        .selectFrom('users')
        .select('username_folded as extension')
        .where((is) => is(is.fn('length', ['username_folded']), '=', range.first.length)),
    )
    .execute()
  const taken = new Set(used.map(({ extension }) => extension))
  const free: string[] = []
  for (let n = Number(range.first); n <= Number(range.last) && free.length < max; n += 1) {
    const number = String(n).padStart(range.first.length, '0')
    if (!taken.has(number) && (await isAssignable(number))) free.push(number)
  }
  return free
}
