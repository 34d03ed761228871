import type { Selectable, Transaction } from 'kysely'
import {
  type EmailRegistrationStore,
  NO_PASSWORD,
  type PendingRegistration,
} from '../../../core/registration/email-registration.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { rethrowConflict } from '../auth/user-rows.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { createMember } from './create-member.ts'
import { replaceQueuedMail } from './mail-queue.ts'

export function createEmailRegistrationStore(db: Database): EmailRegistrationStore {
  return {
    async findPending(email, now) {
      const row = await db.query
        .selectFrom('registrations')
        .selectAll()
        .where('email_folded', '=', normalizeName(email))
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row && toPending(row)
    },

    save: (account, at, expected) =>
      db.transaction(async (trx) => {
        const isStored = await (expected === undefined
          ? insert(trx, account, at)
          : extend(trx, account, at, expected))
        if (isStored) await replaceQueuedMail(trx, 'verification', account.email, at.now)
        return isStored
      }),

    queueMail: (email, now) => db.transaction((trx) => replaceQueuedMail(trx, 'verification', email, now)),

    setToken: (email, tokenHash, now) =>
      db.query
        .updateTable('registrations')
        .set({ token_hash: tokenHash })
        .where('email_folded', '=', normalizeName(email))
        .where('expires_at', '>', now)
        .returning(['username', 'password_hash as passwordHash'])
        .executeTakeFirst(),

    async findByToken(tokenHash, now) {
      const row = await db.query
        .selectFrom('registrations')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row && toPending(row)
    },

    confirm: (tokenHash, { username, passwordHash }, now) =>
      db
        .transaction(async (trx) => {
          // First, so that a concurrent call finds nothing.
          const row = await trx
            .deleteFrom('registrations')
            .where('token_hash', '=', tokenHash)
            .where('expires_at', '>', now)
            .returningAll()
            .executeTakeFirst()
          if (row === undefined) return undefined
          const { email, name } = row
          const account = { username, email, name, passwordHash, role: 'user' as const }
          return createMember(trx, { ...account, team: null, extension: null }, { now, quarantine: 0 })
        })
        .catch(rethrowConflict),

    async deleteExpired(now) {
      await db.query.deleteFrom('registrations').where('expires_at', '<=', now).execute()
    },
  }
}

type SaveTimes = { now: number; expiresAt: number }

/** @returns false if a registration of this address is pending */
async function insert(
  trx: Transaction<Tables>,
  { username, email, name, passwordHash }: PendingRegistration,
  { now, expiresAt }: SaveTimes,
): Promise<boolean> {
  const address = normalizeName(email)
  await trx
    .deleteFrom('registrations')
    .where('email_folded', '=', address)
    .where('expires_at', '<=', now)
    .execute()
  const row = await trx
    .insertInto('registrations')
    .values({
      ...{ username, email, name, email_folded: address, password_hash: passwordHash, token_hash: null },
      ...{ created_at: now, expires_at: expiresAt },
    })
    .onConflict((same) => same.column('email_folded').doNothing())
    .returning('email_folded')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false if the pending registration has changed */
async function extend(
  trx: Transaction<Tables>,
  { email }: PendingRegistration,
  { now, expiresAt }: SaveTimes,
  { passwordHash, isSame }: { passwordHash: string; isSame: boolean },
): Promise<boolean> {
  const row = await trx
    .updateTable('registrations')
    .set({ expires_at: expiresAt, ...(isSame ? {} : { password_hash: NO_PASSWORD, token_hash: null }) })
    .where('email_folded', '=', normalizeName(email))
    .where('expires_at', '>', now)
    .where('password_hash', '=', passwordHash)
    .returning('email_folded')
    .executeTakeFirst()
  return row !== undefined
}

function toPending(row: Selectable<Tables['registrations']>): PendingRegistration {
  const { username, email, name, password_hash: passwordHash } = row
  return { username, email, name, passwordHash }
}
