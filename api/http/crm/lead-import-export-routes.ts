import type { Hono } from 'hono'
import type { LeadImports } from '../../core/call-center/leads/lead-imports.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { toDelimiter } from '../csv-writer.ts'
import { readQuery } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { idParam } from './ids.ts'
import { streamLeadsCsv } from './lead-csv.ts'
import { ImportJson, ImportQuery, toImportJson, toImportOptions } from './lead-import-wire.ts'
import { LeadExportQuery, toLeadFilter } from './lead-query.ts'
import { readCsvBody } from './read-csv-body.ts'
import { LEAD_IMPORT_PATH } from './wire.ts'

export interface LeadImportExportRoutesNeeds {
  authorize: Authorize
  leads: Pick<Leads, 'list'>
  imports: Pick<LeadImports, 'start' | 'find'>
  policy: () => NumberNormalizer
}

/** Whole lists, in and out. To be added before `/leads/{id}`. */
export function addLeadImportExportRoutes(
  app: Hono<CrmEnv>,
  { authorize, leads, imports, policy }: LeadImportExportRoutesNeeds,
): void {
  app.post(LEAD_IMPORT_PATH, authorize('crmImportLeads'), async (c) => {
    const options = toImportOptions(readQuery(c, ImportQuery))
    const job = await imports.start(c.var.callCenterActor, () => readCsvBody(c), options, c.req.raw.signal)
    return c.json(typedAs(ImportJson, toImportJson(job)), 202, { Location: `/api/leads/import/${job.id}` })
  })
  app.get('/api/leads/import/:id', authorize('crmLeadImport'), async (c) => {
    const { job, report } = await imports.find(c.var.callCenterActor, idParam(c))
    return c.json(typedAs(ImportJson, toImportJson(job, report)))
  })
  app.get('/api/leads/export', authorize('crmExportLeads'), async (c) => {
    const { delimiter, ...filterQuery } = readQuery(c, LeadExportQuery)
    const table = await streamLeadsCsv(
      leads,
      c.var.callCenterActor,
      toLeadFilter(filterQuery, policy()),
      toDelimiter(delimiter),
    )
    return c.body(table, 200, {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': 'attachment; filename="leads.csv"',
    })
  })
}
