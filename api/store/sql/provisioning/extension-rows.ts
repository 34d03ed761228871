import type { Kysely, Selectable, Transaction, Updateable } from 'kysely'
import type { Extension, NumberAssignment } from '../../../core/provisioning/extensions.ts'
import { rowId } from '../bind.ts'
import type { ExtensionsTable, Tables } from '../tables.ts'

/** @returns undefined if state or attempts have changed since it was read */
export async function updateExtension(
  query: Kysely<Tables>,
  { extension, state, attempts }: Extension,
  change: Partial<Omit<Extension, 'extension'>>,
): Promise<Extension | undefined> {
  const row = await query
    .updateTable('extensions')
    .set(toRow(change))
    .where('extension', '=', extension)
    .where('state', '=', state)
    .where('attempts', '=', attempts)
    .returningAll()
    .executeTakeFirst()
  return row && toExtension(row)
}

/** @throws {UniqueViolation} if the number was assigned concurrently */
export async function insertExtension(
  trx: Transaction<Tables>,
  {
    extension,
    userId,
    ownershipTag,
    assignment,
  }: { extension: string; userId: number | null; ownershipTag: string; assignment: NumberAssignment },
): Promise<Extension> {
  const row = await trx
    .insertInto('extensions')
    .values({
      extension,
      state: 'provisioning',
      user_id: userId,
      mark: ownershipTag,
      sealed_secret: assignment.seal(extension),
      auth_username: null,
      attempts: 0,
      last_error: null,
      next_try_at: assignment.nextTryAt,
      changed_at: assignment.now,
      former_user_id: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toExtension(row)
}

/**
 * Puts a number in quarantine after its account was deleted or got another number, as the files in its media folder
 * belong to the former user. A number provisioned on the PBX starts its quarantine when it is removed there.
 */
export async function quarantineExtension(
  trx: Transaction<Tables>,
  extension: string,
  userId: number,
  now: number,
): Promise<void> {
  const quarantined = {
    state: 'quarantined',
    user_id: null,
    attempts: 0,
    next_try_at: now,
    changed_at: now,
    former_user_id: userId,
  } as const
  await trx
    .insertInto('extensions')
    .values({ ...quarantined, extension, mark: '', sealed_secret: '', auth_username: null, last_error: null })
    .onConflict((known) =>
      known
        .column('extension')
        .doUpdateSet(quarantined)
        .where('extensions.state', 'in', ['external', 'quarantined']),
    )
    .execute()
}

function toRow(change: Partial<Omit<Extension, 'extension'>>): Updateable<ExtensionsTable> {
  const {
    state,
    userId,
    ownershipTag: mark,
    sealedSecret,
    authUsername,
    attempts,
    lastError,
    nextTryAt,
    changedAt,
  } = change
  return Object.fromEntries(
    Object.entries({
      state,
      user_id: userId === undefined || userId === null ? userId : rowId(userId),
      mark,
      sealed_secret: sealedSecret,
      auth_username: authUsername,
      attempts,
      last_error: lastError,
      next_try_at: nextTryAt,
      changed_at: changedAt,
    }).filter(([, value]) => value !== undefined),
  )
}

export function toExtension(row: Selectable<ExtensionsTable>): Extension {
  return {
    extension: row.extension,
    state: row.state,
    userId: row.user_id === null ? null : String(row.user_id),
    ownershipTag: row.mark,
    sealedSecret: row.sealed_secret,
    authUsername: row.auth_username,
    attempts: row.attempts,
    lastError: row.last_error,
    nextTryAt: row.next_try_at,
    changedAt: row.changed_at,
  }
}
