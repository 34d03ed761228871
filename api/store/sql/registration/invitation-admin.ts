import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { InvitationAdminStore, InvitationFilter } from '../../../core/registration/invitation-admin.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { createEmailInvitationStore } from './email-invitations.ts'
import { insertInvitation, toInvitation } from './invitations.ts'
import { enqueueMail } from './mail-queue.ts'

export function createInvitationAdminStore(db: Database): InvitationAdminStore {
  return {
    add: (invitation) => insertInvitation(db.query, invitation),
    addWithMail: createEmailInvitationStore(db).addWithMail,

    async find(id) {
      const row = await db.query.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toInvitation(row)
    },

    async search(filter, now, { after, limit }) {
      const rows = await db.query
        .selectFrom('invitations')
        .selectAll()
        .where(conditions(filter, now))
        .$if(after !== undefined, (query) =>
          query.where(sql<SqlBool>`(created_at, id) < (${after?.createdAt}, ${after?.id})`),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toInvitation)
    },

    async countMatching(filter, now) {
      const { found } = await db.query
        .selectFrom('invitations')
        .select((of) => of.fn.countAll<number>().as('found'))
        .where(conditions(filter, now))
        .executeTakeFirstOrThrow()
      return found
    },

    renew: (id, { hash, expiresAt, now, recipient }) =>
      db.transaction(async (trx) => {
        const before = await trx
          .selectFrom('invitations')
          .select('hash')
          .where('id', '=', id)
          .executeTakeFirst()
        const row = await trx
          .updateTable('invitations')
          .set({ hash, expires_at: expiresAt, created_at: now })
          .where('id', '=', id)
          .where('used_at', 'is', null)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) return undefined
        // A mail that waits would be rendered for the former hash.
        await trx
          .deleteFrom('mail_queue')
          .where('kind', '=', 'invitation')
          .where('about', '=', before?.hash ?? '')
          .execute()
        if (recipient !== undefined)
          await enqueueMail(trx, { kind: 'invitation', recipient, about: hash }, now)
        return toInvitation(row)
      }),

    async cancel(id) {
      const row = await db.query
        .deleteFrom('invitations')
        .where('id', '=', id)
        .where('used_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row && toInvitation(row)
    },
  }
}

function conditions({ state }: InvitationFilter, now: number): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'invitations'>()
  if (state === undefined) return is.and([])
  if (state === 'accepted') return is('used_at', 'is not', null)
  return is.and([is('used_at', 'is', null), is('expires_at', state === 'pending' ? '>' : '<=', now)])
}
