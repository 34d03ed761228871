import type { Transaction } from 'kysely'
import type { AccountSourceName } from '../../../core/account-imports/account-source.ts'
import type { ImportedSignIn, PlanItem, WrittenValues } from '../../../core/account-imports/import-plan.ts'
import type { AccountImportStore } from '../../../core/account-imports/import-store.ts'
import type { NewUser, User } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { normalizeName, requireOwnNames } from '../../../core/values/account-names.ts'
import { foldDisplayName } from '../../../core/values/display-name.ts'
import { toUserEvent } from '../../../core/webhooks/account-events.ts'
import { requireNoneTaken } from '../auth/account-names.ts'
import { requireActingAdmin } from '../auth/acting-admin.ts'
import { readTakenDisplayNames } from '../auth/display-names.ts'
import { toUserRow } from '../auth/new-user-row.ts'
import { type AssignmentTerms, addUser, rethrowConflict, toUser } from '../auth/user-rows.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { queueEvents } from '../webhooks/queue-events.ts'

type CreateOptions = Parameters<AccountImportStore['createAccounts']>[2]

/** One transaction for all of them; if one is refused, one for each. */
export async function createAccounts(
  db: Database,
  source: AccountSourceName,
  items: readonly PlanItem[],
  { actorId, signIn }: CreateOptions,
  terms: Pick<AssignmentTerms, 'now' | 'quarantine'>,
): Promise<({ user: User } | { refused: string })[]> {
  const create = (some: readonly PlanItem[], insert: typeof insertTogether) =>
    db
      .transaction(async (trx) => {
        await requireUnusedDisplayNames(trx, some)
        await requireActingAdmin(trx, actorId)
        const users = await insert(
          trx,
          some.map((item) => toNewUser(source, signIn, item)),
          terms,
        )
        await insertFirstValues(trx, users, some)
        return users.map((user) => ({ user }))
      })
      .catch(rethrowConflict)
  try {
    return await create(items, insertTogether)
  } catch (err) {
    if (!isOfItem(err)) throw err
  }
  const results: ({ user: User } | { refused: string })[] = []
  for (const item of items) {
    const one = await create([item], insertOne).catch((err): [{ refused: string }] => {
      if (!isOfItem(err)) throw err
      return [{ refused: err.code === 'taken' ? `${err.detail} is taken` : (err.detail ?? err.code) }]
    })
    results.push(...one)
  }
  return results
}

const isOfItem = (err: unknown): err is Refusal =>
  err instanceof Refusal && (err.code === 'taken' || err.code === 'input_invalid')

function toNewUser(source: AccountSourceName, signIn: ImportedSignIn, item: PlanItem): NewUser {
  const { displayName = null, email = null, extension = null, role = 'user', disabled = false } = item.changes
  return {
    ...{
      username: item.username,
      displayName,
      email,
      extension,
      role,
      disabled,
      isDisabledBySource: disabled,
    },
    ...{ source, sourceId: item.sourceId },
    // No hash: no password opens it.
    passwordHash: '',
    passwordAuthority: signIn === 'phone' ? 'phone' : 'local',
  }
}

async function requireUnusedDisplayNames(
  trx: Transaction<Tables>,
  items: readonly PlanItem[],
): Promise<void> {
  const wanted = items.flatMap(({ changes: { displayName } }) =>
    typeof displayName === 'string' ? foldDisplayName(displayName) : [],
  )
  const taken = await readTakenDisplayNames(trx, wanted)
  for (const { changes, username, extension } of items) {
    const { displayName } = changes
    if (typeof displayName === 'string' && taken.has(foldDisplayName(displayName)))
      throw new Refusal('taken', { detail: 'display_name' })
    for (const name of [displayName, username, extension])
      if (typeof name === 'string') taken.add(foldDisplayName(name))
  }
}

type InsertTerms = Pick<AssignmentTerms, 'now' | 'quarantine'>

async function insertOne(
  trx: Transaction<Tables>,
  [user]: readonly NewUser[],
  terms: InsertTerms,
): Promise<User[]> {
  return user === undefined ? [] : [await addUser(trx, user, terms)]
}

/** As `addUser` for each, with a few statements for all; which of them is refused is not known. */
async function insertTogether(
  trx: Transaction<Tables>,
  users: readonly NewUser[],
  { now }: InsertTerms,
): Promise<User[]> {
  for (const user of users) requireOwnNames(user)
  const names = users.flatMap(({ username, extension, email }) => [username, extension, email ?? null])
  await requireNoneTaken(
    trx,
    names.filter((name) => name !== null),
  )
  const inserted: User[] = []
  for (const some of chunks(users, INSERTED_AT_ONCE)) {
    const rows = await trx
      .insertInto('users')
      .values(some.map((user) => toUserRow(user, now)))
      .returningAll()
      .execute()
    const added = rows.map((row) => toUser({ ...row, team: null }))
    await queueEvents(
      trx,
      added.map((user) => toUserEvent('user.created', user, now)),
    )
    const byName = new Map(added.map((user) => [user.username, user]))
    inserted.push(...some.flatMap(({ username }) => byName.get(username) ?? []))
    await trx
      .insertInto('account_names')
      .values(
        rows.flatMap(({ id, username, extension, email }) =>
          [
            ...new Set(
              [username, extension, email].flatMap((name) => (name === null ? [] : normalizeName(name))),
            ),
          ].map((name) => ({ name, user_id: id })),
        ),
      )
      .execute()
  }
  return inserted
}

/** Rows of one statement. */
const INSERTED_AT_ONCE = 50

async function insertFirstValues(
  trx: Transaction<Tables>,
  users: readonly User[],
  items: readonly PlanItem[],
): Promise<void> {
  const rows = users.map(({ id }, at) => ({
    user_id: Number(id),
    values_json: JSON.stringify(items[at]?.values),
  }))
  for (const some of chunks(rows, INSERTED_AT_ONCE))
    await trx
      .insertInto('imported_values')
      .values([...some])
      .execute()
}

/** Inserts or replaces what an import has written. */
export async function insertValues(
  trx: Pick<Transaction<Tables>, 'insertInto'>,
  userId: string,
  values: WrittenValues,
): Promise<void> {
  const row = { values_json: JSON.stringify(values) }
  await trx
    .insertInto('imported_values')
    .values({ user_id: Number(userId), ...row })
    .onConflict((on) => on.column('user_id').doUpdateSet(row))
    .execute()
}
