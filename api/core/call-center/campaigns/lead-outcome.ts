import type { CallOutcome } from '../../calls/call.ts'
import type { CallRecord } from '../../calls/call-history.ts'

/**
 * A call's outcome from the lead's side. In the history a call is `answered` also if the dialplan itself played an
 * announcement to the agent, such as "all circuits are busy". For the lead it is answered only if a phone at the
 * other end was. If the agent's own phone was not answered, the call is no attempt to reach the lead.
 *
 * @param record undefined if the history has none: then the outcome stays
 * @param userId the agent's user: their phone rings first
 */
export function outcomeForLead(
  outcome: CallOutcome,
  record: Pick<CallRecord, 'direction' | 'parties'> | undefined,
  userId: string | undefined,
): CallOutcome {
  if (record === undefined || userId === undefined) return outcome
  const ownParties = record.parties.filter((party) => party.userId === userId)
  const wasPickedUp = ownParties.length === 0 || ownParties.some(({ answered }) => answered)
  // A call with a trunk leg is external; otherwise the far end is another user's phone.
  const isExternal = record.direction !== 'internal'
  const otherParties = record.parties.filter((party) => party.userId !== userId)
  if (outcome === 'answered')
    return isExternal || otherParties.some(({ answered }) => answered) ? outcome : 'failed'
  // If only the agent's own phone rang, the dialplan had no route to the lead: no person cancelled the call.
  if (wasPickedUp)
    return outcome === 'cancelled' && !isExternal && otherParties.length === 0 ? 'failed' : outcome
  if (outcome === 'failed') return 'own_unavailable'
  return outcome === 'cancelled' ? 'own_no_answer' : outcome
}
