import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Templates } from '../../core/call-center/ai/templates.ts'
import { Refusal } from '../../core/refusal.ts'
import { readJson, readQuery } from '../errors.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from '../if-match.ts'
import { json, jsonBody } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { decodeCursor, PageQuery, setNextLink } from './paging.ts'

const byId = { params: z.object({ id: z.string().openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }) }) }
const templateBody = jsonBody(
  wire.TemplateBody.openapi({
    example: { name: 'Greeting', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' },
  }),
)

export interface TemplateRoutesNeeds {
  authorize: Authorize
  templates: Templates
}

/** Prompt templates. */
export function addTemplateRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, templates }: TemplateRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: AI')

  addGuarded(
    {
      method: 'get',
      path: '/api/ai/templates',
      operationId: 'crmTemplates',
      summary: 'List prompt templates',
      description: 'Ordered by name. `Link` names the next page.',
      request: { query: PageQuery },
      responses: {
        200: json(z.array(wire.TemplateJson), 'A page of templates'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor } = readQuery(c, PageQuery)
      const [afterName] = decodeCursor(cursor, AfterName) ?? []
      const page = await templates.list({ afterName, limit })
      setNextLink(c, page, limit, ({ body }) => [body.name])
      return c.json(page.map(wire.toTemplateJson), 200)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/ai/templates',
      operationId: 'crmCreateTemplate',
      summary: 'Create a template',
      request: templateBody,
      responses: {
        201: json(wire.TemplateJson, 'The template'),
        ...guardedErrors('input_invalid', 'taken', 'conflict'),
      },
    },
    async (c) => {
      const template = await templates.add(c.var.callCenterActor, await readJson(c, wire.TemplateBody))
      setVersionEtag(c, template.version)
      return c.json(wire.toTemplateJson(template), 201, { Location: `/api/ai/templates/${template.key}` })
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/ai/templates/{id}',
      operationId: 'crmTemplate',
      summary: 'Read a template',
      request: { ...byId, query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.TemplateJson, 'The template'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const { version } = readQuery(c, wire.VersionQuery)
      const template = await templates.find(templateIdParam(c), version)
      return sendVersioned(c, template.version, wire.toTemplateJson(template))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/templates/{id}',
      operationId: 'crmUpdateTemplate',
      summary: 'Replace a template',
      request: { ...byId, headers: IfMatchHeaders, ...templateBody },
      responses: {
        200: json(wire.TemplateJson, 'The new template'),
        ...guardedErrors('input_invalid', 'not_found', 'taken', 'stale'),
      },
    },
    async (c) => {
      const input = await readJson(c, wire.TemplateBody)
      const template = await ifMatch(c, (version) =>
        templates.change(c.var.callCenterActor, templateIdParam(c), input, version),
      )
      setVersionEtag(c, template.version)
      return c.json(wire.toTemplateJson(template), 200)
    },
  )
  addGuarded(
    {
      method: 'delete',
      path: '/api/ai/templates/{id}',
      operationId: 'crmDeleteTemplate',
      summary: 'Delete a template',
      request: { ...byId, headers: IfMatchHeaders },
      responses: {
        204: { description: 'Deleted; its versions are kept' },
        ...guardedErrors('not_found', 'stale'),
      },
    },
    async (c) => {
      await ifMatch(c, (version) => templates.remove(c.var.callCenterActor, templateIdParam(c), version))
      return c.body(null, 204)
    },
  )
}

const AfterName = z.tuple([z.string().max(200)])

function templateIdParam(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!/^[\w-]{1,64}$/.test(id)) throw new Refusal('not_found')
  return id
}
