import type { Role } from '../../../../contract/claims.ts'

/** What a user may see and change: everything, their team's and their own, or only their own. */
export type Scope =
  | { sees: 'all' }
  | { sees: 'team'; team: string; agentId: string }
  | { sees: 'own'; agentId: string }

/** Everything: for background jobs of the API. */
export const UNRESTRICTED_SCOPE: Scope = { sees: 'all' }

/** The scope of a role. A supervisor without a team sees only what is their own. */
export function scopeOf(role: Role, agent: { id: string; team: string | null }): Scope {
  if (role === 'admin') return UNRESTRICTED_SCOPE
  if (role === 'supervisor' && agent.team !== null) {
    return { sees: 'team', team: agent.team, agentId: agent.id }
  }
  return { sees: 'own', agentId: agent.id }
}

/** Whether a scope includes what belongs to this agent. */
export const covers = (scope: Scope, agent: { id: string; team: string | null }): boolean =>
  scope.sees === 'all' || scope.agentId === agent.id || (scope.sees === 'team' && scope.team === agent.team)

/** The widest scope of an operation: `all` leaves it to the user's role and team. */
export type ScopeLimit = 'own' | 'team' | 'all'

/** What a user may see and change by one operation. Admins are not limited; `team` without a team is `own`. */
export function limitScope(limit: ScopeLimit, role: Role, agent: { id: string; team: string | null }): Scope {
  if (role === 'admin') return UNRESTRICTED_SCOPE
  if (limit === 'all') return scopeOf(role, agent)
  const { id: agentId, team } = agent
  return limit === 'team' && team !== null ? { sees: 'team', team, agentId } : { sees: 'own', agentId }
}
