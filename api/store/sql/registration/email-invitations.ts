import type { EmailInvitationStore } from '../../../core/registration/email-invitations.ts'
import { rethrowConflict } from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { createMember } from './create-member.ts'
import { insertInvitation, isUsable, requireNotInvited, toInvitation } from './invitations.ts'
import { enqueueMail } from './mail-queue.ts'

/** Invitations that are sent by mail, and the accounts they create. */
export function createEmailInvitationStore(db: Database): EmailInvitationStore {
  return {
    addWithMail: (invitation, recipient) =>
      db.transaction(async (trx) => {
        await insertInvitation(trx, invitation)
        await enqueueMail(
          trx,
          { kind: 'invitation', recipient, about: invitation.hash },
          invitation.createdAt,
        )
      }),

    replaceHash: ({ id, about }, hash, now) =>
      db.transaction(async (trx) => {
        const row = await trx
          .updateTable('invitations')
          .set({ hash })
          .where(isUsable(about ?? '', now))
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) return undefined
        await trx
          .updateTable('mail_queue')
          .set({ about: hash })
          .where('id', '=', rowId(id) ?? 0)
          .execute()
        return toInvitation(row)
      }),

    async find(hash, now) {
      const row = await db.query
        .selectFrom('invitations')
        .selectAll()
        .where(isUsable(hash, now))
        .executeTakeFirst()
      return row && toInvitation(row)
    },

    accept: (hash, account, now) =>
      db
        .transaction(async (trx) => {
          // First, so that a concurrent call finds nothing.
          const row = await trx
            .updateTable('invitations')
            .set({ used_at: now })
            .where(isUsable(hash, now))
            .returningAll()
            .executeTakeFirst()
          if (row === undefined) return undefined
          if (row.email_folded === null) await requireNotInvited(trx, account, now)
          const user = await createMember(trx, { ...account, role: row.role ?? 'user', team: row.team }, now)
          await trx
            .updateTable('invitations')
            .set({ used_by: rowId(user.id) ?? 0 })
            .where('hash', '=', hash)
            .execute()
          return user
        })
        .catch(rethrowConflict),
  }
}
