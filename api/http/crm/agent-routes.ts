import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Agents } from '../../core/call-center/agents/agents.ts'
import { Refusal } from '../../core/refusal.ts'
import { clientAddress, readJson, readQuery } from '../errors.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from '../if-match.ts'
import { json, jsonBody } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { afterId, PageQuery, setNextLink } from './paging.ts'

const byId = { params: IdParams }

export interface AgentRoutesNeeds {
  authorize: Authorize
  agents: Agents
  /** Current calls by agent id. An agent without a call is missing. */
  callsOf(agents: readonly Agent[]): Promise<ReadonlyMap<string, wire.CurrentCall>>
}

/** "Agent Management". */
export function addAgentRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, agents, callsOf }: AgentRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: agents')

  async function toJson(page: readonly Agent[]) {
    const calls = await callsOf(page)
    return page.map((agent) => wire.toAgentJson(agent, calls.get(agent.id)))
  }
  async function toOneJson(agent: Agent) {
    return wire.toAgentJson(agent, (await callsOf([agent])).get(agent.id))
  }

  addGuarded(
    {
      method: 'get',
      path: '/api/agents',
      operationId: 'crmAgents',
      summary: 'List agents',
      description: 'Ordered by id. `Link` names the next page.',
      request: { query: PageQuery },
      responses: {
        200: json(z.array(wire.AgentJson), 'A page of agents'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor } = readQuery(c, PageQuery)
      const page = await agents.list(c.var.callCenterActor, { limit, afterId: afterId(cursor) })
      setNextLink(c, page, limit, ({ id }) => [id])
      return c.json(await toJson(page), 200)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/agents',
      operationId: 'crmCreateAgent',
      summary: 'Create an agent',
      description:
        '`username` and `password` create an account, `userId` links an existing one (admins only), `userId: null` gives none, as for an AI agent. Only admins set roles and extensions.',
      request: jsonBody(
        wire.NewAgentBody.openapi({
          example: { name: 'Dora', agentType: 'HUMAN', username: 'dora', password: 'correct horse' },
        }),
      ),
      responses: {
        201: json(wire.AgentJson, 'The agent'),
        ...guardedErrors('input_invalid', 'taken', 'not_found'),
      },
    },
    async (c) => {
      const agent = await agents.add(
        c.var.callCenterActor,
        wire.toNewAgent(await readJson(c, wire.NewAgentBody)),
      )
      setVersionEtag(c, agent.version)
      return c.json(await toOneJson(agent), 201, { Location: `/api/agents/${agent.id}` })
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/agents/{id}',
      operationId: 'crmAgent',
      summary: 'Read an agent',
      request: byId,
      responses: { ...versionedResponse(wire.AgentJson, 'The agent'), ...guardedErrors('not_found') },
    },
    async (c) => {
      const agent = await agents.find(c.var.callCenterActor, idParam(c))
      return sendVersioned(c, agent.version, await toOneJson(agent))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/agents/{id}',
      operationId: 'crmUpdateAgent',
      summary: 'Change the name, team, role or extension of an agent',
      description:
        'Supervisors change names only. A new role or extension ends the sessions of the agent, because their tokens hold the old one. If the agent changes team, so do the leads of the agent.',
      request: {
        ...byId,
        headers: IfMatchHeaders,
        ...jsonBody(wire.AgentPatchBody.openapi({ example: { name: 'Dora B.' } })),
      },
      responses: {
        200: json(wire.AgentJson, 'The agent as it is now'),
        ...guardedErrors('input_invalid', 'not_found', 'taken', 'conflict', 'stale'),
      },
    },
    async (c) => {
      const patch = await readJson(c, wire.AgentPatchBody)
      const address = clientAddress(c)
      const agent = await ifMatch(c, (version) =>
        agents.update(c.var.callCenterActor, idParam(c), patch, { version, address }),
      )
      setVersionEtag(c, agent.version)
      return c.json(await toOneJson(agent), 200)
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/agents/{id}/status',
      operationId: 'crmSetAgentStatus',
      summary: 'Set the status of an agent',
      description:
        'Campaigns call only agents who are `READY`. The status also sets the presence of the user.',
      request: { ...byId, ...jsonBody(wire.AgentStatusBody.openapi({ example: { status: 'READY' } })) },
      responses: {
        200: json(wire.AgentJson, 'The agent as it is now'),
        ...guardedErrors('input_invalid', 'not_found', 'conflict'),
      },
    },
    async (c) => {
      const id = idParam(c)
      const status = wire.toAgentStatus((await readJson(c, wire.AgentStatusBody)).status)
      if (status !== undefined)
        return c.json(await toOneJson(await agents.setStatus(c.var.callCenterActor, id, status)), 200)
      // Clients send ON_CALL when a call begins: accepted if it is true, and not stored.
      const body = await toOneJson(await agents.find(c.var.callCenterActor, id))
      if (body.status === 'ON_CALL') return c.json(body, 200)
      throw new Refusal('conflict', { detail: 'ON_CALL is what the PBX tells, and it knows of no call' })
    },
  )
}
