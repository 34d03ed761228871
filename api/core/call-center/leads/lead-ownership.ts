import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { type Scope, UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { Lead } from './lead.ts'
import type { LeadInput, Ownership } from './lead-input.ts'

type OwnerInput = Pick<LeadInput, 'agentId' | 'team'>

/** Owner of a lead without an explicit one: the agent who creates it, or the team that a supervisor oversees. */
export function defaultOwner({ agent, scope }: Pick<CallCenterActor, 'agent' | 'scope'>): Ownership {
  if (scope.sees === 'all') return { agentId: null, team: null }
  if (scope.sees === 'team') return { agentId: null, team: scope.team }
  return { agentId: agent.id, team: agent.team }
}

/**
 * Resolves a change of owner. An assigned lead is in its agent's team. An actor who sees only their own leads cannot
 * reassign one, and a supervisor cannot move one to another team.
 * @returns the members that change
 * @throws {Refusal} `forbidden`, `not_found` for an agent outside the scope, `input_invalid`
 */
export async function resolveOwner(
  agents: Pick<AgentStore, 'find'>,
  scope: Scope,
  input: OwnerInput,
  lead: Pick<Lead, 'agentId' | 'team'>,
): Promise<Partial<Ownership>> {
  const { agentId = lead.agentId, team = lead.team } = input
  const isReassigned = agentId !== lead.agentId
  if (!isReassigned && team === lead.team) return {}
  if (scope.sees === 'own') throw new Refusal('forbidden')
  if (scope.sees === 'team' && team !== lead.team) throw new Refusal('forbidden')
  if (agentId === null) return { agentId, team }

  const agent = await agents.find(agentId, isReassigned ? scope : UNRESTRICTED_SCOPE)
  if (agent === undefined) throw new Refusal('not_found', { detail: 'no such agent' })
  if (agent.kind !== 'human') throw new Refusal('input_invalid', { detail: 'leads are for human agents' })
  if (!isReassigned && team !== agent.team) {
    throw new Refusal('input_invalid', { detail: 'an assigned lead is in the team of its agent' })
  }
  return { agentId, team: agent.team }
}
