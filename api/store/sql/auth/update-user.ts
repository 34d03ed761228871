import type { Transaction } from 'kysely'
import type { RevocationRecord } from '../../../core/auth/revocations.ts'
import type { User, UserChange } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { normalizeName, requireOwnNames } from '../../../core/values/account-names.ts'
import { rowId } from '../bind.ts'
import { forUpdate } from '../row-lock.ts'
import type { Tables } from '../tables.ts'
import { claimNames, releaseNames, requireUnusedNames } from './account-names.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { requireUnusedDisplayName } from './display-names.ts'
import { requireOtherAdmin } from './last-admin.ts'
import {
  type AssignmentTerms,
  bumpGenerationIn,
  changeExtension,
  type InvalidatingChange,
  queueUserChange,
  toUser,
} from './user-rows.ts'

interface UpdateTerms extends AssignmentTerms {
  /** Revoke tokens until then, unix seconds. */
  until: number
  revision: number | undefined
  bySource: boolean
}

/** Does what `UserStore.update` promises, within a transaction. */
export async function updateUser(
  trx: Transaction<Tables>,
  id: string,
  change: UserChange,
  { until, revision, bySource, ...terms }: UpdateTerms,
): Promise<{ user: User; revocation: RevocationRecord | undefined }> {
  const { displayName, email, role, extension, disabled } = change
  await requireUnusedDisplayName(trx, displayName, id)
  // Before other rows, as all transactions lock administrators in one order.
  if ((role ?? 'admin') !== 'admin' || disabled === true) await requireOtherAdmin(trx, id)
  await requireActingAdmin(trx, terms.actorId, id)
  const before = await lockUser(trx, id)
  if (revision !== undefined && before.revision !== revision) {
    throw new Refusal('stale', { detail: 'the user has changed since it was read' })
  }
  if (extension !== undefined && extension !== before.extension)
    await changeExtension(trx, id, extension, terms)
  if (email !== undefined && email !== before.email)
    await changeEmail(trx, { ...before, ...(extension === undefined ? {} : { extension }) }, email)

  const row: InvalidatingChange = {
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(email === undefined ? {} : { email, email_folded: email === null ? null : normalizeName(email) }),
    ...(role === undefined ? {} : { role }),
    ...(extension === undefined ? {} : { extension }),
    ...(disabled === undefined
      ? {}
      : { disabled: disabled ? 1 : 0, disabled_by_source: disabled && bySource ? 1 : 0 }),
  }
  const isRevoked =
    (role !== undefined && role !== before.role) ||
    (extension !== undefined && extension !== before.extension) ||
    disabled === true
  const revocation = isRevoked ? await bumpGenerationIn(trx, id, row, until) : undefined
  if (!isRevoked) {
    await trx
      .updateTable('users')
      .set((user) => ({ ...row, revision: user('revision', '+', 1) }))
      .where('id', '=', rowId(id) ?? 0)
      .execute()
  }
  const after = await trx
    .selectFrom('users')
    .leftJoin('agents', 'agents.user_id', 'users.id')
    .selectAll('users')
    .select('agents.team')
    .where('users.id', '=', rowId(id) ?? 0)
    .executeTakeFirstOrThrow()
  const user = toUser(after)
  if (!isRevoked) await queueUserChange(trx, user)
  return { user, revocation }
}

/** @throws {Refusal} `not_found` */
async function lockUser(trx: Transaction<Tables>, id: string): Promise<User> {
  const row = await trx
    .selectFrom('users')
    .selectAll()
    .where('id', '=', rowId(id) ?? 0)
    .modifyEnd(forUpdate(trx))
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found', { detail: 'no such user' })
  return toUser({ ...row, team: null })
}

/** Updates the names of an account for another address; the caller updates the account itself. */
async function changeEmail(
  trx: Transaction<Tables>,
  { id, username, extension }: User,
  email: string | null,
): Promise<void> {
  // A username that is an address is the account's own one.
  requireOwnNames({ username, extension, email: email ?? '' })
  if (email !== null) await requireUnusedNames(trx, { email }, id)
  await releaseNames(trx, rowId(id) ?? 0, { username, extension, email })
  if (email !== null) await claimNames(trx, rowId(id) ?? 0, { email })
}
