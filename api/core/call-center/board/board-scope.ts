import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'

/** All agents of a team, for a reader that is no agent of it. */
export const teamScope = (team: string): Scope => ({ sees: 'team', team, agentId: '0' })

/**
 * What an actor sees of a board, and the team of its thresholds.
 * @param team that the client asked for; supervisors see their own alone
 * @throws {Refusal} `not_found` for another team
 */
export function boardScope(
  { role, scope, agent }: CallCenterActor,
  team: string | undefined,
): { scope: Scope; team: string | null } {
  if (role === 'admin') return team === undefined ? { scope, team: null } : { scope: teamScope(team), team }
  if (team !== undefined && team !== agent.team) throw new Refusal('not_found', { detail: 'no such team' })
  return { scope, team: agent.team }
}
