import { type Kysely, PostgresAdapter, sql } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import { foldDisplayName } from '../../../core/values/display-name.ts'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'

/** Of the lock that display names share; any number that nothing else takes. */
const LOCK = 7_310_001

/**
 * A display name that another account has as its username, extension or display name is refused, so that no user appears
 * as another one. Call it first in the transaction that writes the name: it locks all display names until the end.
 * Names that are equal since an earlier release stay.
 * @throws {Refusal} `taken`, `detail`: `display_name`
 */
export async function requireUnusedDisplayName(
  trx: Kysely<Tables>,
  displayName: string | null | undefined,
  userId?: string,
): Promise<void> {
  if (typeof displayName !== 'string') return
  if (await isDisplayNameTaken(trx, displayName, userId))
    throw new Refusal('taken', { detail: 'display_name' })
}

/** As `requireUnusedDisplayName`. */
export async function isDisplayNameTaken(
  trx: Kysely<Tables>,
  displayName: string,
  userId?: string,
): Promise<boolean> {
  await lockDisplayNames(trx)
  const folded = foldDisplayName(displayName)
  const others = await trx
    .selectFrom('users')
    .select('display_name')
    .where('id', '!=', rowId(userId ?? '') ?? 0)
    .where((is) =>
      is.or([
        is('username_folded', '=', folded),
        is('extension', '=', folded),
        is('display_name', 'is not', null),
      ]),
    )
    .select((is) =>
      is
        .case()
        .when(is.or([is('username_folded', '=', folded), is('extension', '=', folded)]))
        .then(1)
        .else(0)
        .end()
        .as('has_login'),
    )
    .execute()
  return others.some(
    ({ display_name, has_login }) => has_login === 1 || foldDisplayName(display_name ?? '') === folded,
  )
}

/**
 * For many names at once: which of them a display name must not equal, all as `foldDisplayName` has them; others may be
 * among the result. Locks them, as `requireUnusedDisplayName` does.
 */
export async function readTakenDisplayNames(
  trx: Kysely<Tables>,
  folded: readonly string[],
): Promise<Set<string>> {
  await lockDisplayNames(trx)
  if (folded.length === 0) return new Set()
  const named = await trx
    .selectFrom('users')
    .select('display_name')
    .where('display_name', 'is not', null)
    .execute()
  const logins = await trx
    .selectFrom('users')
    .select(['username_folded', 'extension'])
    .where((is) => is.or([is('username_folded', 'in', folded), is('extension', 'in', folded)]))
    .execute()
  return new Set([
    ...named.map(({ display_name }) => foldDisplayName(display_name ?? '')),
    ...logins.flatMap(({ username_folded, extension }) => [username_folded, extension ?? '']),
  ])
}

async function lockDisplayNames(trx: Kysely<Tables>): Promise<void> {
  // SQLite runs one transaction at a time anyway.
  if (trx.getExecutor().adapter instanceof PostgresAdapter)
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx)
}
