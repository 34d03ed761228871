import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { AccountAdmin } from '../../auth/account-admin.ts'
import { type Accounts, type NewAccount, validateAccountUpdate } from '../../auth/accounts.ts'
import type { UserStore } from '../../auth/users.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { UserStatuses } from '../../presence/user-status.ts'
import type { UserStatus } from '../../presence/user-status-store.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentKind, AgentStatus, AgentStore, NewAgentRow } from './agent.ts'
import type { CallCenterActor } from './call-center-actor.ts'
import type { Scope } from './scope.ts'

/** `account` makes a user for the agent, `userId` takes one that is there, null has none; an AI agent has none. */
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

/** The people of the call centre. Whoever may not see an agent gets `not_found`. */
export interface Agents {
  list(by: CallCenterActor, page: { afterId?: string | undefined; limit: number }): Promise<Agent[]>
  find(by: CallCenterActor, id: string): Promise<Agent>
  /**
   * Supervisors make agents of their own team; a role, an extension, another team or a user that is there are
   * an admin's to give.
   * @throws {Refusal} `forbidden`, `input_invalid`, `taken`, `not_found`
   */
  add(by: CallCenterActor, agent: NewAgent): Promise<Agent>
  /**
   * Another role or extension ends the sessions of whoever gets it, and another team those of a supervisor: their
   * tokens say the old one.
   * @param address of whoever asks, for the security log
   * @throws {Refusal} `forbidden`, `input_invalid`, `taken`, `not_found`, `stale`, `conflict`
   */
  update(
    by: CallCenterActor,
    id: string,
    patch: AgentPatch,
    about: { version: number | undefined; address: string },
  ): Promise<Agent>
  /** Presence goes with it: whoever is not ready is away. */
  setStatus(by: CallCenterActor, id: string, status: AgentStatus): Promise<Agent>
}

export interface AgentsNeeds {
  store: AgentStore
  users: Pick<UserStore, 'find'>
  accounts: Pick<Accounts, 'prepare'>
  changes: Pick<AccountAdmin, 'endOutdatedSessions'>
  policy: () => Pick<DialPolicy, 'check'>
  statuses: Pick<UserStatuses, 'publish'>
  now: () => number
  /** Seconds: the longest any token lives. */
  longestLifetime: number
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

  /** Whose user an agent becomes: one to be made with it, one that is there, or none. */
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
      const endsTokens = (team !== null && added.role === 'supervisor') || agent.extension !== undefined
      if (row.userId !== null && endsTokens) {
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
      const changesTeam = team !== undefined && team !== agent.team && updated.role === 'supervisor'
      if (agent.userId !== null && (changesUser || changesTeam)) {
        await changes.endOutdatedSessions(agent.userId, { actorId: by.userId, address })
      }
      return updated
    },

    async setStatus(by, id, status) {
      const { userId, extension } = await requireVisible(by.scope, id)
      if (userId === by.userId) await store.setOwnStatus({ id }, status, nowS(), PRESENCE_BY_STATUS[status])
      else await store.setStatus(id, status, nowS(), PRESENCE_BY_STATUS[status])
      if (userId !== null) {
        await statuses.publish(
          { userId, claims: extension === null ? {} : { extension } },
          PRESENCE_BY_STATUS[status],
        )
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
