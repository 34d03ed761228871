import type { Role } from '../../../../contract/claims.ts'

/** What somebody may see and change: all of it, what is their team's or their own, or their own. */
export type Scope =
  | { sees: 'all' }
  | { sees: 'team'; team: string; agentId: string }
  | { sees: 'own'; agentId: string }

/** Everything there is: for what the API does by itself. */
export const UNRESTRICTED_SCOPE: Scope = { sees: 'all' }

/** A supervisor without a team has nobody to oversee. */
export function scopeOf(role: Role, agent: { id: string; team: string | null }): Scope {
  if (role === 'admin') return UNRESTRICTED_SCOPE
  if (role === 'supervisor' && agent.team !== null) {
    return { sees: 'team', team: agent.team, agentId: agent.id }
  }
  return { sees: 'own', agentId: agent.id }
}

/** How far an operation reaches: `all` leaves it to the role and the team of the user. */
export type ScopeLimit = 'own' | 'team' | 'all'

/**
 * What a user may see and change by one operation. Admins have everything; a user of no team has what is their own.
 */
export function limitScope(limit: ScopeLimit, role: Role, agent: { id: string; team: string | null }): Scope {
  if (role === 'admin') return UNRESTRICTED_SCOPE
  if (limit === 'all') return scopeOf(role, agent)
  const { id: agentId, team } = agent
  return limit === 'team' && team !== null ? { sees: 'team', team, agentId } : { sees: 'own', agentId }
}
