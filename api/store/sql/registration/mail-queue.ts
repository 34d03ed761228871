import type { Kysely } from 'kysely'
import type { MailKind, MailQueue, QueuedMail } from '../../../core/registration/outbox.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** The number of tries identifies a claim: after it has expired and was claimed again, late writes have no effect. */
export function createMailQueue(db: Database): MailQueue {
  return {
    async claim(now, until, limit) {
      const due = await db.query
        .selectFrom('mail_queue')
        .selectAll()
        .where('next_try_at', '<=', now)
        .orderBy('next_try_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      const claimed: QueuedMail[] = []
      for (const { id, next_try_at } of due) {
        const row = await db.query
          .updateTable('mail_queue')
          .set((mail) => ({ next_try_at: until, tries: mail('tries', '+', 1) }))
          .where('id', '=', id)
          .where('next_try_at', '=', next_try_at)
          .returningAll()
          .executeTakeFirst()
        if (row !== undefined) {
          const { kind, recipient, about, tries } = row
          claimed.push({ id: String(id), kind, recipient, about, tries })
        }
      }
      return claimed
    },
    async postpone({ id, tries }, nextTryAt, error) {
      await db.query
        .updateTable('mail_queue')
        .set({ next_try_at: nextTryAt, last_error: error })
        .where('id', '=', rowId(id) ?? 0)
        .where('tries', '=', tries)
        .execute()
    },
    async remove({ id, tries }) {
      await db.query
        .deleteFrom('mail_queue')
        .where('id', '=', rowId(id) ?? 0)
        .where('tries', '=', tries)
        .execute()
    },
  }
}

/** @param query the database, or the transaction that makes the mail necessary */
export async function enqueueMail(
  query: Kysely<Tables>,
  { kind, recipient, about }: Pick<QueuedMail, 'kind' | 'recipient' | 'about'>,
  now: number,
): Promise<void> {
  await query
    .insertInto('mail_queue')
    .values({ kind, recipient, about, tries: 0, next_try_at: now, last_error: null, created_at: now })
    .execute()
}

/**
 * Queues a mail about an address. Only the link of the last mail works, so a queued one that has not been tried yet is
 * replaced.
 */
export async function replaceQueuedMail(
  trx: Kysely<Tables>,
  kind: MailKind,
  recipient: string,
  now: number,
): Promise<void> {
  // Normalized here, as `lower` of SQL engines may know ASCII only.
  const about = normalizeName(recipient)
  await trx
    .deleteFrom('mail_queue')
    .where('kind', '=', kind)
    .where('about', '=', about)
    .where('tries', '=', 0)
    .execute()
  await enqueueMail(trx, { kind, recipient, about }, now)
}
