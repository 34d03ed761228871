import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AccountImports } from '../../core/account-imports/account-imports.ts'
import {
  type AccountSourceOpener,
  FILE_SOURCES,
  isFileSource,
} from '../../core/account-imports/account-source.ts'
import type { AccountSyncSchedule } from '../../core/account-imports/account-sync.ts'
import type { Guard, Guarded } from '../guard.ts'
import { MAX_CSV_MIB, readCsvBody } from '../read-csv-body.ts'
import * as wire from './account-import-wire.ts'
import { actedBy } from './acted-by.ts'
import { adminProblems, json, problem, security } from './responses.ts'
import { PREFIX } from './wire.ts'

export interface AccountImportRoutesNeeds {
  guard: Guard
  imports: Pick<AccountImports, 'plan' | 'start' | 'find' | 'findLast' | 'listItems'>
  sources: AccountSourceOpener
  /** Undefined: nothing runs by itself. */
  schedule: AccountSyncSchedule | undefined
}

const tags = ['account imports']
const PATH = '/account-imports'
const notFound = problem('No such import')
const fileBody = {
  required: false,
  content: {
    'text/csv': {
      schema: z
        .string()
        .openapi({ example: 'username,name,extension,email,role,disabled\nanna,Anna,1001,,user,no\n' }),
    },
    'text/plain': { schema: z.string().openapi({ example: '[1001]\ntype=endpoint\n' }) },
  },
}

/** People of a PBX become users: a plan first, then its application. */
export function addAccountImportRoutes(app: OpenAPIHono<Guarded>, needs: AccountImportRoutesNeeds): void {
  const { imports, sources, schedule } = needs
  const admin = needs.guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: PATH,
      operationId: 'accountImportStatus',
      summary: 'Sources of people, the schedule and the last import (admin)',
      tags,
      security,
      middleware: admin,
      responses: { 200: json(wire.AccountImportStatusJson, 'As it is now'), ...adminProblems },
    }),
    async (c) => {
      const [last, lastScheduled] = await Promise.all([
        imports.findLast(),
        imports.findLast({ isScheduled: true }),
      ])
      return c.json(
        {
          sources: [...sources.available(), ...FILE_SOURCES],
          schedule: wire.toScheduleJson(schedule),
          last: last === undefined ? null : wire.toAccountImportJson(last),
          last_scheduled: lastScheduled === undefined ? null : wire.toAccountImportJson(lastScheduled),
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: PATH,
      operationId: 'planAccountImport',
      summary: 'Compare the people of a source with the users; changes no user (admin)',
      description: `Reads the source and answers with a plan; its items are at \`GET /account-imports/{id}/items\`. The body is the file of \`csv\` or \`pjsip\`, up to ${MAX_CSV_MIB} MiB; the other sources have none. A row of \`csv\` that cannot be read is listed with its line.`,
      tags,
      security,
      middleware: admin,
      request: { query: wire.PlanQuery, body: fileBody },
      responses: {
        201: {
          ...json(wire.AccountImportJson, 'The plan, at Location'),
          headers: { Location: { schema: { type: 'string' }, description: 'Path of the import' } },
        },
        ...adminProblems,
        409: problem('The source does not take the credentials of the settings'),
        413: problem('The file is too large'),
      },
    }),
    async (c) => {
      const query = c.req.valid('query')
      const file = isFileSource(query.source) ? (await readCsvBody(c)).join('') : undefined
      const source = sources.open(query.source, file)
      const plan = await imports.plan(source, { options: wire.toImportOptions(query), by: actedBy(c) })
      return c.json(wire.toAccountImportJson(plan), 201, { Location: `${PREFIX}${PATH}/${plan.id}` })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${PATH}/{id}`,
      operationId: 'findAccountImport',
      summary: 'A plan, and how far it is applied (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.ImportParams },
      responses: { 200: json(wire.AccountImportJson, 'As it is now'), 404: notFound, ...adminProblems },
    }),
    async (c) => c.json(wire.toAccountImportJson(await imports.find(c.req.valid('param').id)), 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${PATH}/{id}/items`,
      operationId: 'listAccountImportItems',
      summary: 'What a plan does with each person; without those that stay as they are (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.ImportParams, query: wire.ItemsQuery },
      responses: {
        200: json(wire.AccountImportItemListJson, 'A page of them'),
        404: notFound,
        ...adminProblems,
      },
    }),
    async (c) => {
      const { limit, cursor, action } = c.req.valid('query')
      const page = { limit, after: wire.readItemCursor(cursor) }
      const { items, total } = await imports.listItems(c.req.valid('param').id, { action }, page)
      return c.json(
        { items: items.map(wire.toItemJson), next_cursor: wire.toItemCursor(items, limit), total },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: `${PATH}/{id}/apply`,
      operationId: 'applyAccountImport',
      summary: 'Apply a plan; users whom it disables lose their sessions at once (admin)',
      description:
        'In the background: read the import to see the progress. It does what the plan lists and nothing else. An item that is refused does not stop the others.',
      tags,
      security,
      middleware: admin,
      request: { params: wire.ImportParams },
      responses: {
        202: json(wire.AccountImportJson, 'It has started'),
        404: notFound,
        ...adminProblems,
        409: problem('It was applied before, or users have changed since the plan was made: make a new one'),
      },
    }),
    async (c) => {
      const { started, finished } = await imports.start(c.req.valid('param').id, actedBy(c))
      // The import itself has the reason.
      finished.catch(() => {})
      return c.json(wire.toAccountImportJson(started), 202)
    },
  )
}
