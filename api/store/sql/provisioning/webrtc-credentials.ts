import type { Selectable } from 'kysely'
import { Claims } from '../../../../contract/claims.ts'
import type { Loan, LoanStore } from '../../../core/provisioning/webrtc-credential-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { SipLoansTable } from '../tables-call-center.ts'

export function createLoanStore(db: Database): LoanStore {
  const all = () => db.query.selectFrom('sip_loans').selectAll()

  return {
    async begin(loan) {
      const { id, extension, mark, state } = loan
      try {
        await db.query
          .insertInto('sip_loans')
          .values({
            id,
            extension,
            mark,
            state,
            user_id: rowId(loan.userId) ?? 0,
            claims_json: JSON.stringify(loan.claims),
            sealed_secret: loan.sealedSecret,
            busy_until: loan.busyUntil,
            created_at: loan.createdAt,
            expires_at: loan.expiresAt,
          })
          .execute()
        return true
      } catch (err) {
        if (err instanceof UniqueViolation) return false
        throw err
      }
    },

    async move(known, { state, busyUntil }) {
      try {
        const row = await db.query
          .updateTable('sip_loans')
          .set({ state, busy_until: busyUntil })
          .where('id', '=', known.id)
          .where('state', '=', known.state)
          .where('busy_until', '=', known.busyUntil)
          .returningAll()
          .executeTakeFirst()
        return row && toLoan(row)
      } catch (err) {
        if (err instanceof UniqueViolation) return undefined
        throw err
      }
    },

    async forget(known) {
      await db.query
        .deleteFrom('sip_loans')
        .where('id', '=', known.id)
        .where('state', '=', known.state)
        .where('busy_until', '=', known.busyUntil)
        .execute()
    },

    async ofExtension(extension) {
      const rows = await all()
        .where('extension', '=', extension)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toLoan)
    },

    async due(now, limit) {
      const rows = await all()
        .where((is) =>
          is.or([
            is.and([is('state', '=', 'lent'), is('expires_at', '<=', now)]),
            is.and([is('state', '!=', 'lent'), is('busy_until', '<=', now)]),
          ]),
        )
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      return rows.map(toLoan)
    },

    async lent({ afterId, limit }) {
      const rows = await all()
        .where('state', '=', 'lent')
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toLoan)
    },
  }
}

const toLoan = (row: Selectable<SipLoansTable>): Loan => ({
  id: row.id,
  extension: row.extension,
  mark: row.mark,
  userId: String(row.user_id),
  claims: Claims.parse(JSON.parse(row.claims_json)),
  sealedSecret: row.sealed_secret,
  state: row.state,
  busyUntil: row.busy_until,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})
