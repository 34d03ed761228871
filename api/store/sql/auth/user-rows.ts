import type { Kysely, Selectable, Transaction } from 'kysely'
import type { AccountChange } from '../../../core/auth/accounts.ts'
import type { LedgerEntry } from '../../../core/auth/revocations.ts'
import type { Giving, NewUser, User } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { isNumber, mustBeOwnNames, normalName } from '../../../core/values/account-names.ts'
import { rowId } from '../bind.ts'
import { leave } from '../call-center/agent-sign-off.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import { restExtension } from '../provisioning/extension-rows.ts'
import type { Tables, UsersTable } from '../tables.ts'
import { enterNames, freeNames, mustBeNobodyElses } from './account-names.ts'
import { enter } from './revocations.ts'

/** On what terms a number is given. */
interface Terms extends Giving {
  /** Unix seconds. */
  now: number
  /** Seconds for which a number rests. */
  quarantine: number
}

/** @throws {Refusal} as `insertUser`, `taken` for an extension that is being made for another user */
export async function addUser(trx: Transaction<Tables>, user: NewUser, terms: Terms): Promise<User> {
  await mustBeFree(trx, user.extension, terms)
  return insertUser(trx, user, terms.now)
}

/**
 * Their tokens are over with it.
 * @throws {Refusal} `not_found`, `taken`, `input_invalid` @throws {UniqueViolation} as `insertUser`
 */
export async function changeUser(
  trx: Transaction<Tables>,
  id: string,
  change: AccountChange,
  { until, ...terms }: Terms & { until: number },
): Promise<LedgerEntry> {
  if (change.extension !== undefined) await renumber(trx, id, change.extension, terms)
  return outdated(trx, id, change, until)
}

/**
 * @param query a transaction's
 * @param reserved an extension that the account gets later; no other account can have it as a name meanwhile
 * @throws {Refusal} `taken`, `input_invalid` as `mustBeOwnNames`
 * @throws {UniqueViolation} where another transaction adds the same at once: see `taken`
 */
export async function insertUser(
  query: Kysely<Tables>,
  { username, extension, email = null, role, passwordHash }: NewUser,
  createdAt: number,
  reserved: string | null = null,
): Promise<User> {
  const names = { username, extension, email }
  await mustBeNobodyElses(query, names)
  mustBeOwnNames(names)
  const row = await query
    .insertInto('users')
    .values({
      username,
      username_folded: normalName(username),
      extension,
      email,
      email_folded: email === null ? null : normalName(email),
      role,
      password_hash: passwordHash,
      disabled: 0,
      generation: 0,
      created_at: createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await enterNames(query, row.id, { ...names, extension: extension ?? reserved })
  return toUser({ ...row, team: null })
}

/** @throws {Refusal} `not_found` */
export async function removeUser(
  trx: Transaction<Tables>,
  id: string,
  revokeUntil: number,
  now: number,
): Promise<LedgerEntry> {
  const key = rowId(id) ?? 0
  await trx.deleteFrom('sessions').where('user_id', '=', key).execute()
  await leave(trx, key, now)
  await freeNames(trx, key)
  const row = await trx
    .deleteFrom('users')
    .where('id', '=', key)
    .returning(['generation', 'extension'])
    .executeTakeFirst()
  if (!row) throw new Refusal('not_found', { detail: 'no such user' })
  if (row.extension !== null) await restExtension(trx, row.extension, key, now)
  return enter(trx, { kind: 'user', key: id, generation: row.generation + 1, until: revokeUntil })
}

/** Both engines name the column or the index of it. */
export function taken(error: UniqueViolation): Refusal {
  const said = error.cause instanceof Error ? error.cause.message : ''
  const [, what = 'username'] = /users[._](username|extension|email)/.exec(said) ?? []
  return new Refusal('taken', { detail: what, cause: error })
}

/**
 * A number that is being made for a user is given to no other user; one that is `foreign` may be given, to the user for
 * whom the PBX has it. One that rests is given to its former user, or once its rest is over, or to be reused: its row
 * goes in the transaction that gives the number, so that no registration takes it in between.
 * @throws {Refusal} `taken`
 */
async function mustBeFree(
  trx: Transaction<Tables>,
  extension: string | null,
  { now, quarantine, reuse = false }: Terms,
  userId?: string,
) {
  const given = await trx
    .selectFrom('extensions')
    .select(['state', 'user_id', 'former_user_id', 'changed_at'])
    .where('extension', '=', extension)
    .where('state', '!=', 'foreign')
    .executeTakeFirst()
  if (given === undefined || (userId !== undefined && given.user_id === rowId(userId))) return
  const isFormers = userId !== undefined && given.former_user_id === rowId(userId)
  const isGiven = reuse || isFormers || given.changed_at + quarantine <= now
  if (given.state !== 'resting' || !isGiven) throw new Refusal('taken', { detail: 'extension' })
  await trx
    .deleteFrom('extensions')
    .where('extension', '=', extension)
    .where('state', '=', 'resting')
    .execute()
}

/**
 * Gives an account the names that come with another extension; the account itself is left to the caller.
 * @throws {Refusal} `taken`, `input_invalid` where the extension is the username
 */
async function renumber(
  trx: Transaction<Tables>,
  id: string,
  extension: string | null,
  terms: Terms,
): Promise<void> {
  await mustBeFree(trx, extension, terms, id)
  const key = rowId(id) ?? 0
  const user = await trx.selectFrom('users').selectAll().where('id', '=', key).executeTakeFirst()
  if (user === undefined) return
  const { username, username_folded: name, email } = user
  const wasOwn = isNumber(name) && name === normalName(user.extension ?? '')
  if (wasOwn) mustBeOwnNames({ username, extension })
  if (extension !== null) await mustBeNobodyElses(trx, { extension }, id)
  if (user.extension !== null && user.extension !== extension)
    await restExtension(trx, user.extension, key, terms.now)
  await freeNames(trx, key, { username, email, extension })
  await enterNames(trx, key, { extension })
}

export function asTaken(error: unknown): never {
  throw error instanceof UniqueViolation ? taken(error) : error
}

export type Outdating =
  | { password_hash: string }
  | { disabled: 1 }
  | Partial<Pick<User, 'role' | 'extension'>>

/** Changes a user and makes every token they hold one of an older generation. */
export const outdate = (db: Database, id: string, change: Outdating, until: number): Promise<LedgerEntry> =>
  db.transaction((trx) => outdated(trx, id, change, until))

/** @throws {Refusal} `not_found` */
export async function outdated(
  trx: Transaction<Tables>,
  id: string,
  change: Outdating,
  until: number,
): Promise<LedgerEntry> {
  const row = await trx
    .updateTable('users')
    .set((user) => ({
      ...change,
      generation: user('generation', '+', 1),
      revision: user('revision', '+', 1),
    }))
    .where('id', '=', rowId(id) ?? 0)
    .returning('generation')
    .executeTakeFirst()
  if (!row) throw new Refusal('not_found', { detail: 'no such user' })
  // All of their sessions are of an older generation now.
  await leave(trx, rowId(id) ?? 0, Math.floor(Date.now() / 1000))
  return enter(trx, { kind: 'user', key: id, generation: row.generation, until })
}

export function toUser(row: Selectable<UsersTable> & { team: string | null }): User {
  return {
    id: String(row.id),
    username: row.username,
    extension: row.extension,
    email: row.email,
    role: row.role,
    team: row.team,
    passwordHash: row.password_hash,
    disabled: row.disabled === 1,
    generation: row.generation,
    revision: row.revision,
    createdAt: row.created_at,
  }
}
