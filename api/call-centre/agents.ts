import type { AgentRoutesNeeds } from '../dialects/crm/agent-routes.ts'
import type { Base, Room } from './base.ts'

export function joinAgents({ door }: Base): Room<AgentRoutesNeeds> {
  return { routes: { door } }
}
