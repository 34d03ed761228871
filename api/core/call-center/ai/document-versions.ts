import type { User, UserStore } from '../../auth/users.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { AI_CONFIG_KEY } from './ai-config.ts'
import type { DocumentKind } from './document-bodies.ts'
import type { DocumentStore, VersionRecord } from './document-store.ts'

/** A version with its author; the author is null if it has none, or if the account was deleted. */
export interface AuthoredVersion extends Omit<VersionRecord, 'changedBy'> {
  changedBy: { userId: string; name: string } | null
}

/** @property before versions below this one */
export interface VersionPage {
  before?: number | undefined
  limit: number
}

export interface VersionList {
  /** The newest first. */
  versions: AuthoredVersion[]
  /** Of the document, on all pages. */
  total: number
}

/** Who changed AI documents, and when. Their content is read by the service of each kind. */
export interface DocumentVersions {
  /** @throws {Refusal} `not_found` for a template that never existed; a deleted one has its versions */
  ofTemplate(id: string, page: VersionPage): Promise<VersionList>
  /** Empty for an agent that never had settings. @throws {Refusal} `not_found` outside the actor's scope */
  ofSettings(actor: CallCenterActor, agentId: string, page: VersionPage): Promise<VersionList>
  /** Empty until the configuration was written. */
  ofConfig(page: VersionPage): Promise<VersionList>
}

export interface DocumentVersionsNeeds {
  store: DocumentStore
  agents: Pick<AgentStore, 'find'>
  users: Pick<UserStore, 'findAll'>
}

export function createDocumentVersions({ store, agents, users }: DocumentVersionsNeeds): DocumentVersions {
  async function list(kind: DocumentKind, key: string, page: VersionPage): Promise<VersionList> {
    const [records, total] = await Promise.all([
      store.listVersions(kind, key, page),
      store.countVersions(kind, key),
    ])
    const authorIds = new Set(records.flatMap(({ changedBy }) => changedBy ?? []))
    const authors = new Map((await users.findAll([...authorIds])).map((user) => [user.id, user]))
    const versions = records.map(({ changedBy, ...record }) => ({
      ...record,
      changedBy: toAuthor(changedBy === null ? undefined : authors.get(changedBy)),
    }))
    return { versions, total }
  }

  return {
    async ofTemplate(id, page) {
      const found = await list('template', id, page)
      if (found.total === 0) throw new Refusal('not_found')
      return found
    },
    async ofSettings({ scope }, agentId, page) {
      if ((await agents.find(agentId, scope)) === undefined) throw new Refusal('not_found')
      return list('settings', agentId, page)
    },
    ofConfig: (page) => list('config', AI_CONFIG_KEY, page),
  }
}

const toAuthor = (user: User | undefined) =>
  user === undefined ? null : { userId: user.id, name: user.displayName ?? user.username }
