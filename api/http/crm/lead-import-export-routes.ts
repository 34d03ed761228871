import type { Hono } from 'hono'
import type { LeadImports } from '../../core/call-center/leads/lead-imports.ts'
import type { Spelling } from '../../core/call-center/leads/lead-input.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { delimiterOf } from '../csv-writer.ts'
import { readQuery } from '../errors.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import { csvOf } from './lead-csv.ts'
import { ImportQuery, importWish, readCsv, ShownImport, shownImport } from './lead-import-wire.ts'
import { filterOf, LeadTableQuery } from './lead-query.ts'
import { idParam } from './params.ts'
import { LEAD_LISTS } from './wire.ts'

export interface LeadListRoutesNeeds {
  door: Door
  leads: Pick<Leads, 'list'>
  imports: Pick<LeadImports, 'start' | 'find'>
  policy: () => Spelling
}

/** Whole lists, in and out. To be added before `/leads/{id}`. */
export function addLeadListRoutes(
  app: Hono<Known>,
  { door, leads, imports, policy }: LeadListRoutesNeeds,
): void {
  app.post(LEAD_LISTS, door('crmImportLeads'), async (c) => {
    const wish = importWish(readQuery(c, ImportQuery))
    const job = await imports.start(c.var.standing, () => readCsv(c), wish, c.req.raw.signal)
    return c.json(as(ShownImport, shownImport(job)), 202, { Location: `/api/leads/import/${job.id}` })
  })
  app.get('/api/leads/import/:id', door('crmLeadImport'), async (c) => {
    const { job, report } = await imports.find(c.var.standing, idParam(c))
    return c.json(as(ShownImport, shownImport(job, report)))
  })
  app.get('/api/leads/export', door('crmExportLeads'), async (c) => {
    const { delimiter, ...asked } = readQuery(c, LeadTableQuery)
    const table = await csvOf(leads, c.var.standing, filterOf(asked, policy()), delimiterOf(delimiter))
    return c.body(table, 200, {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': 'attachment; filename="leads.csv"',
    })
  })
}
