import type { LeadLookup } from '../../../core/call-center/calls/lead-lookup.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { isReadable, toLead } from './lead-rows.ts'
import { inScope } from './scope.ts'

export function createLeadLookup(db: Database): LeadLookup {
  const leads = () => db.query.selectFrom('leads').selectAll('leads')

  return {
    async find(id, scope) {
      const row = await leads()
        .where('leads.id', '=', rowId(id) ?? 0)
        .where((is) => isReadable(is, scope))
        .executeTakeFirst()
      return row && toLead(row)
    },

    async findByNumber(spellings, scope) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return undefined
      const row = await leads()
        .where('leads.number', 'in', storableNumbers)
        .where(inScope('leads', scope))
        .orderBy('leads.id')
        .executeTakeFirst()
      return row && toLead(row)
    },
  }
}
