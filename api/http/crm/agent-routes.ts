import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Agents } from '../../core/call-center/agents/agents.ts'
import { Refusal } from '../../core/refusal.ts'
import { clientAddress, readJson, readQuery } from '../errors.ts'
import { json, jsonBody } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from './if-match.ts'
import { afterId, PageQuery, setNextLink } from './paging.ts'

const byId = { params: IdParams }

export interface AgentRoutesNeeds {
  authorize: Authorize
  agents: Agents
  /** Which of them are in a call, by agent id. */
  callsOf(agents: readonly Agent[]): Promise<ReadonlyMap<string, wire.CurrentCall>>
}

/** "Agent Management". */
export function addAgentRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, agents, callsOf }: AgentRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: agents')
  async function toJson(some: readonly Agent[]) {
    const calls = await callsOf(some)
    return some.map((agent) => wire.toAgentJson(agent, calls.get(agent.id)))
  }
  async function toOneJson(agent: Agent) {
    const [shown] = await toJson([agent])
    if (shown === undefined) throw new TypeError('one was shown')
    return shown
  }

  addGuarded(
    {
      method: 'get',
      path: '/api/agents',
      operationId: 'crmAgents',
      summary: 'Who calls',
      description: 'By id. `Link` names the next page.',
      request: { query: PageQuery },
      responses: { 200: json(z.array(wire.AgentJson), 'A page of them'), ...guardedErrors('input_invalid') },
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
      summary: 'Take somebody in',
      description:
        'With `username` and `password` an account is made, with `userId` an existing one is taken (admins), with `userId: null` there is none, as for an AI agent. Roles and extensions are an admin’s to give.',
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
      summary: 'One of them',
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
      summary: 'Change name, team, role or extension',
      description:
        'Supervisors change names. A new role or extension ends the sessions of the agent, as their tokens say the old one; their leads go with them into another team.',
      request: {
        ...byId,
        headers: IfMatchHeaders,
        ...jsonBody(wire.AgentPatchBody.openapi({ example: { name: 'Dora B.' } })),
      },
      responses: {
        200: json(wire.AgentJson, 'As it is now'),
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
      summary: 'Say whether one takes calls',
      description: 'Only who is `READY` gets calls of campaigns. Presence goes with it.',
      request: { ...byId, ...jsonBody(wire.AgentStatusBody.openapi({ example: { status: 'READY' } })) },
      responses: {
        200: json(wire.AgentJson, 'As it is now'),
        ...guardedErrors('input_invalid', 'not_found', 'conflict'),
      },
    },
    async (c) => {
      const id = idParam(c)
      const status = wire.toAgentStatus((await readJson(c, wire.AgentStatusBody)).status)
      if (status !== undefined)
        return c.json(await toOneJson(await agents.setStatus(c.var.callCenterActor, id, status)), 200)
      // Clients say it when a call begins: it is no fault where it is true, and nothing to keep.
      const shown = await toOneJson(await agents.find(c.var.callCenterActor, id))
      if (shown.status === 'ON_CALL') return c.json(shown, 200)
      throw new Refusal('conflict', { detail: 'ON_CALL is what the PBX tells, and it knows of no call' })
    },
  )
}
