import type { Kysely } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import { type AccountNames, normalizeName } from '../../../core/values/account-names.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Tables } from '../tables.ts'

/** In this order a refusal names them. */
const KINDS = ['email', 'username', 'extension'] as const

/**
 * No name of an account may equal any of the three names of another account. The columns are queried beside the table of
 * names, since earlier releases allowed equal names: only one of two is in the table.
 * @param userId of the account, if it exists
 * @throws {Refusal} `taken`; `detail` is `username`, `extension` or `email`
 */
export async function requireUnusedNames(
  trx: Kysely<Tables>,
  normalizedOrNone: Partial<AccountNames>,
  userId?: string,
): Promise<void> {
  const typed = KINDS.flatMap((kind) => normalizedOrNone[kind] ?? [])
  const normal = typed.map(normalizeName)
  const own = rowId(userId ?? '') ?? 0
  const others = await trx
    .selectFrom('users')
    .select(['username_folded', 'email_folded', 'extension'])
    .where('id', '!=', own)
    .where((is) =>
      is.or([
        is('username_folded', 'in', normal),
        is('email_folded', 'in', normal),
        is('extension', 'in', [...typed, ...normal]),
      ]),
    )
    .unionAll(
      trx
        .selectFrom('account_names')
        .select(['name as username_folded', (is) => is.lit(null).as('email_folded')])
        .select((is) => is.lit(null).as('extension'))
        .where('name', 'in', normal)
        .where('user_id', '!=', own),
    )
    .execute()
  const taken = new Set(
    others.flatMap((one) => [one.username_folded, one.email_folded, normalizeName(one.extension ?? '')]),
  )
  const detail = KINDS.find(
    (kind) => taken.has(normalizeName(normalizedOrNone[kind] ?? '')) && normalizedOrNone[kind],
  )
  if (detail !== undefined) throw new Refusal('taken', { detail })
}

/**
 * For many new accounts at once: no account has one of these names, and none of them is an extension that rests.
 * @throws {Refusal} `taken`, without the name
 */
export async function requireNoneTaken(trx: Kysely<Tables>, typed: readonly string[]): Promise<void> {
  const names = [...new Set([...typed, ...typed.map(normalizeName)])]
  for (const some of chunks(names, 250)) {
    const taken = await trx
      .selectFrom('users')
      .select('id')
      .where((is) =>
        is.or([
          is('username_folded', 'in', some),
          is('email_folded', 'in', some),
          is('extension', 'in', some),
        ]),
      )
      .unionAll(trx.selectFrom('account_names').select('user_id as id').where('name', 'in', some))
      .unionAll(
        trx
          .selectFrom('extensions')
          .select((is) => is.lit(0).as('id'))
          .where('extension', 'in', some)
          .where('state', '!=', 'external'),
      )
      .limit(1)
      .execute()
    if (taken.length > 0) throw new Refusal('taken', { detail: 'username' })
  }
}

/**
 * Inserts names of an account. The primary key decides between concurrent transactions.
 * @throws {Refusal} `taken`, as `requireUnusedNames`
 */
export async function claimNames(
  trx: Kysely<Tables>,
  userId: number,
  names: Partial<AccountNames>,
): Promise<void> {
  const kinds = new Map<string, string>()
  for (const kind of KINDS.toReversed()) if (names[kind]) kinds.set(normalizeName(names[kind]), kind)
  if (kinds.size === 0) return
  // Sorted, so that two transactions with the same names lock them in one order.
  const values = [...kinds.keys()].sort().map((name) => ({ name, user_id: userId }))
  const owners = await trx
    .insertInto('account_names')
    .values(values)
    // Changes nothing: it waits for a concurrent insert of the name, and returns its owner.
    .onConflict((on) => on.column('name').doUpdateSet((is) => ({ user_id: is.ref('account_names.user_id') })))
    .returningAll()
    .execute()
  const other = owners.find(({ user_id }) => user_id !== userId)
  if (other !== undefined) throw new Refusal('taken', { detail: kinds.get(other.name) ?? 'username' })
}

/** Deletes the names of an account except those that it keeps. */
export async function releaseNames(
  trx: Kysely<Tables>,
  userId: number,
  except: Partial<AccountNames> = {},
): Promise<void> {
  const retained = KINDS.flatMap((kind) => names(except[kind]))
  let freed = trx.deleteFrom('account_names').where('user_id', '=', userId)
  if (retained.length > 0) freed = freed.where('name', 'not in', retained)
  await freed.execute()
}

const names = (name: string | null | undefined) => (name ? [normalizeName(name)] : [])
