import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { LeadImports } from '../../core/call-center/leads/lead-imports.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { toDelimiter } from '../csv-writer.ts'
import { readQuery } from '../errors.ts'
import { json } from '../openapi.ts'
import { MAX_CSV_MIB, readCsvBody } from '../read-csv-body.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { streamLeadsCsv } from './lead-csv.ts'
import { ImportJson, ImportQuery, toImportJson, toImportOptions } from './lead-import-wire.ts'
import { LeadExportQuery, toLeadFilter } from './lead-query.ts'
import { LEAD_IMPORT_PATH } from './wire.ts'

const byId = { params: IdParams }

export interface LeadImportExportRoutesNeeds {
  authorize: Authorize
  leads: Pick<Leads, 'list'>
  imports: Pick<LeadImports, 'start' | 'find'>
  policy: () => NumberNormalizer
}

/** CSV import and export. Has to be added before `/api/leads/{id}`, which would match `import` and `export`. */
export function addLeadImportExportRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, leads, imports, policy }: LeadImportExportRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: leads')

  addGuarded(
    {
      method: 'post',
      path: LEAD_IMPORT_PATH,
      operationId: 'crmImportLeads',
      summary: 'Import leads from CSV',
      description: `CSV of up to ${MAX_CSV_MIB} MiB with a header, delimited by commas, semicolons, tabs or bars. Encoded in UTF-8, in UTF-16 with a byte order mark, or as \`charset\` of \`Content-Type\` names. Columns, in any case and order: name or first name and last name, phone (required), email, company, title, status, notes, time zone, campaign id, agent id. The names that Google Contacts and Outlook use are known too, also in other languages. If several columns have the same meaning, the first one with a value counts. Other columns are ignored, and empty cells change nothing. The rows are imported in the background: read the import to see its progress. An invalid row does not stop the others.`,
      request: {
        query: ImportQuery,
        body: {
          required: true,
          content: {
            'text/csv': {
              schema: z.string().openapi({ example: 'first name,last name,phone\nJohn,Smith,+1-555-0123\n' }),
            },
          },
        },
      },
      responses: {
        202: json(ImportJson, 'The import has started; `Location` names it'),
        ...guardedErrors('input_invalid', 'input_too_large', 'not_found', 'conflict'),
      },
    },
    async (c) => {
      const options = toImportOptions(readQuery(c, ImportQuery))
      const job = await imports.start(c.var.callCenterActor, () => readCsvBody(c), options, c.req.raw.signal)
      return c.json(toImportJson(job), 202, { Location: `/api/leads/import/${job.id}` })
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/leads/import/{id}',
      operationId: 'crmLeadImport',
      summary: 'Read the progress of an import, and its invalid rows',
      request: byId,
      responses: { 200: json(ImportJson, 'The import as it is now'), ...guardedErrors('not_found') },
    },
    async (c) => {
      const { job, report } = await imports.find(c.var.callCenterActor, idParam(c))
      return c.json(toImportJson(job, report), 200)
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/leads/export',
      operationId: 'crmExportLeads',
      summary: 'Export leads as CSV',
      description:
        "All leads that match, in a format that the import reads. It begins with a byte order mark, for Excel. A cell that a spreadsheet could read as a formula, with any delimiter, begins with a `'`, which an import removes.",
      request: { query: LeadExportQuery },
      responses: {
        200: {
          description: 'RFC 4180 with a header, in UTF-8 with a byte order mark',
          content: { 'text/csv': { schema: z.string() } },
        },
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
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
    },
  )
}
