import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

/** An extension for an account that has the number already. `now` in unix seconds. */
export interface AdoptedExtension {
  extension: string
  userId: string
  /** See `Extension.ownershipTag`. */
  ownershipTag: string
  sealedSecret: string
  now: number
}

/**
 * Lets the provisioner create the extension of an account on the PBX, with this secret, or write it again. Unlike a
 * reservation it assigns no number: the account keeps the one it has.
 */
export async function adoptExtension(db: Database, adopted: AdoptedExtension): Promise<void> {
  const { extension, userId, ownershipTag, sealedSecret, now } = adopted
  const pending = {
    state: 'provisioning',
    user_id: rowId(userId) ?? 0,
    mark: ownershipTag,
    sealed_secret: sealedSecret,
    attempts: 0,
    last_error: null,
    next_try_at: now,
    changed_at: now,
    former_user_id: null,
  } as const
  await db.query
    .insertInto('extensions')
    .values({ ...pending, extension, auth_username: null })
    .onConflict((known) => known.column('extension').doUpdateSet(pending))
    .execute()
}
