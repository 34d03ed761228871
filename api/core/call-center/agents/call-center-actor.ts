import type { Role } from '../../../../contract/claims.ts'
import type { Agent } from './agent.ts'
import type { Scope } from './scope.ts'

/** Whoever asks, as the call centre knows them. */
export interface CallCenterActor {
  userId: string
  role: Role
  agent: Agent
  scope: Scope
}
