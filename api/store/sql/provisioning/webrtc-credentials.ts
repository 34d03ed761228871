import type { Selectable } from 'kysely'
import { Claims } from '../../../../contract/claims.ts'
import type {
  EphemeralCredential,
  EphemeralCredentialStore,
} from '../../../core/provisioning/webrtc-credential-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { WebrtcCredentialsTable } from '../tables-call-center.ts'

export function createEphemeralCredentialStore(db: Database): EphemeralCredentialStore {
  const all = () => db.query.selectFrom('webrtc_credentials').selectAll()

  return {
    async insert(credential) {
      const { id, extension, ownershipTag, state } = credential
      try {
        await db.query
          .insertInto('webrtc_credentials')
          .values({
            id,
            extension,
            mark: ownershipTag,
            state,
            user_id: rowId(credential.userId) ?? 0,
            claims_json: JSON.stringify(credential.claims),
            sealed_secret: credential.sealedSecret,
            busy_until: credential.lockedUntil,
            created_at: credential.createdAt,
            expires_at: credential.expiresAt,
          })
          .execute()
        return true
      } catch (err) {
        if (err instanceof UniqueViolation) return false
        throw err
      }
    },

    async transition(known, { state, lockedUntil }) {
      try {
        const row = await db.query
          .updateTable('webrtc_credentials')
          .set({ state, busy_until: lockedUntil })
          .where('id', '=', known.id)
          .where('state', '=', known.state)
          .where('busy_until', '=', known.lockedUntil)
          .returningAll()
          .executeTakeFirst()
        return row && toCredential(row)
      } catch (err) {
        if (err instanceof UniqueViolation) return undefined
        throw err
      }
    },

    async delete(known) {
      await db.query
        .deleteFrom('webrtc_credentials')
        .where('id', '=', known.id)
        .where('state', '=', known.state)
        .where('busy_until', '=', known.lockedUntil)
        .execute()
    },

    async listByExtension(extension) {
      const rows = await all()
        .where('extension', '=', extension)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toCredential)
    },

    async listDue(now, limit) {
      const rows = await all()
        .where((is) =>
          is.or([
            is.and([is('state', '=', 'active'), is('expires_at', '<=', now)]),
            is.and([is('state', '!=', 'active'), is('busy_until', '<=', now)]),
          ]),
        )
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      return rows.map(toCredential)
    },

    async listActive({ afterId, limit }) {
      const rows = await all()
        .where('state', '=', 'active')
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toCredential)
    },
  }
}

const toCredential = (row: Selectable<WebrtcCredentialsTable>): EphemeralCredential => ({
  id: row.id,
  extension: row.extension,
  ownershipTag: row.mark,
  userId: String(row.user_id),
  claims: Claims.parse(JSON.parse(row.claims_json)),
  sealedSecret: row.sealed_secret,
  state: row.state,
  lockedUntil: row.busy_until,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})
