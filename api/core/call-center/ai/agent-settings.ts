import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { AgentAiSettings } from './document-bodies.ts'
import type { DocumentStore, ExpectedVersion, VersionedDocument } from './document-store.ts'

/** AI settings per agent, keyed by agent id. An agent outside the actor's scope is `not_found`. */
export interface AgentAiSettingsService {
  list(
    actor: CallCenterActor,
    page: { afterAgentId: string; limit: number },
  ): Promise<VersionedDocument<'settings'>[]>
  /**
   * @returns undefined if the agent has no settings
   * @throws {Refusal} `not_found` for an unknown version
   */
  find(
    actor: CallCenterActor,
    agentId: string,
    version?: number,
  ): Promise<VersionedDocument<'settings'> | undefined>
  /** @throws {Refusal} `not_found`, `stale` */
  put(
    actor: CallCenterActor,
    agentId: string,
    settings: AgentAiSettings,
    version: ExpectedVersion,
  ): Promise<{ document: VersionedDocument<'settings'>; isNew: boolean }>
  /** @throws {Refusal} `not_found`, `stale` */
  remove(actor: CallCenterActor, agentId: string, version: number | undefined): Promise<void>
}

export interface AgentSettingsNeeds {
  store: DocumentStore
  agents: Pick<AgentStore, 'find' | 'list'>
  now: () => number
}

/** Few agents have settings, so a page of settings is collected from large pages of agents. */
const AGENT_PAGE_SIZE = 500

export function createAgentSettings({ store, agents, now }: AgentSettingsNeeds): AgentAiSettingsService {
  async function requireVisible({ scope }: CallCenterActor, agentId: string): Promise<void> {
    if ((await agents.find(agentId, scope)) === undefined) throw new Refusal('not_found')
  }
  const writeContext = ({ userId }: CallCenterActor, version: ExpectedVersion) => ({
    changedBy: userId,
    now: toUnixSeconds(now()),
    version,
  })

  return {
    async list({ scope }, { afterAgentId, limit }) {
      const found: VersionedDocument<'settings'>[] = []
      for (let afterId = afterAgentId; ; ) {
        const agentPage = await agents.list(scope, { afterId, limit: AGENT_PAGE_SIZE })
        const ids = agentPage.map(({ id }) => id)
        const documents = await store.findAll('settings', ids)
        found.push(...documents.sort((a, b) => Number(a.key) - Number(b.key)))
        const last = ids.at(-1)
        if (found.length >= limit || ids.length < AGENT_PAGE_SIZE || last === undefined)
          return found.slice(0, limit)
        afterId = last
      }
    },
    async find(actor, agentId, version) {
      await requireVisible(actor, agentId)
      const document = await store.find('settings', agentId, version)
      if (document === undefined && version !== undefined) throw new Refusal('not_found')
      return document
    },
    async put(actor, agentId, body, version) {
      await requireVisible(actor, agentId)
      return store.put('settings', agentId, { ...writeContext(actor, version), body, createIfMissing: true })
    },
    async remove(actor, agentId, version) {
      await requireVisible(actor, agentId)
      await store.remove('settings', agentId, writeContext(actor, version))
    },
  }
}
