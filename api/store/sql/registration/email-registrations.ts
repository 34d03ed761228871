import type { Selectable, Transaction } from 'kysely'
import {
  FORGOTTEN,
  type RegistrationStore,
  type WaitingAccount,
} from '../../../core/registration/email-registration.ts'
import { normalName } from '../../../core/values/account-names.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { addMember, asTaken } from './create-member.ts'
import { queueMail } from './mail-queue.ts'

export function createRegistrationStore(db: Database): RegistrationStore {
  return {
    async pending(email, now) {
      const row = await db.query
        .selectFrom('registrations')
        .selectAll()
        .where('email_folded', '=', normalName(email))
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row && toWaiting(row)
    },

    keep: (account, at, over) =>
      db.transaction(async (trx) => {
        const isStored = await (over === undefined ? insert(trx, account, at) : renew(trx, account, at, over))
        if (isStored) await mailOnce(trx, account.email, at.now)
        return isStored
      }),

    mailAgain: (email, now) => db.transaction((trx) => mailOnce(trx, email, now)),

    setToken: (email, tokenHash, now) =>
      db.query
        .updateTable('registrations')
        .set({ token_hash: tokenHash })
        .where('email_folded', '=', normalName(email))
        .where('expires_at', '>', now)
        .returning(['username', 'password_hash as passwordHash'])
        .executeTakeFirst(),

    async find(tokenHash, now) {
      const row = await db.query
        .selectFrom('registrations')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row && toWaiting(row)
    },

    prove: (tokenHash, { username, passwordHash }, now) =>
      db
        .transaction(async (trx) => {
          // First of all, so that of two who try at once the other finds nothing.
          const row = await trx
            .deleteFrom('registrations')
            .where('token_hash', '=', tokenHash)
            .where('expires_at', '>', now)
            .returningAll()
            .executeTakeFirst()
          if (row === undefined) return undefined
          const { email, name } = row
          return addMember(trx, { username, email, name, passwordHash, role: 'user', team: null }, now)
        })
        .catch(asTaken),

    async forgetExpired(now) {
      await db.query.deleteFrom('registrations').where('expires_at', '<=', now).execute()
    },
  }
}

type At = { now: number; expiresAt: number }

/** @returns false where one waits for this address already */
async function insert(
  trx: Transaction<Tables>,
  { username, email, name, passwordHash }: WaitingAccount,
  { now, expiresAt }: At,
): Promise<boolean> {
  const about = normalName(email)
  await trx
    .deleteFrom('registrations')
    .where('email_folded', '=', about)
    .where('expires_at', '<=', now)
    .execute()
  const row = await trx
    .insertInto('registrations')
    .values({
      ...{ username, email, name, email_folded: about, password_hash: passwordHash, token_hash: null },
      ...{ created_at: now, expires_at: expiresAt },
    })
    .onConflict((same) => same.column('email_folded').doNothing())
    .returning('email_folded')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false where what waits is not what was known */
async function renew(
  trx: Transaction<Tables>,
  { email }: WaitingAccount,
  { now, expiresAt }: At,
  { passwordHash, isSame }: { passwordHash: string; isSame: boolean },
): Promise<boolean> {
  const row = await trx
    .updateTable('registrations')
    .set({ expires_at: expiresAt, ...(isSame ? {} : { password_hash: FORGOTTEN, token_hash: null }) })
    .where('email_folded', '=', normalName(email))
    .where('expires_at', '>', now)
    .where('password_hash', '=', passwordHash)
    .returning('email_folded')
    .executeTakeFirst()
  return row !== undefined
}

function toWaiting(row: Selectable<Tables['registrations']>): WaitingAccount {
  const { username, email, name, password_hash: passwordHash } = row
  return { username, email, name, passwordHash }
}

/** One that nobody has begun to send would make the link of the next one useless, or the other way round. */
async function mailOnce(trx: Transaction<Tables>, recipient: string, now: number): Promise<void> {
  // Two spellings of one address are one mailbox, and an engine's own `lower` knows ASCII alone.
  const about = normalName(recipient)
  await trx
    .deleteFrom('mails')
    .where('kind', '=', 'verification')
    .where('about', '=', about)
    .where('tries', '=', 0)
    .execute()
  await queueMail(trx, { kind: 'verification', recipient, about }, now)
}
