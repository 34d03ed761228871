import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { AccountAdmin } from '../../auth/account-admin.ts'
import { type Accounts, type NewAccount, validateAccountUpdate } from '../../auth/accounts.ts'
import type { UserStore } from '../../auth/users.ts'
import type { ExtensionRules } from '../../dial-policy/dialable-extension.ts'
import type { UserStatuses } from '../../presence/user-status.ts'
import type { UserStatus } from '../../presence/user-status-store.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentKind, AgentStatus, AgentStore, NewAgentRow } from './agent.ts'
import type { CallCenterActor } from './call-center-actor.ts'
import type { Scope } from './scope.ts'
import { endsTokens } from './team-change.ts'

/** `account` creates a user for the agent; `userId` takes an existing user, null means none. An AI agent has no user. */
export interface NewAgent {
  name: string
  kind: AgentKind
  team?: string | null | undefined
  userId?: string | null | undefined
  account?: Omit<NewAccount, 'extension'> | undefined
  extension?: string | null | undefined
}

export interface AgentPatch {
  name?: string | undefined
  team?: string | null | undefined
  extension?: string | null | undefined
  role?: 'user' | 'supervisor' | 'admin' | undefined
}

/** The members of the call center. An agent outside the caller's scope is `not_found`. */
export interface Agents {
  list(by: CallCenterActor, page: { afterId?: string | undefined; limit: number }): Promise<Agent[]>
  find(by: CallCenterActor, id: string): Promise<Agent>
  /**
   * Supervisors add agents to their own team. Only admins set a role, an extension, another team or an existing user.
   * @throws {Refusal} `forbidden`, `input_invalid`, `taken`, `not_found`
   */
  add(by: CallCenterActor, agent: NewAgent): Promise<Agent>
  /**
   * A new role or extension ends the sessions of the agent's user; so does a new team if `endsTokens` holds.
   * @param about `version` that the client expects; client IP `address`, for the security log
   * @throws {Refusal} `forbidden`, `input_invalid`, `taken`, `not_found`, `stale`, `conflict`
   */
  update(
    by: CallCenterActor,
    id: string,
    patch: AgentPatch,
    about: { version: number | undefined; address: string },
  ): Promise<Agent>
  /**
   * Sets the user's presence as well: `away` unless the agent is ready or offline.
   * @param breakReason of a break
   */
  setStatus(by: CallCenterActor, id: string, status: AgentStatus, breakReason?: string | null): Promise<Agent>
}

export interface AgentsNeeds {
  store: AgentStore
  users: Pick<UserStore, 'find'>
  accounts: Pick<Accounts, 'prepare'>
  changes: Pick<AccountAdmin, 'endOutdatedSessions'>
  policy: () => ExtensionRules
  statuses: Pick<UserStatuses, 'publish'>
  now: () => number
  /** Longest lifetime of any token, in seconds. */
  longestLifetime: number
  onStatusChange?(agentId: string): void
}

const PRESENCE_BY_STATUS: Record<AgentStatus, UserStatus> = {
  ready: 'available',
  after_call: 'away',
  break: 'away',
  offline: 'offline',
}

