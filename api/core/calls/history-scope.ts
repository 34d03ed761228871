import type { Actor } from '../actor.ts'
import type { FindReach } from '../auth/supervisor-reach.ts'
import { Refusal } from '../refusal.ts'
import type { HistoryFilter, HistoryScope } from './call-history.ts'

/** The past calls that the actor may see: their own, their team's, or all. */
export async function historyScope(actor: Actor, reachOf: FindReach): Promise<HistoryScope> {
  const reach = await reachOf(actor)
  if (reach.over === 'all') return {}
  return reach.over === 'team' ? { team: reach.team } : { userId: actor.userId }
}

/**
 * Narrows a filter to what the actor may see.
 * @throws {Refusal} `forbidden` when an actor who sees only their own calls names a user
 */
export async function withinScope(
  actor: Actor,
  reachOf: FindReach,
  filter: HistoryFilter,
): Promise<HistoryFilter> {
  const scope = await historyScope(actor, reachOf)
  if (scope.userId !== undefined && filter.userId !== undefined) {
    throw new Refusal('forbidden', { detail: 'user_id is for supervisors' })
  }
  // The calls that a user missed are among that user's own.
  const own = filter.userId === undefined && filter.missedBy !== undefined ? { userId: filter.missedBy } : {}
  return { ...filter, ...own, ...scope }
}
