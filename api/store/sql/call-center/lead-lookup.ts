import type { DeskLeads } from '../../../core/call-center/calls/lead-lookup.ts'
import { rowId, storable } from '../bind.ts'
import type { Database } from '../database.ts'
import { opened, toLead } from './lead-rows.ts'
import { inScope } from './scope.ts'

export function createDeskLeads(db: Database): DeskLeads {
  const leads = () => db.query.selectFrom('leads').selectAll('leads')

  return {
    async find(id, scope) {
      const row = await leads()
        .where('leads.id', '=', rowId(id) ?? 0)
        .where((is) => opened(is, scope))
        .executeTakeFirst()
      return row && toLead(row)
    },

    async ofNumber(spellings, scope) {
      const known = spellings.filter(storable)
      if (known.length === 0) return undefined
      const row = await leads()
        .where('leads.number', 'in', known)
        .where(inScope('leads', scope))
        .orderBy('leads.id')
        .executeTakeFirst()
      return row && toLead(row)
    },
  }
}
