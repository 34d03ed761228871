import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { LeadImports } from '../../core/call-center/leads/lead-imports.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { toDelimiter } from '../csv-writer.ts'
import { readQuery } from '../errors.ts'
import { json } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { streamLeadsCsv } from './lead-csv.ts'
import { ImportJson, ImportQuery, toImportJson, toImportOptions } from './lead-import-wire.ts'
import { LeadExportQuery, toLeadFilter } from './lead-query.ts'
import { MAX_CSV_MIB, readCsvBody } from './read-csv-body.ts'

const byId = { params: IdParams }

export interface LeadImportExportRoutesNeeds {
  authorize: Authorize
  leads: Pick<Leads, 'list'>
  imports: Pick<LeadImports, 'start' | 'find'>
  policy: () => NumberNormalizer
}

/** Whole lists, in and out. To be added before `/leads/{id}`. */
export function addLeadImportExportRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, leads, imports, policy }: LeadImportExportRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: leads')
  addGuarded(
    {
      method: 'post',
      path: '/api/leads/import',
      operationId: 'crmImportLeads',
      summary: 'Take in a list',
      description: `CSV of up to ${MAX_CSV_MIB} MiB with a header; commas, semicolons, tabs or bars. UTF-8, UTF-16 with a byte order mark, or what \`charset\` of \`Content-Type\` names. Columns, in any case and order: name or first name and last name, phone (required), email, company, title, status, notes, time zone, campaign id, agent id, also as Google Contacts and Outlook call them, and in other languages; of several that are the same, the first one that is filled counts. Others are left out, and empty cells change nothing. The rows are worked off meanwhile: ask for the import to see how it goes. A bad row stops no other.`,
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
        202: json(ImportJson, 'It is under way; `Location` says where to ask'),
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
      summary: 'How an import goes, and which rows were bad',
      request: byId,
      responses: { 200: json(ImportJson, 'As it stands'), ...guardedErrors('not_found') },
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
      summary: 'The list as a table, all pages in one',
      description:
        "An import takes it. It begins with a byte order mark, for Excel. Where a spreadsheet could see a formula, whichever character it divides cells by, there is a `'` before it; an import takes it off.",
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
