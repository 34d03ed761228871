import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { User, UserStore } from '../../../core/auth/users.ts'
import { QUARANTINE_S } from '../../../core/provisioning/extensions.ts'
import { Refusal } from '../../../core/refusal.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { requireNotInvited } from '../registration/invitations.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { requireUnusedDisplayName } from './display-names.ts'
import { requireOtherAdmin } from './last-admin.ts'
import { replaceRequiredPassword, requireLocalPasswordOf, setOwnPassword } from './own-password.ts'
import { setProfile } from './profiles.ts'
import { countUsers, searchUsers } from './search-users.ts'
import { findBySource, linkUser, listBySource } from './source-users.ts'
import { updateUser } from './update-user.ts'
import { addUser, bumpGenerationIn, removeUser, rethrowConflict, toUser } from './user-rows.ts'

/** Parameters of one statement: both engines limit them. */
const MAX_PARAMETERS = 1_000

const currentSeconds = () => toUnixSeconds(Date.now())

/**
 * @param now unix seconds
 * @param quarantine of an extension, in seconds
 */
export function createUserStore(
  db: Database,
  now: () => number = currentSeconds,
  quarantine: number = QUARANTINE_S,
): UserStore {
  const users = () =>
    db.query
      .selectFrom('users')
      .leftJoin('agents', 'agents.user_id', 'users.id')
      .selectAll('users')
      .select('agents.team')

  async function find(id: string): Promise<User | undefined> {
    const key = rowId(id)
    if (key === undefined) return undefined
    const row = await users().where('users.id', '=', key).executeTakeFirst()
    return row && toUser(row)
  }

  return {
    addSelfRegistered: (user) =>
      db
        .transaction(async (trx) => {
          await requireNotInvited(trx, user, now())
          return addUser(trx, user, { now: now(), quarantine })
        })
        .catch(rethrowConflict),
    add: (user, options) =>
      db
        .transaction(async (trx) => {
          await requireUnusedDisplayName(trx, user.displayName)
          await requireActingAdmin(trx, options?.actorId)
          return addUser(trx, user, { ...options, now: now(), quarantine })
        })
        .catch(rethrowConflict),

    async findByLogin(name) {
      // No stored name can equal such a text.
      if (!isStorable(name)) return undefined
      const folded = normalizeName(name)
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
      // More than one match dates from an earlier release. An exact match of the extension or the name wins.
      const row =
        rows.find((each) => each.extension === name) ??
        rows.find((each) => each.username === name) ??
        rows.find((each) => normalizeName(each.extension ?? '') === folded) ??
        rows.find((each) => each.username_folded === folded) ??
        rows[0]
      return row && toUser(row)
    },

    find,
    findBySource: (source, sourceId) => findBySource(db, source, sourceId),
    listBySource: (source, page) => listBySource(db, source, page),
    link: (id, origin, revokeUntil, options) =>
      linkUser(db, id, origin, revokeUntil, options).catch(rethrowConflict),

    async findAll(ids) {
      const keys = ids.map((id) => rowId(id) ?? 0)
      const found: User[] = []
      for (let from = 0; from < keys.length; from += MAX_PARAMETERS) {
        const some = keys.slice(from, from + MAX_PARAMETERS)
        const rows = await users().where('users.id', 'in', some).orderBy('users.id').execute()
        found.push(...rows.map(toUser))
      }
      return found
    },

    async listPhoneUsers({ afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('users')
        .leftJoin('agents', 'agents.user_id', 'users.id')
        .select([
          'users.id',
          'users.extension',
          'users.username',
          'users.display_name',
          'users.role',
          'agents.team',
          'users.disabled',
        ])
        .where('users.extension', 'is not', null)
        .$narrowType<{ extension: string }>()
        .where('users.id', '>', rowId(afterId) ?? 0)
        .orderBy('users.id')
        .limit(limit)
        .execute()
      return rows.map(({ id, display_name, disabled, ...person }) => ({
        userId: String(id),
        name: display_name ?? person.username,
        disabled: disabled === 1,
        ...person,
      }))
    },

    async revision() {
      // Ids are never reused, so count, last id and sum together differ after any change.
      const [ofUsers, ofProfiles, ofAgents] = await Promise.all([
        db.query
          .selectFrom('users')
          .select((of) => [
            of.fn.countAll<number>().as('count'),
            of.fn.max('id').as('last'),
            of.fn.sum<number>('revision').as('revisions'),
          ])
          .executeTakeFirst(),
        db.query
          .selectFrom('users')
          .select((of) => of.fn.sum<number>('profile_revision').as('profiles'))
          .executeTakeFirst(),
        db.query
          .selectFrom('agents')
          .select((of) => [of.fn.countAll<number>().as('count'), of.fn.sum<number>('version').as('versions')])
          .executeTakeFirst(),
      ])
      return JSON.stringify([ofUsers, ofProfiles, ofAgents])
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

    search: (filter, page) => searchUsers(db, filter, page),
    countMatching: (filter) => countUsers(db, filter),

    remove: (id, revokeUntil, { actorId } = {}) =>
      db.transaction(async (trx) => {
        await requireOtherAdmin(trx, id)
        await requireActingAdmin(trx, actorId, id)
        return removeUser(trx, id, revokeUntil, now())
      }),

    setPassword: (id, passwordHash, revokeUntil, { actorId, mustChange = false } = {}) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, actorId, id)
        await requireLocalPasswordOf(trx, id)
        const write = { password_hash: passwordHash, must_change_password: mustChange ? 1 : 0 }
        return bumpGenerationIn(trx, id, write, revokeUntil)
      }),

    setProfile: (id, change) => setProfile(db, id, change),

    setOwnPassword: (id, write) => setOwnPassword(db, id, write),

    replaceRequiredPassword: (id, write, revokeUntil) => replaceRequiredPassword(db, id, write, revokeUntil),

    update: (id, change, revokeUntil, { revision, bySource = false, ...options } = {}) =>
      db
        .transaction((trx) =>
          updateUser(trx, id, change, {
            ...options,
            ...{ revision, bySource },
            until: revokeUntil,
            now: now(),
            quarantine,
          }),
        )
        .catch(rethrowConflict),

    unlock: (id, { actorId } = {}) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, actorId, id)
        const row = await trx
          .updateTable('users')
          .set((user) => ({ revision: user('revision', '+', 1) }))
          .where('id', '=', rowId(id) ?? 0)
          .returning('id')
          .executeTakeFirst()
        if (!row) throw new Refusal('not_found', { detail: 'no such user' })
      }),
  }
}
