import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AgentAiSettingsService } from '../../core/call-center/ai/agent-settings.ts'
import type { AiConfigService } from '../../core/call-center/ai/ai-config.ts'
import type { DocumentKind } from '../../core/call-center/ai/document-bodies.ts'
import type { VersionedDocument } from '../../core/call-center/ai/document-store.ts'
import type { Templates } from '../../core/call-center/ai/templates.ts'
import { Refusal } from '../../core/refusal.ts'
import { readJson, readQuery } from '../errors.ts'
import { json, jsonBody } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import {
  IfMatchHeaders,
  ifMatch,
  ifMatchOrCreate,
  sendVersioned,
  setVersionEtag,
  versionedResponse,
} from './if-match.ts'
import { afterId, decodeCursor, PageQuery, setNextLink } from './paging.ts'

const agentParams = { params: z.object({ agent_id: IdParams.shape.id }) }

const templateParams = { params: z.object({ id: z.string().openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }) }) }

const settingsBody = jsonBody(
  wire.SettingsBody.openapi({
    example: {
      systemPrompt: 'You sell tea.',
      greetingMessage: 'Hello!',
      language: 'en-GB',
      temperature: 0.5,
    },
  }),
)

const templateBody = jsonBody(
  wire.TemplateBody.openapi({
    example: { name: 'Greeting', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' },
  }),
)

const deletedResponse = { 204: { description: 'It is gone; its versions are kept' } }

export interface AiRoutesNeeds {
  authorize: Authorize
  settings: AgentAiSettingsService
  configs: AiConfigService
  templates: Templates
}

/** "AI Settings": what is kept for whoever calls a model. */
export function addAiRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, settings, configs, templates }: AiRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: AI')
  addGuarded(
    {
      method: 'get',
      path: '/api/ai/settings',
      operationId: 'crmAiSettings',
      summary: 'Settings of all agents who have some',
      description: 'By agent. `Link` names the next page.',
      request: { query: PageQuery },
      responses: {
        200: json(z.array(wire.AgentAiSettingsJson), 'A page of them'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor } = readQuery(c, PageQuery)
      const afterAgentId = afterId(cursor) ?? '0'
      const page = await settings.list(c.var.callCenterActor, { afterAgentId, limit })
      setNextLink(c, page, limit, ({ key }) => [key])
      return c.json(
        page.map((one) => wire.toAgentAiSettingsJson(one)),
        200,
      )
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmAgentAiSettings',
      summary: 'Settings of an agent',
      request: { ...agentParams, query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.AgentAiSettingsJson.nullable(), 'They are; null where the agent has none'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const { version } = readQuery(c, wire.VersionQuery)
      const kept = await settings.find(c.var.callCenterActor, idParam(c, 'agent_id'), version)
      if (kept === undefined) return c.json(null, 200)
      return sendVersioned(c, kept.version, wire.toAgentAiSettingsJson(kept))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmSetAgentAiSettings',
      summary: 'Set what an agent’s model is told',
      description: 'All of it: what is left out is set to its default. No model is called here.',
      request: { ...agentParams, headers: IfMatchHeaders, ...settingsBody },
      responses: {
        200: json(wire.AgentAiSettingsJson, 'As they are now'),
        201: json(wire.AgentAiSettingsJson, 'The agent had none'),
        ...guardedErrors('input_invalid', 'not_found', 'stale'),
      },
    },
    async (c) => {
      const body = await readJson(c, wire.SettingsBody)
      const { document, isNew } = await ifMatchOrCreate(c, (version) =>
        settings.put(c.var.callCenterActor, idParam(c, 'agent_id'), body, version),
      )
      return c.json(wire.toAgentAiSettingsJson(withVersionEtag(c, document)), isNew ? 201 : 200)
    },
  )
  addGuarded(
    {
      method: 'delete',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmDeleteAgentAiSettings',
      summary: 'Delete an agent’s settings',
      request: { ...agentParams, headers: IfMatchHeaders },
      responses: { ...deletedResponse, ...guardedErrors('not_found', 'stale') },
    },
    async (c) => {
      await ifMatch(c, (version) => settings.remove(c.var.callCenterActor, idParam(c, 'agent_id'), version))
      return c.body(null, 204)
    },
  )

  addGuarded(
    {
      method: 'get',
      path: '/api/ai/config',
      operationId: 'crmAiConfig',
      summary: 'What holds for all AI agents',
      request: { query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.AiConfigJson, 'It is'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const kept = await configs.read(readQuery(c, wire.VersionQuery).version)
      // Nothing has the ETag of what was never written.
      return sendVersioned(c, kept.version || undefined, wire.toAiConfigJson(kept))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/config',
      operationId: 'crmSetAiConfig',
      summary: 'Set what holds for all AI agents',
      description:
        'All of it: what is left out is set to its default. Members there are not are refused, so that no key is ever kept here.',
      request: {
        headers: IfMatchHeaders,
        ...jsonBody(wire.ConfigBody.openapi({ example: { model: 'large-1', sttProvider: 'whisper' } })),
      },
      responses: { 200: json(wire.AiConfigJson, 'As it is now'), ...guardedErrors('input_invalid', 'stale') },
    },
    async (c) => {
      const config = await readJson(c, wire.ConfigBody)
      const kept = await ifMatch(c, (version) => configs.write(c.var.callCenterActor, config, version))
      return c.json(wire.toAiConfigJson(withVersionEtag(c, kept)), 200)
    },
  )

  addGuarded(
    {
      method: 'get',
      path: '/api/ai/templates',
      operationId: 'crmTemplates',
      summary: 'Prompt templates',
      description: 'By name. `Link` names the next page.',
      request: { query: PageQuery },
      responses: {
        200: json(z.array(wire.TemplateJson), 'A page of them'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor } = readQuery(c, PageQuery)
      const [afterName] = decodeCursor(cursor, AfterName) ?? []
      const page = await templates.list({ afterName, limit })
      setNextLink(c, page, limit, ({ body }) => [body.name])
      return c.json(
        page.map((one) => wire.toTemplateJson(one)),
        200,
      )
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/ai/templates',
      operationId: 'crmCreateTemplate',
      summary: 'Write a template',
      request: templateBody,
      responses: {
        201: json(wire.TemplateJson, 'It is'),
        ...guardedErrors('input_invalid', 'taken', 'conflict'),
      },
    },
    async (c) => {
      const kept = withVersionEtag(
        c,
        await templates.add(c.var.callCenterActor, await readJson(c, wire.TemplateBody)),
      )
      const shown = wire.toTemplateJson(kept)
      return c.json(shown, 201, { Location: `/api/ai/templates/${shown.id}` })
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/ai/templates/{id}',
      operationId: 'crmTemplate',
      summary: 'One template',
      request: { ...templateParams, query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.TemplateJson, 'It is'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const { version } = readQuery(c, wire.VersionQuery)
      const kept = await templates.find(templateIdParam(c), version)
      return sendVersioned(c, kept.version, wire.toTemplateJson(kept))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/templates/{id}',
      operationId: 'crmUpdateTemplate',
      summary: 'Write a template anew',
      request: { ...templateParams, headers: IfMatchHeaders, ...templateBody },
      responses: {
        200: json(wire.TemplateJson, 'As it is now'),
        ...guardedErrors('input_invalid', 'not_found', 'taken', 'stale'),
      },
    },
    async (c) => {
      const input = await readJson(c, wire.TemplateBody)
      const kept = await ifMatch(c, (version) =>
        templates.change(c.var.callCenterActor, templateIdParam(c), input, version),
      )
      return c.json(wire.toTemplateJson(withVersionEtag(c, kept)), 200)
    },
  )
  addGuarded(
    {
      method: 'delete',
      path: '/api/ai/templates/{id}',
      operationId: 'crmDeleteTemplate',
      summary: 'Delete a template',
      request: { ...templateParams, headers: IfMatchHeaders },
      responses: { ...deletedResponse, ...guardedErrors('not_found', 'stale') },
    },
    async (c) => {
      await ifMatch(c, (version) => templates.remove(c.var.callCenterActor, templateIdParam(c), version))
      return c.body(null, 204)
    },
  )
}

const AfterName = z.tuple([z.string().max(200)])

function withVersionEtag<Kind extends DocumentKind>(
  c: Context,
  versioned: VersionedDocument<Kind>,
): VersionedDocument<Kind> {
  setVersionEtag(c, versioned.version)
  return versioned
}

function templateIdParam(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!/^[\w-]{1,64}$/.test(id)) throw new Refusal('not_found')
  return id
}
