import type { Role } from '../../../../contract/claims.ts'
import type { Agent } from './agent.ts'
import type { Scope } from './scope.ts'

/** The acting user, with their agent and what they may see. */
export interface CallCenterActor {
  userId: string
  role: Role
  agent: Agent
  scope: Scope
}
