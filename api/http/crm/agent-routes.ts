import type { Hono } from 'hono'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Agents } from '../../core/call-center/agents/agents.ts'
import { Refusal } from '../../core/refusal.ts'
import { addressOf, readJson, readQuery } from '../errors.ts'
import { as } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import type { Door, Known } from './authorize.ts'
import { afterId, idParam, ifMatch, linkNext, PageQuery, setVersion, showVersion } from './params.ts'

export interface AgentRoutesNeeds {
  door: Door
  agents: Agents
  /** Which of them are in a call, by agent id. */
  callsOf(agents: readonly Agent[]): Promise<ReadonlyMap<string, wire.CurrentCall>>
}

/** "Agent Management". */
export function addAgentRoutes(app: Hono<Known>, { door, agents, callsOf }: AgentRoutesNeeds): void {
  async function show(some: readonly Agent[]) {
    const calls = await callsOf(some)
    return some.map((agent) => as(wire.ShownAgent, wire.shownAgent(agent, calls.get(agent.id))))
  }
  async function showOne(agent: Agent) {
    const [shown] = await show([agent])
    if (shown === undefined) throw new TypeError('one was shown')
    return shown
  }

  app.get('/api/agents', door('crmAgents'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const page = await agents.list(c.var.standing, { limit, afterId: afterId(cursor) })
    linkNext(c, page, limit, ({ id }) => [id])
    return c.json(await show(page))
  })
  app.post('/api/agents', door('crmCreateAgent'), async (c) => {
    const agent = await agents.add(c.var.standing, wire.newAgent(await readJson(c, wire.NewAgentBody)))
    setVersion(c, agent.version)
    return c.json(await showOne(agent), 201, { Location: `/api/agents/${agent.id}` })
  })
  app.get('/api/agents/:id', door('crmAgent'), async (c) => {
    const agent = await agents.find(c.var.standing, idParam(c))
    return showVersion(c, agent.version, await showOne(agent))
  })
  app.put('/api/agents/:id', door('crmUpdateAgent'), async (c) => {
    const patch = await readJson(c, wire.AgentPatchBody)
    const address = addressOf(c)
    const agent = await ifMatch(c, (version) =>
      agents.update(c.var.standing, idParam(c), patch, { version, address }),
    )
    setVersion(c, agent.version)
    return c.json(await showOne(agent))
  })
  app.put('/api/agents/:id/status', door('crmSetAgentStatus'), async (c) => {
    const id = idParam(c)
    const status = wire.agentStatus((await readJson(c, wire.AgentStatusBody)).status)
    if (status !== undefined) return c.json(await showOne(await agents.setStatus(c.var.standing, id, status)))
    // Clients say it when a call begins: it is no fault where it is true, and nothing to keep.
    const shown = await showOne(await agents.find(c.var.standing, id))
    if (shown.status === 'ON_CALL') return c.json(shown)
    throw new Refusal('conflict', { detail: 'ON_CALL is what the PBX tells, and it knows of no call' })
  })
}
