import { QUARANTINE_S } from '../../../core/provisioning/extensions.ts'
import type { EmailInvitationStore } from '../../../core/registration/email-invitations.ts'
import { rethrowConflict } from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { createMember } from './create-member.ts'
import { insertInvitation, isUsable, requireNotInvited, toInvitation } from './invitations.ts'
import { enqueueMail } from './mail-queue.ts'

/**
 * Invitations that are sent by mail, and the accounts they create.
 * @param quarantine of an extension, in seconds
 */
export function createEmailInvitationStore(
  db: Database,
  quarantine: number = QUARANTINE_S,
): EmailInvitationStore {
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
          const { role, team, extension } = row
          const member = { ...account, role: role ?? 'user', team, extension }
          const user = await createMember(trx, member, { now, quarantine })
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
