import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { HistoryFilter } from './history.ts'
import { overseesAll } from './scope.ts'

/** Whose past calls the actor may see: their own, or everybody's where undefined. */
export const historyScope = (actor: Actor): string | undefined =>
  overseesAll(actor) ? undefined : actor.userId

/**
 * Narrows a filter to what the actor may see.
 * @throws {Refusal} `forbidden` when somebody who sees their own calls alone names a user
 */
export function withinScope(actor: Actor, filter: HistoryFilter): HistoryFilter {
  const userId = historyScope(actor)
  if (userId === undefined) return filter
  if (filter.userId !== undefined) throw new Refusal('forbidden', { detail: 'user_id is for supervisors' })
  return { ...filter, userId }
}
