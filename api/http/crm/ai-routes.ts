import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AgentAiSettingsService } from '../../core/call-center/ai/agent-settings.ts'
import type { AiConfigService } from '../../core/call-center/ai/ai-config.ts'
import type { Templates } from '../../core/call-center/ai/templates.ts'
import { readJson, readQuery } from '../errors.ts'
import {
  IfMatchHeaders,
  ifMatch,
  ifMatchOrCreate,
  sendVersioned,
  setVersionEtag,
  versionedResponse,
} from '../if-match.ts'
import { json, jsonBody } from '../openapi.ts'
import { addTemplateRoutes } from './ai-template-routes.ts'
import * as wire from './ai-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { afterId, PageQuery, setNextLink } from './paging.ts'

const agentParams = { params: z.object({ agent_id: IdParams.shape.id }) }
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

export interface AiRoutesNeeds {
  authorize: Authorize
  settings: AgentAiSettingsService
  configs: AiConfigService
  templates: Templates
}

/** "AI Settings": stored for the program that calls a model; this API calls none. */
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
      summary: 'List the AI settings of agents',
      description: 'Ordered by agent id. `Link` names the next page.',
      request: { query: PageQuery },
      responses: {
        200: json(z.array(wire.AgentAiSettingsJson), 'A page of settings'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor } = readQuery(c, PageQuery)
      const afterAgentId = afterId(cursor) ?? '0'
      const page = await settings.list(c.var.callCenterActor, { afterAgentId, limit })
      setNextLink(c, page, limit, ({ key }) => [key])
      return c.json(page.map(wire.toAgentAiSettingsJson), 200)
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmAgentAiSettings',
      summary: 'Read the AI settings of an agent',
      request: { ...agentParams, query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.AgentAiSettingsJson.nullable(), 'The settings; null if the agent has none'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const { version } = readQuery(c, wire.VersionQuery)
      const document = await settings.find(c.var.callCenterActor, idParam(c, 'agent_id'), version)
      if (document === undefined) return c.json(null, 200)
      return sendVersioned(c, document.version, wire.toAgentAiSettingsJson(document))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmSetAgentAiSettings',
      summary: 'Set the AI settings of an agent',
      description:
        'Replaces all members: one that is left out gets its default. This API stores the settings and calls no model.',
      request: { ...agentParams, headers: IfMatchHeaders, ...settingsBody },
      responses: {
        200: json(wire.AgentAiSettingsJson, 'The new settings'),
        201: json(wire.AgentAiSettingsJson, 'The new settings, where the agent had none'),
        ...guardedErrors('input_invalid', 'not_found', 'stale'),
      },
    },
    async (c) => {
      const body = await readJson(c, wire.SettingsBody)
      const { document, isNew } = await ifMatchOrCreate(c, (version) =>
        settings.put(c.var.callCenterActor, idParam(c, 'agent_id'), body, version),
      )
      setVersionEtag(c, document.version)
      return c.json(wire.toAgentAiSettingsJson(document), isNew ? 201 : 200)
    },
  )
  addGuarded(
    {
      method: 'delete',
      path: '/api/ai/settings/{agent_id}',
      operationId: 'crmDeleteAgentAiSettings',
      summary: 'Delete the AI settings of an agent',
      request: { ...agentParams, headers: IfMatchHeaders },
      responses: {
        204: { description: 'Deleted; its versions are kept' },
        ...guardedErrors('not_found', 'stale'),
      },
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
      summary: 'Read the configuration of all AI agents',
      request: { query: wire.VersionQuery },
      responses: {
        ...versionedResponse(wire.AiConfigJson, 'The configuration'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const document = await configs.read(readQuery(c, wire.VersionQuery).version)
      // Version 0 is the default, which was never written: it has no ETag.
      return sendVersioned(c, document.version || undefined, wire.toAiConfigJson(document))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/ai/config',
      operationId: 'crmSetAiConfig',
      summary: 'Set the configuration of all AI agents',
      description:
        'Replaces all members: one that is left out gets its default. Unknown members are rejected, so that no API key is stored here.',
      request: {
        headers: IfMatchHeaders,
        ...jsonBody(wire.ConfigBody.openapi({ example: { model: 'large-1', sttProvider: 'whisper' } })),
      },
      responses: {
        200: json(wire.AiConfigJson, 'The new configuration'),
        ...guardedErrors('input_invalid', 'stale'),
      },
    },
    async (c) => {
      const config = await readJson(c, wire.ConfigBody)
      const document = await ifMatch(c, (version) => configs.write(c.var.callCenterActor, config, version))
      setVersionEtag(c, document.version)
      return c.json(wire.toAiConfigJson(document), 200)
    },
  )
  addTemplateRoutes(app, { authorize, templates })
}
