import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { previewImport } from '../../core/call-center/leads/import-preview.ts'
import type { LeadImportUndo } from '../../core/call-center/leads/lead-import-undo.ts'
import type { LeadImports } from '../../core/call-center/leads/lead-imports.ts'
import { IdText } from '../../core/values/id.ts'
import type { Guarded } from '../guard.ts'
import { MAX_CSV_MIB, readCsvBody } from '../read-csv-body.ts'
import * as wire from './lead-import-wire.ts'
import type { LeadRoutesNeeds } from './lead-routes.ts'
import { LeadParams } from './lead-wire.ts'
import { ListQuery, nextCursor, readCursor } from './paging.ts'
import { commonProblems, json, problem, security } from './responses.ts'
import { PREFIX } from './wire.ts'

export interface LeadImportRoutesNeeds extends Pick<LeadRoutesNeeds, 'guard' | 'resolveActor'> {
  imports: Pick<LeadImports, 'start' | 'find' | 'list'>
  undo: Pick<LeadImportUndo, 'start' | 'listLeft'>
}

const tags = ['lead imports']
const csvBody = {
  required: true,
  content: {
    'text/csv': {
      schema: z.string().openapi({ example: 'first name,last name,phone\nJohn,Smith,+1-555-0123\n' }),
    },
  },
}
const importNotFound = problem('No such import of mine; admins see all')

/** Lists of leads: preview, import and undo. */
export function addLeadImportRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, imports, undo }: LeadImportRoutesNeeds,
): void {
  const overseer = guard({ roles: ['admin', 'supervisor'] })

  app.openapi(
    createRoute({
      method: 'post',
      path: `${wire.LEAD_IMPORTS_PATH}/preview`,
      operationId: 'previewLeadImport',
      summary: 'The columns and first rows of a list (supervisors, admins)',
      description:
        'Send the list or its beginning, up to 64 KiB. Nothing is stored. Delimiter and columns are recognised as by the import; the encoding is UTF-8, UTF-16 with a byte order mark, or what `charset` of `Content-Type` names.',
      tags,
      security,
      middleware: overseer,
      request: { query: wire.PreviewQuery, body: csvBody },
      responses: { 200: json(wire.PreviewJson, 'What the import would read'), ...commonProblems },
    }),
    async (c) => {
      const { delimiter } = c.req.valid('query')
      const preview = await previewImport(await readCsvBody(c), wire.toDelimiter(delimiter))
      return c.json(wire.toPreviewJson(preview), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: wire.LEAD_IMPORTS_PATH,
      operationId: 'startLeadImport',
      summary: 'Import leads from a list (supervisors, admins)',
      description: `A list of up to ${MAX_CSV_MIB} MiB with a header, as \`POST /api/leads/import\` takes it. The rows are imported in the background: read the import to see its progress. A row that is refused does not stop the others.`,
      tags,
      security,
      middleware: overseer,
      request: { query: wire.ImportQuery, body: csvBody },
      responses: {
        202: json(wire.LeadImportJson, 'It has started; `Location` names it'),
        404: problem('No such agent or campaign that I see'),
        409: problem('Three lists of mine are under way already'),
        413: problem('The list is too large'),
        ...commonProblems,
      },
    }),
    async (c) => {
      const actor = await resolveActor(c.var.actor)
      const request = wire.toImportRequest(c.req.valid('query'))
      const job = await imports.start(actor, () => readCsvBody(c), request, c.req.raw.signal)
      const headers = { Location: `${PREFIX}${wire.LEAD_IMPORTS_PATH}/${job.id}` }
      return c.json(wire.toLeadImportJson(job), 202, headers)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: wire.LEAD_IMPORTS_PATH,
      operationId: 'listLeadImports',
      summary: 'My imports, of admins all; the newest first (supervisors, admins)',
      tags,
      security,
      middleware: overseer,
      request: { query: ListQuery },
      responses: { 200: json(wire.LeadImportListJson, 'A page of them'), ...commonProblems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const [before] = readCursor(cursor, z.tuple([IdText])) ?? []
      const { jobs, total } = await imports.list(await resolveActor(c.var.actor), { before, limit })
      return c.json(
        {
          imports: jobs.map(wire.toLeadImportJson),
          next_cursor: nextCursor(jobs, limit, ({ id }) => [id]),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${wire.LEAD_IMPORTS_PATH}/{id}`,
      operationId: 'findLeadImport',
      summary: 'How far an import or its undo is, and its refused rows (supervisors, admins)',
      tags,
      security,
      middleware: overseer,
      request: { params: LeadParams },
      responses: {
        200: json(wire.LeadImportDetailJson, 'The import as it is now'),
        404: importNotFound,
        ...commonProblems,
      },
    }),
    async (c) => {
      const actor = await resolveActor(c.var.actor)
      const { id } = c.req.valid('param')
      const { job, report } = await imports.find(actor, id)
      const left = job.undo.left > 0 ? await undo.listLeft(actor, id) : []
      return c.json(wire.toLeadImportDetailJson(job, report, left), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: `${wire.LEAD_IMPORTS_PATH}/{id}/undo`,
      operationId: 'undoLeadImport',
      summary: 'Undo an import (supervisors, admins)',
      description:
        'In the background: read the import to see the progress. Leads that it made are removed, unless a user changed or noted something, or they were called. Leads that it updated get back what they had, unless they were changed since. Numbers that it put on the do-not-call list stay there. Within 30 days; a second request changes nothing.',
      tags,
      security,
      middleware: overseer,
      request: { params: LeadParams },
      responses: {
        202: json(wire.LeadImportJson, 'It has started, or was started before'),
        404: importNotFound,
        409: problem('It is running, was a dry run, or is too old'),
        ...commonProblems,
      },
    }),
    async (c) => {
      const job = await undo.start(await resolveActor(c.var.actor), c.req.valid('param').id)
      return c.json(wire.toLeadImportJson(job), 202)
    },
  )
}
