import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { DocumentVersions } from '../../core/call-center/ai/document-versions.ts'
import type { Guard, Guarded } from '../guard.ts'
import * as wire from './ai-version-wire.ts'
import { commonProblems, json, problem, security } from './responses.ts'

export interface AiVersionRoutesNeeds {
  guard: Guard
  /** The call center's agent of a user, with what they may see. */
  resolveActor(actor: Actor): Promise<CallCenterActor>
  versions: DocumentVersions
}

const tags = ['AI documents']
const responses = { 200: json(wire.AiVersionListJson, 'A page of them'), ...commonProblems }
const responsesOfOne = { ...responses, 404: problem('It does not exist, or is not in my scope') }

/** Who changed AI settings and templates, and when. Each version's content is read by `/api/ai/…?version=`. */
export function addAiVersionRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, versions }: AiVersionRoutesNeeds,
): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/ai/templates/{templateId}/versions',
      operationId: 'listTemplateVersions',
      summary: 'Versions of a prompt template, the newest first',
      description: 'A deleted template has them still.',
      tags,
      security,
      middleware: guard(),
      request: { params: wire.TemplateParams, query: wire.VersionsQuery },
      responses: responsesOfOne,
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = { limit, before: wire.readVersionCursor(cursor) }
      const list = await versions.ofTemplate(c.req.valid('param').templateId, page)
      return c.json(wire.toAiVersionListJson(list, limit), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/ai/settings/{agentId}/versions',
      operationId: 'listAiSettingsVersions',
      summary: 'Versions of the AI settings of an agent, the newest first',
      description: 'Agents: their own. Supervisors: their team’s. Admins: all.',
      tags,
      security,
      middleware: guard(),
      request: { params: wire.AgentParams, query: wire.VersionsQuery },
      responses: responsesOfOne,
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = { limit, before: wire.readVersionCursor(cursor) }
      const actor = await resolveActor(c.var.actor)
      const list = await versions.ofSettings(actor, c.req.valid('param').agentId, page)
      return c.json(wire.toAiVersionListJson(list, limit), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/ai/config/versions',
      operationId: 'listAiConfigVersions',
      summary: 'Versions of the configuration of all AI agents, the newest first (supervisor, admin)',
      tags,
      security,
      middleware: guard({ roles: ['supervisor', 'admin'] }),
      request: { query: wire.VersionsQuery },
      responses,
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const list = await versions.ofConfig({ limit, before: wire.readVersionCursor(cursor) })
      return c.json(wire.toAiVersionListJson(list, limit), 200)
    },
  )
}
