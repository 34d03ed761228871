import type { Transaction } from 'kysely'
import type { RegistrationStore } from '../../core/membership/registering.ts'
import { normalName } from '../../core/names.ts'
import type { Database } from './database.ts'
import { queueMail } from './mails.ts'
import { addMember, asTaken } from './members.ts'
import type { Tables } from './tables.ts'

export function createRegistrationStore(db: Database): RegistrationStore {
  return {
    keep: ({ username, email, name, passwordHash }, { now, expiresAt }) =>
      db.transaction(async (trx) => {
        const row = {
          username,
          email,
          name,
          password_hash: passwordHash,
          token_hash: null,
          created_at: now,
          expires_at: expiresAt,
        }
        await trx
          .insertInto('registrations')
          .values({ ...row, email_folded: normalName(email) })
          .onConflict((same) => same.column('email_folded').doUpdateSet(row))
          .execute()
        await mailOnce(trx, email, now)
      }),

    mailAgain: (email, now) => db.transaction((trx) => mailOnce(trx, email, now)),

    setToken: (email, tokenHash, now) =>
      db.query
        .updateTable('registrations')
        .set({ token_hash: tokenHash })
        .where('email_folded', '=', normalName(email))
        .where('expires_at', '>', now)
        .returning('username')
        .executeTakeFirst(),

    async find(tokenHash, now) {
      const row = await db.query
        .selectFrom('registrations')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (row === undefined) return undefined
      const { username, email, name, password_hash: passwordHash } = row
      return { username, email, name, passwordHash }
    },

    prove: (tokenHash, username, now) =>
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
          const { email, name, password_hash: passwordHash } = row
          return addMember(trx, { username, email, name, passwordHash, role: 'user', team: null }, now)
        })
        .catch(asTaken),

    async forgetExpired(now) {
      await db.query.deleteFrom('registrations').where('expires_at', '<=', now).execute()
    },
  }
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
