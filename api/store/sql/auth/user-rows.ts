import type { Kysely, Selectable, Transaction, Updateable } from 'kysely'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { RevocationRecord } from '../../../core/auth/revocations.ts'
import type { SessionEndReason } from '../../../core/auth/session-store.ts'
import type { AssignmentOptions, NewUser, User, UserChange } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { isNumericName, normalizeName, requireOwnNames } from '../../../core/values/account-names.ts'
import { toUserEvent } from '../../../core/webhooks/account-events.ts'
import { rowId } from '../bind.ts'
import { signOffAgent } from '../call-center/agent-sign-off.ts'
import { UniqueViolation } from '../errors.ts'
import { quarantineExtension } from '../provisioning/extension-rows.ts'
import type { Tables, UsersTable } from '../tables.ts'
import { queueEvents } from '../webhooks/queue-events.ts'
import { claimNames, releaseNames, requireUnusedNames } from './account-names.ts'
import { endSessions } from './end-sessions.ts'
import { requireOtherAdmin } from './last-admin.ts'
import { toUserRow } from './new-user-row.ts'
import { insertRevocation } from './revocations.ts'

/** How an extension is assigned. */
export interface AssignmentTerms extends AssignmentOptions {
  /** Unix seconds. */
  now: number
  /** Of an extension, in seconds. */
  quarantine: number
}

/** @throws {Refusal} as `insertUser`, `taken` for an extension that is reserved for another user */
export async function addUser(
  trx: Transaction<Tables>,
  user: NewUser,
  terms: AssignmentTerms,
): Promise<User> {
  await requireAssignable(trx, user.extension, terms)
  return insertUser(trx, user, terms.now)
}

/**
 * Changes a user and revokes their tokens.
 * @throws {Refusal} `not_found`, `taken`, `input_invalid`, `conflict` @throws {UniqueViolation} as `insertUser`
 */
export async function changeUser(
  trx: Transaction<Tables>,
  id: string,
  change: Pick<UserChange, 'role' | 'extension'>,
  { until, ...terms }: AssignmentTerms & { until: number },
): Promise<RevocationRecord> {
  if (change.role !== undefined && change.role !== 'admin') await requireOtherAdmin(trx, id)
  if (change.extension !== undefined) await changeExtension(trx, id, change.extension, terms)
  return bumpGenerationIn(trx, id, change, until)
}

/**
 * @param query of a transaction
 * @param reserved an extension that the account gets later; until then no other account can have it as a name
 * @throws {Refusal} `taken`, `input_invalid` as `requireOwnNames`
 * @throws {UniqueViolation} if a concurrent transaction inserts the same name: see `toConflict`
 */
export async function insertUser(
  query: Kysely<Tables>,
  user: NewUser,
  createdAt: number,
  reserved: string | null = null,
): Promise<User> {
  const { username, extension, email = null } = user
  const names = { username, extension, email }
  await requireUnusedNames(query, names)
  requireOwnNames(names)
  const row = await query
    .insertInto('users')
    .values(toUserRow(user, createdAt))
    .returningAll()
    .executeTakeFirstOrThrow()
  await claimNames(query, row.id, { ...names, extension: extension ?? reserved })
  const added = toUser({ ...row, team: null })
  await queueEvents(query, [toUserEvent('user.created', added, createdAt)])
  return added
}

/** @throws {Refusal} `not_found` */
export async function removeUser(
  trx: Transaction<Tables>,
  id: string,
  revokeUntil: number,
  now: number,
): Promise<RevocationRecord> {
  const key = rowId(id) ?? 0
  // Where the caller has not ended them, as for an extension that could not be made.
  await endSessions(trx, id, { atS: now, reason: 'disabled' satisfies SessionEndReason })
  await trx.deleteFrom('sessions').where('user_id', '=', key).execute()
  await signOffAgent(trx, key, now)
  await releaseNames(trx, key)
  const row = await trx.deleteFrom('users').where('id', '=', key).returningAll().executeTakeFirst()
  if (!row) throw new Refusal('not_found', { detail: 'no such user' })
  await queueEvents(trx, [toUserEvent('user.deleted', toUser({ ...row, team: null }), now)])
  if (row.extension !== null) await quarantineExtension(trx, row.extension, key, now)
  return insertRevocation(trx, { kind: 'user', key: id, generation: row.generation + 1, until: revokeUntil })
}

/** Both engines name the column, or its index. */
export function toConflict(error: UniqueViolation): Refusal {
  const message = error.cause instanceof Error ? error.cause.message : ''
  const [, what = 'username'] = /users[._](username|extension|email)/.exec(message) ?? []
  return new Refusal('taken', { detail: what, cause: error })
}

