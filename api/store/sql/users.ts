import type { Kysely, Selectable, Transaction } from 'kysely'
import { isNumber, mustBeOwnNames, normalName } from '../../core/names.ts'
import { Refusal } from '../../core/refusal.ts'
import type { LedgerEntry } from '../../core/revocations.ts'
import type { NewUser, User, UserStore } from '../../core/users.ts'
import { enterNames, freeNames, mustBeNobodyElses } from './account-names.ts'
import { rowId, storable } from './bind.ts'
import type { Database } from './database.ts'
import { restExtension } from './extension-rows.ts'
import { UniqueViolation } from './fault.ts'
import { enter } from './ledger.ts'
import type { Tables, UsersTable } from './tables.ts'

/** Engines bound how many parameters a statement has. */
const MOST_AT_ONCE = 1_000

const clock = () => Math.floor(Date.now() / 1000)

/** @param now unix seconds, for `createdAt` */
export function createUserStore(db: Database, now: () => number = clock): UserStore {
  const users = () =>
    db.query
      .selectFrom('users')
      .leftJoin('agents', 'agents.user_id', 'users.id')
      .selectAll('users')
      .select('agents.team')

  /** @throws {Refusal} `not_found` */
  async function revise(id: string, change: { disabled?: 0 }): Promise<void> {
    const row = await db.query
      .updateTable('users')
      .set((user) => ({ ...change, revision: user('revision', '+', 1) }))
      .where('id', '=', rowId(id) ?? 0)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw new Refusal('not_found', { detail: 'no such user' })
  }

  return {
    add: (user) =>
      db
        .transaction(async (trx) => {
          await mustBeFree(trx, user.extension)
          return insertUser(trx, user, now())
        })
        .catch(asTaken),

    async findByLogin(name) {
      // Anything may be typed into a login; this cannot be anybody's name.
      if (!storable(name)) return undefined
      const folded = normalName(name)
      const rows = await users()
        .where((is) =>
          is.or([
            is('username_folded', '=', folded),
            is('extension', 'in', [name, folded]),
            is('email_folded', '=', folded),
            is('users.id', 'in', is.selectFrom('account_names').select('user_id').where('name', '=', folded)),
          ]),
        )
        .execute()
      // More than one is of an earlier release. Whoever has the extension or the name as it was typed comes first.
      const row =
        rows.find((each) => each.extension === name) ??
        rows.find((each) => each.username === name) ??
        rows.find((each) => normalName(each.extension ?? '') === folded) ??
        rows.find((each) => each.username_folded === folded) ??
        rows[0]
      return row && toUser(row)
    },

    async find(id) {
      const key = rowId(id)
      if (key === undefined) return undefined
      const row = await users().where('users.id', '=', key).executeTakeFirst()
      return row && toUser(row)
    },

    async findAll(ids) {
      const keys = ids.map((id) => rowId(id) ?? 0)
      const found: User[] = []
      for (let from = 0; from < keys.length; from += MOST_AT_ONCE) {
        const some = keys.slice(from, from + MOST_AT_ONCE)
        const rows = await users().where('users.id', 'in', some).orderBy('users.id').execute()
        found.push(...rows.map(toUser))
      }
      return found
    },

    async people({ afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('users')
        .leftJoin('agents', 'agents.user_id', 'users.id')
        .select(['users.id', 'users.extension', 'users.username', 'users.role', 'agents.team'])
        .where('users.extension', 'is not', null)
        .$narrowType<{ extension: string }>()
        .where('users.disabled', '=', 0)
        .where('users.id', '>', rowId(afterId) ?? 0)
        .orderBy('users.id')
        .limit(limit)
        .execute()
      return rows.map(({ id, username: name, ...person }) => ({ userId: String(id), name, ...person }))
    },

    async revision() {
      // Ids are given out once, so that count, last id and sum together differ after any change.
      const [ofUsers, ofAgents] = await Promise.all([
        db.query
          .selectFrom('users')
          .select((of) => [
            of.fn.countAll<number>().as('count'),
            of.fn.max('id').as('last'),
            of.fn.sum<number>('revision').as('revisions'),
          ])
          .executeTakeFirst(),
        db.query
          .selectFrom('agents')
          .select((of) => [of.fn.countAll<number>().as('count'), of.fn.sum<number>('version').as('versions')])
          .executeTakeFirst(),
      ])
      return JSON.stringify([ofUsers, ofAgents])
    },

    async count() {
      const { users } = await db.query
        .selectFrom('users')
        .select((of) => of.fn.countAll<number>().as('users'))
        .executeTakeFirstOrThrow()
      return users
    },

    async list({ afterId = '0', limit }) {
      const rows = await users()
        .where('users.id', '>', rowId(afterId) ?? 0)
        .orderBy('users.id')
        .limit(limit)
        .execute()
      return rows.map(toUser)
    },

    remove: (id, revokeUntil) => db.transaction((trx) => removeUser(trx, id, revokeUntil, now())),

    setPassword: (id, passwordHash, revokeUntil) =>
      outdate(db, id, { password_hash: passwordHash }, revokeUntil),

    change: (id, change, revokeUntil) =>
      db
        .transaction(async (trx) => {
          if (change.extension !== undefined) await renumber(trx, id, change.extension, now())
          return outdated(trx, id, change, revokeUntil)
        })
        .catch(asTaken),

    async setDisabled(id, disabled, revokeUntil) {
      if (disabled) return outdate(db, id, { disabled: 1 }, revokeUntil)
      await revise(id, { disabled: 0 })
      return undefined
    },

    unlock: (id) => revise(id, {}),
  }
}

/**
 * @param query a transaction's
 * @param reserved an extension that the account gets later; nobody else can be called so meanwhile
 * @throws {Refusal} `taken`, `input_invalid` as `mustBeOwnNames`
 * @throws {UniqueViolation} of somebody who adds the same at once: see `taken`
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
 * One that is being made for a person, or rests, is not given to another; `foreign` is for whom the PBX has it. The
 * person whose number rests may have it back.
 * @throws {Refusal} `taken`
 */
async function mustBeFree(trx: Transaction<Tables>, extension: string | null, userId?: string) {
  const given = await trx
    .selectFrom('extensions')
    .select(['state', 'user_id', 'former_user_id'])
    .where('extension', '=', extension)
    .where('state', '!=', 'foreign')
    .executeTakeFirst()
  if (given === undefined || (userId !== undefined && given.user_id === rowId(userId))) return
  if (given.state === 'resting' && userId !== undefined && given.former_user_id === rowId(userId)) {
    await trx.deleteFrom('extensions').where('extension', '=', extension).execute()
    return
  }
  throw new Refusal('taken', { detail: 'extension' })
}

/**
 * Gives an account the names that come with another extension; the account itself is left to the caller.
 * @throws {Refusal} `taken`, `input_invalid` where the extension is the username
 */
async function renumber(
  trx: Transaction<Tables>,
  id: string,
  extension: string | null,
  now: number,
): Promise<void> {
  await mustBeFree(trx, extension, id)
  const key = rowId(id) ?? 0
  const user = await trx.selectFrom('users').selectAll().where('id', '=', key).executeTakeFirst()
  if (user === undefined) return
  const { username, username_folded: name, email } = user
  const wasOwn = isNumber(name) && name === normalName(user.extension ?? '')
  if (wasOwn) mustBeOwnNames({ username, extension })
  if (extension !== null) await mustBeNobodyElses(trx, { extension }, id)
  if (user.extension !== null && user.extension !== extension)
    await restExtension(trx, user.extension, key, now)
  await freeNames(trx, key, { username, email, extension })
  await enterNames(trx, key, { extension })
}

function asTaken(error: unknown): never {
  throw error instanceof UniqueViolation ? taken(error) : error
}

type Outdating = { password_hash: string } | { disabled: 1 } | Partial<Pick<User, 'role' | 'extension'>>

/** Changes a user and makes every token they hold one of an older generation. */
const outdate = (db: Database, id: string, change: Outdating, until: number): Promise<LedgerEntry> =>
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
  return enter(trx, { kind: 'user', key: id, generation: row.generation, until })
}

function toUser(row: Selectable<UsersTable> & { team: string | null }): User {
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