export function createAgents(needs: AgentsNeeds): Agents {
  const { store, users, accounts, changes, statuses, policy } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const revokeUntil = () => nowS() + needs.longestLifetime

  async function requireVisible(scope: Scope, id: string): Promise<Agent> {
    const agent = await store.find(id, scope)
    if (agent === undefined) throw new Refusal('not_found', { detail: 'Agent not found' })
    return agent
  }

  /** The user of a new agent: one to create with it, an existing one, or none. */
  async function resolveUser({ kind, userId, account, extension }: NewAgent): Promise<Partial<NewAgentRow>> {
    if (kind === 'ai') {
      if ((userId ?? null) === null && account === undefined && (extension ?? null) === null) return {}
      throw new Refusal('input_invalid', { detail: 'an AI agent has neither a user nor a phone' })
    }
    if (account !== undefined) {
      return { account: await accounts.prepare({ ...account, extension: extension ?? null }) }
    }
    if (userId === null) {
      if ((extension ?? null) === null) return {}
      throw new Refusal('input_invalid', { detail: 'extension: an agent without a user has no phone' })
    }
    if (userId === undefined) {
      throw new Refusal('input_invalid', {
        detail: 'userId: a human agent has a user: send userId (or null for none), or username and password',
      })
    }
    if (extension !== undefined) validateAccountUpdate({ extension }, policy())
    if ((await users.find(userId)) === undefined) throw new Refusal('not_found', { detail: 'User not found' })
    return { userId, extension }
  }

  return {
    list: ({ scope }, page) => store.list(scope, page),
    find: ({ scope }, id) => requireVisible(scope, id),

    async add(by, agent) {
      const team = resolveTeam(by, agent)
      const row = { userId: null, name: agent.name, kind: agent.kind, team, ...(await resolveUser(agent)) }
      const added = await store.add(row, nowS(), revokeUntil())
      if (row.userId !== null && (endsTokens(added.role, null, team) || agent.extension !== undefined)) {
        await changes.endOutdatedSessions(row.userId, { actorId: by.userId, address: '' })
      }
      return (await store.find(added.id, by.scope)) ?? added
    },

    async update(by, id, patch, { version, address }) {
      const agent = await requireVisible(by.scope, id)
      const { name, team, role, extension } = patch
      if (by.role !== 'admin' && [team, role, extension].some((one) => one !== undefined)) {
        throw new Refusal('forbidden', { detail: 'Only admins change teams, roles and extensions' })
      }
      if (role !== undefined && agent.userId === by.userId) {
        throw new Refusal('conflict', { detail: 'Nobody changes their own role' })
      }
      const userChange = {
        ...(role === undefined || role === agent.role ? {} : { role }),
        ...(extension === undefined || extension === agent.extension ? {} : { extension }),
      }
      const changesUser = Object.keys(userChange).length > 0
      if (changesUser && agent.userId === null) {
        throw new Refusal('input_invalid', {
          detail: 'this agent has no user, and so neither a role nor a phone',
        })
      }
      validateAccountUpdate(userChange, policy())
      const agentChange = {
        ...(name === undefined ? {} : { name }),
        ...(team === undefined ? {} : { team }),
      }
      const updated = await store.update(id, agentChange, version, nowS(), revokeUntil(), userChange)
      const hasOldTokens = changesUser || (team !== undefined && endsTokens(updated.role, agent.team, team))
      if (agent.userId !== null && hasOldTokens) {
        await changes.endOutdatedSessions(agent.userId, { actorId: by.userId, address }, userChange)
      }
      return updated
    },

    async setStatus(by, id, status, breakReason = null) {
      const { userId, extension } = await requireVisible(by.scope, id)
      const presence = PRESENCE_BY_STATUS[status]
      if (userId === by.userId) await store.setOwnStatus({ id }, status, nowS(), presence, breakReason)
      else await store.setStatus(id, status, nowS(), presence, breakReason)
      needs.onStatusChange?.(id)
      if (userId !== null) {
        await statuses.publish({ userId, claims: extension === null ? {} : { extension } }, presence)
      }
      return requireVisible(by.scope, id)
    },
  }
}

/** @throws {Refusal} `forbidden` */
function resolveTeam(
  { role, scope }: CallCenterActor,
  { team, userId, account, extension }: NewAgent,
): string | null {
  if (role === 'admin') return team ?? null
  const ownTeam = scope.sees === 'team' ? scope.team : null
  const isOwnTeam = ownTeam !== null && (team === undefined || team === ownTeam)
  if (!isOwnTeam) throw new Refusal('forbidden', { detail: 'Supervisors make agents of their own team' })
  if ((userId ?? null) !== null || (extension ?? null) !== null || (account?.role ?? 'user') !== 'user') {
    throw new Refusal('forbidden', { detail: 'Only admins give roles, extensions and users that are there' })
  }
  return ownTeam
}
