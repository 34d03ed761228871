import type { InvitationStore } from '../../core/onboarding/invitations.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'
import { fold } from './users.ts'

export function createInvitationStore(db: Database): InvitationStore {
  return {
    async add({ hash, email, createdBy, createdAt, expiresAt, usedAt }) {
      await db.query
        .insertInto('invitations')
        .values({
          hash,
          email_folded: email === null ? null : fold(email),
          created_by: createdBy === null ? null : (rowId(createdBy) ?? null),
          created_at: createdAt,
          expires_at: expiresAt,
          used_at: usedAt,
        })
        .execute()
    },
    async use(hash, email, now) {
      const row = await db.query
        .updateTable('invitations')
        .set({ used_at: now })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .where((is) => is.or([is('email_folded', 'is', null), is('email_folded', '=', fold(email))]))
        .returning('hash')
        .executeTakeFirst()
      return row !== undefined
    },
    async giveBack(hash) {
      await db.query.updateTable('invitations').set({ used_at: null }).where('hash', '=', hash).execute()
    },
    async open(now) {
      const rows = await db.query
        .selectFrom('invitations')
        .selectAll()
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .orderBy('created_at', 'desc')
        .execute()
      return rows.map((row) => ({
        hash: row.hash,
        email: row.email_folded,
        createdBy: row.created_by === null ? null : String(row.created_by),
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
      }))
    },
  }
}
