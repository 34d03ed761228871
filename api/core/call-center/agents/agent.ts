import type { Role } from '../../../../contract/claims.ts'
import type { AccountUpdate } from '../../auth/accounts.ts'
import type { NewUser } from '../../auth/users.ts'
import type { UserStatus } from '../../presence/user-status-store.ts'
import type { Scope } from './scope.ts'

/** `ai` agents have no user and no phone: there are settings for them, and nothing else. */
export const AGENT_KINDS = ['human', 'ai'] as const
export type AgentKind = (typeof AGENT_KINDS)[number]

/** What an agent says of their work. Whether they are in a call is the PBX's to tell, and kept nowhere. */
export const AGENT_STATUSES = ['offline', 'ready', 'after_call', 'break'] as const
export type AgentStatus = (typeof AGENT_STATUSES)[number]

/** Somebody of the call centre. Ids are decimal strings, times unix seconds. */
export interface Agent {
  id: string
  userId: string | null
  name: string
  kind: AgentKind
  /** Whose supervisors see and change what is this agent's. */
  team: string | null
  status: AgentStatus
  statusAt: number
  /** Not offered a call of a campaign before: wrapping up, or their phone did not answer. */
  availableFrom: number
  /** Of the user, where there is one. */
  username: string | null
  extension: string | null
  role: Role | null
  disabled: boolean
  /** Rises with each change. */
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
   * The agent of a user; made at the first time they are asked for.
   * @param nameOf only asked then
   */
  findOrCreateForUser(userId: string, now: number, nameOf: () => Promise<string>): Promise<Agent>
  /** Undefined also for an agent that the scope does not show. */
  find(id: string, scope: Scope): Promise<Agent | undefined>
  findAll(ids: readonly string[]): Promise<Agent[]>
  /** By id. */
  list(scope: Scope, page: { afterId?: string | undefined; limit: number }): Promise<Agent[]>
  /**
   * As with `update`, a supervisor who comes into a team has tokens that say nothing of it: those are over.
   * All of it or nothing.
   *
   * @param agent `account` is a user to be made for it, `extension` what a user who is there gets
   * @param revokeUntil unix seconds after which no token issued before can be alive
   * @throws {Refusal} `taken` where the user is an agent already, or a name is another account's; `not_found`
   */
  add(agent: NewAgentRow, now: number, revokeUntil: number): Promise<Agent>
  /**
   * The leads of an agent go with them into another team. The tokens of a supervisor who changes teams are over:
   * in the same transaction their generation rises, and the ledger has the revocation.
   * @param version of the one that was read, where the client says
   * @param userChange what becomes another one of the agent's user: their tokens are over as well
   * @throws {Refusal} `not_found`, `stale`, `taken`; then nothing is changed, of the user neither
   */
  update(
    id: string,
    change: AgentChange,
    version: number | undefined,
    now: number,
    revokeUntil: number,
    userChange?: AccountUpdate,
  ): Promise<Agent>
  /**
   * Is no version of its own: it changes too often.
   * @param presence of their user, in the same transaction
   */
  setStatus(id: string, status: AgentStatus, now: number, presence?: UserStatus): Promise<void>
  /**
   * Sets the status that an agent chose, in a session that may end at this moment.
   * @throws {Refusal} `token_revoked` where no session of theirs lives: a status of before the logout must not be written after it
   */
  setOwnStatus(
    agent: Pick<Agent, 'id'>,
    status: AgentStatus,
    now: number,
    presence?: UserStatus,
  ): Promise<void>
  /** Ends the readiness of an agent who is `ready`. @returns their name where they were */
  putOnBreak(id: string, now: number): Promise<string | undefined>
  /**
   * Makes those `offline` whose last session ran out since they set their status. A command that ends a session
   * does so by itself. Call it about once a second.
   */
  setLapsedOffline(now: number): Promise<void>
  setAvailableFrom(id: string, freeFrom: number): Promise<void>
}
