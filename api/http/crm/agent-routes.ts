import type { Hono } from 'hono'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Agents } from '../../core/call-center/agents/agents.ts'
import { Refusal } from '../../core/refusal.ts'
import { clientAddress, readJson, readQuery } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { idParam } from './ids.ts'
import { ifMatch, sendVersioned, setVersionEtag } from './if-match.ts'
import { afterId, PageQuery, setNextLink } from './paging.ts'

export interface AgentRoutesNeeds {
  authorize: Authorize
  agents: Agents
  /** Which of them are in a call, by agent id. */
  callsOf(agents: readonly Agent[]): Promise<ReadonlyMap<string, wire.CurrentCall>>
}

/** "Agent Management". */
export function addAgentRoutes(app: Hono<CrmEnv>, { authorize, agents, callsOf }: AgentRoutesNeeds): void {
  async function toJson(some: readonly Agent[]) {
    const calls = await callsOf(some)
    return some.map((agent) => typedAs(wire.AgentJson, wire.toAgentJson(agent, calls.get(agent.id))))
  }
  async function toOneJson(agent: Agent) {
    const [shown] = await toJson([agent])
    if (shown === undefined) throw new TypeError('one was shown')
    return shown
  }

  app.get('/api/agents', authorize('crmAgents'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const page = await agents.list(c.var.callCenterActor, { limit, afterId: afterId(cursor) })
    setNextLink(c, page, limit, ({ id }) => [id])
    return c.json(await toJson(page))
  })
  app.post('/api/agents', authorize('crmCreateAgent'), async (c) => {
    const agent = await agents.add(
      c.var.callCenterActor,
      wire.toNewAgent(await readJson(c, wire.NewAgentBody)),
    )
    setVersionEtag(c, agent.version)
    return c.json(await toOneJson(agent), 201, { Location: `/api/agents/${agent.id}` })
  })
  app.get('/api/agents/:id', authorize('crmAgent'), async (c) => {
    const agent = await agents.find(c.var.callCenterActor, idParam(c))
    return sendVersioned(c, agent.version, await toOneJson(agent))
  })
  app.put('/api/agents/:id', authorize('crmUpdateAgent'), async (c) => {
    const patch = await readJson(c, wire.AgentPatchBody)
    const address = clientAddress(c)
    const agent = await ifMatch(c, (version) =>
      agents.update(c.var.callCenterActor, idParam(c), patch, { version, address }),
    )
    setVersionEtag(c, agent.version)
    return c.json(await toOneJson(agent))
  })
  app.put('/api/agents/:id/status', authorize('crmSetAgentStatus'), async (c) => {
    const id = idParam(c)
    const status = wire.toAgentStatus((await readJson(c, wire.AgentStatusBody)).status)
    if (status !== undefined)
      return c.json(await toOneJson(await agents.setStatus(c.var.callCenterActor, id, status)))
    // Clients say it when a call begins: it is no fault where it is true, and nothing to keep.
    const shown = await toOneJson(await agents.find(c.var.callCenterActor, id))
    if (shown.status === 'ON_CALL') return c.json(shown)
    throw new Refusal('conflict', { detail: 'ON_CALL is what the PBX tells, and it knows of no call' })
  })
}
