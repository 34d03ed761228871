import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { AgentAiSettings } from './document-bodies.ts'
import type { DocumentStore, Expected, Kept } from './document-store.ts'

/** Settings of agents that the standing's scope shows; `not_found` for all others. The key is the agent's id. */
export interface AgentSettings {
  list(standing: Standing, page: { afterAgentId: string; limit: number }): Promise<Kept<'settings'>[]>
  /** Undefined for an agent that has none; a version that there is not is `not_found`. */
  find(standing: Standing, agentId: string, version?: number): Promise<Kept<'settings'> | undefined>
  /** @throws {Refusal} `not_found`, `stale` */
  put(
    standing: Standing,
    agentId: string,
    settings: AgentAiSettings,
    version: Expected,
  ): Promise<{ kept: Kept<'settings'>; isNew: boolean }>
  /** @throws {Refusal} `not_found`, `stale` */
  remove(standing: Standing, agentId: string, version: number | undefined): Promise<void>
}

export interface AgentSettingsNeeds {
  store: DocumentStore
  agents: Pick<AgentStore, 'find' | 'list'>
  now: () => number
}

/** Agents are many and settings few: looked through this many at a time. */
const AGENTS_AT_ONCE = 500

export function createAgentSettings({ store, agents, now }: AgentSettingsNeeds): AgentSettings {
  async function seen({ scope }: Standing, agentId: string): Promise<void> {
    if ((await agents.find(agentId, scope)) === undefined) throw new Refusal('not_found')
  }
  const writing = ({ userId }: Standing, version: Expected) => ({
    by: userId,
    now: Math.floor(now() / 1000),
    version,
  })

  return {
    async list({ scope }, { afterAgentId, limit }) {
      const found: Kept<'settings'>[] = []
      for (let afterId = afterAgentId; ; ) {
        const crew = await agents.list(scope, { afterId, limit: AGENTS_AT_ONCE })
        const ids = crew.map(({ id }) => id)
        const kept = await store.findAll('settings', ids)
        found.push(...kept.sort((a, b) => Number(a.key) - Number(b.key)))
        const last = ids.at(-1)
        if (found.length >= limit || ids.length < AGENTS_AT_ONCE || last === undefined)
          return found.slice(0, limit)
        afterId = last
      }
    },
    async find(standing, agentId, version) {
      await seen(standing, agentId)
      const kept = await store.find('settings', agentId, version)
      if (kept === undefined && version !== undefined) throw new Refusal('not_found')
      return kept
    },
    async put(standing, agentId, body, version) {
      await seen(standing, agentId)
      return store.put('settings', agentId, { ...writing(standing, version), body, mayMake: true })
    },
    async remove(standing, agentId, version) {
      await seen(standing, agentId)
      await store.remove('settings', agentId, writing(standing, version))
    },
  }
}