/**
 * An extension that is reserved for a user is assigned to no other user. An `external` one may be assigned, to the user
 * who has it on the PBX. A quarantined one is assigned to its former user, after the quarantine, or with `reuse`: the
 * transaction that assigns it deletes its row, so that no registration takes it in between.
 * @throws {Refusal} `taken`
 */
async function requireAssignable(
  trx: Transaction<Tables>,
  extension: string | null,
  { now, quarantine, reuse = false }: AssignmentTerms,
  userId?: string,
) {
  const existing = await trx
    .selectFrom('extensions')
    .select(['state', 'user_id', 'former_user_id', 'changed_at'])
    .where('extension', '=', extension)
    .where('state', '!=', 'external')
    .executeTakeFirst()
  if (existing === undefined || (userId !== undefined && existing.user_id === rowId(userId))) return
  const isFormerUser = userId !== undefined && existing.former_user_id === rowId(userId)
  const isReleased = reuse || isFormerUser || existing.changed_at + quarantine <= now
  if (existing.state !== 'quarantined' || !isReleased) throw new Refusal('taken', { detail: 'extension' })
  await trx
    .deleteFrom('extensions')
    .where('extension', '=', extension)
    .where('state', '=', 'quarantined')
    .execute()
}

/**
 * Updates the names of an account for another extension; the caller updates the account itself.
 * @throws {Refusal} `taken`, `input_invalid` where the extension is the username
 */
export async function changeExtension(
  trx: Transaction<Tables>,
  id: string,
  extension: string | null,
  terms: AssignmentTerms,
): Promise<void> {
  await requireAssignable(trx, extension, terms, id)
  const key = rowId(id) ?? 0
  const user = await trx.selectFrom('users').selectAll().where('id', '=', key).executeTakeFirst()
  if (user === undefined) return
  const { username, username_folded: name, email } = user
  const wasUsername = isNumericName(name) && name === normalizeName(user.extension ?? '')
  if (wasUsername) requireOwnNames({ username, extension })
  if (extension !== null) await requireUnusedNames(trx, { extension }, id)
  if (user.extension !== null && user.extension !== extension)
    await quarantineExtension(trx, user.extension, key, terms.now)
  await releaseNames(trx, key, { username, email, extension })
  await claimNames(trx, key, { extension })
}

export function rethrowConflict(error: unknown): never {
  throw error instanceof UniqueViolation ? toConflict(error) : error
}

export type InvalidatingChange = Pick<
  Updateable<UsersTable>,
  | 'password_hash'
  | 'password_authority'
  | 'must_change_password'
  | 'disabled'
  | 'disabled_by_source'
  | 'source'
  | 'source_id'
  | 'role'
  | 'extension'
  | 'display_name'
  | 'email'
  | 'email_folded'
>

/** Changes a user and raises the generation, which revokes all of their tokens. @throws {Refusal} `not_found` */
export async function bumpGenerationIn(
  trx: Transaction<Tables>,
  id: string,
  change: InvalidatingChange,
  until: number,
): Promise<RevocationRecord> {
  const row = await trx
    .updateTable('users')
    .set((user) => ({
      ...change,
      generation: user('generation', '+', 1),
      revision: user('revision', '+', 1),
    }))
    .where('id', '=', rowId(id) ?? 0)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new Refusal('not_found', { detail: 'no such user' })
  if (Object.keys(change).some((column) => PUBLIC_COLUMNS.has(column))) {
    await queueUserChange(trx, toUser({ ...row, team: null }), change.disabled === 1)
  }
  // All sessions of the user belong to an older generation now.
  await signOffAgent(trx, rowId(id) ?? 0, toUnixSeconds(Date.now()))
  return insertRevocation(trx, { kind: 'user', key: id, generation: row.generation, until })
}

/** What receivers of `user.updated` can see. A new password is none of it. */
const PUBLIC_COLUMNS: ReadonlySet<string> = new Set([
  'disabled',
  'role',
  'extension',
  'display_name',
  'email',
])

/** Queues the event of a change. @param user as changed */
export const queueUserChange = (
  trx: Kysely<Tables>,
  user: User,
  isDisabled = false,
  version: number | string = user.revision,
): Promise<void> =>
  queueEvents(trx, [
    toUserEvent(isDisabled ? 'user.disabled' : 'user.updated', user, Date.now() / 1000, version),
  ])

export function toUser(row: Selectable<UsersTable> & { team: string | null }): User {
  return {
    id: String(row.id),
    username: row.username,
    extension: row.extension,
    email: row.email,
    displayName: row.display_name,
    role: row.role,
    team: row.team,
    passwordHash: row.password_hash,
    passwordAuthority: row.password_authority,
    mustChangePassword: row.must_change_password === 1,
    source: row.source,
    sourceId: row.source_id,
    disabled: row.disabled === 1,
    generation: row.generation,
    revision: row.revision,
    createdAt: row.created_at,
    language: row.language,
  }
}
