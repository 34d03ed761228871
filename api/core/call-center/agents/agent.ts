import type { Role } from '../../../../contract/claims.ts'
import type { NewUser, UserChange } from '../../auth/users.ts'
import type { UserStatus } from '../../presence/user-status-store.ts'
import type { Scope } from './scope.ts'

/** `ai` agents have neither a user nor a phone, only settings. */
export const AGENT_KINDS = ['human', 'ai'] as const
export type AgentKind = (typeof AGENT_KINDS)[number]

/** The work status that an agent sets. It does not include whether they are in a call: only the PBX knows that. */
export const AGENT_STATUSES = ['offline', 'ready', 'after_call', 'break'] as const
export type AgentStatus = (typeof AGENT_STATUSES)[number]

/** A member of the call center. Ids are decimal strings, times unix seconds. */
export interface Agent {
  id: string
  userId: string | null
  name: string
  kind: AgentKind
  /** The supervisors of this team see and change what belongs to the agent. */
  team: string | null
  status: AgentStatus
  statusAt: number
  /** Set with the status `break`; null otherwise. */
  breakReason: string | null
  /** No campaign gives the agent a call before this time: they wrap up, or their phone was not answered. */
  availableFrom: number
  /** Of the user, if the agent has one. So are the next three. */
  username: string | null
  extension: string | null
  role: Role | null
  disabled: boolean
  /** Incremented by each change. */
  version: number
  createdAt: number
  updatedAt: number
}

export type AgentChange = Partial<Pick<Agent, 'name' | 'team'>>

export type NewAgentRow = Pick<Agent, 'userId' | 'name' | 'kind' | 'team'> & {
  account?: NewUser | undefined
  extension?: string | null | undefined
}

export interface AgentStore {
  /**
   * The agent of a user; created by the first call for that user.
   * @param nameOf called only when the agent is created
   */
  findOrCreateForUser(userId: string, now: number, nameOf: () => Promise<string>): Promise<Agent>
  findByUser(userId: string): Promise<Agent | undefined>
  /** Undefined also for an agent outside the scope. */
  find(id: string, scope: Scope): Promise<Agent | undefined>
  findAll(ids: readonly string[]): Promise<Agent[]>
  /** Sorted by id. */
  list(scope: Scope, page: { afterId?: string | undefined; limit: number }): Promise<Agent[]>
  /**
   * Revokes the user's tokens by the same rule as `update`. One transaction.
   *
   * @param agent `account` is a user to create for the agent, `extension` the new extension of an existing user
   * @param revokeUntil unix seconds after which no token issued before can be valid
   * @throws {Refusal} `taken` if the user is an agent already, or a name belongs to another account; `not_found`
   */
  add(agent: NewAgentRow, now: number, revokeUntil: number): Promise<Agent>
  /**
   * The agent's leads move with them into another team. If `endsTokens` holds for the change of team, the user's
   * generation is incremented and the revocation stored, in the same transaction.
   * @param version expected version, if the client sent one
   * @param userChange changes of the agent's user: these revoke the user's tokens as well
   * @throws {Refusal} `not_found`, `stale`, `taken`; then neither agent nor user is changed
   */
  update(
    id: string,
    change: AgentChange,
    version: number | undefined,
    now: number,
    revokeUntil: number,
    userChange?: Pick<UserChange, 'role' | 'extension'>,
  ): Promise<Agent>
  /**
   * Does not increment the version: the status changes too often.
   * @param presence new presence of the agent's user, in the same transaction
   * @param breakReason of a break; by default none
   */
  setStatus(
    id: string,
    status: AgentStatus,
    now: number,
    presence?: UserStatus,
    breakReason?: string | null,
  ): Promise<void>
  /**
   * Sets the status that an agent chose themselves, in a session that may end at the same moment.
   * @throws {Refusal} `token_revoked` if the agent has no active session: after a logout, a status sent before it must not be written
   */
  setOwnStatus(
    agent: Pick<Agent, 'id'>,
    status: AgentStatus,
    now: number,
    presence?: UserStatus,
    breakReason?: string | null,
  ): Promise<void>
  /** Sets an agent who is `ready` to `break`. @returns the agent's name; undefined if they were not `ready` */
  putOnBreak(id: string, now: number): Promise<string | undefined>
  /**
   * Sets agents `offline` if their last session expired after they set their status. (A command that ends a session
   * sets the status itself.) Call it about once a second.
   */
  setLapsedOffline(now: number): Promise<void>
  setAvailableFrom(id: string, availableFrom: number): Promise<void>
}
