import type { CallOutcome } from '../../calls/call.ts'
import type { CallRecord } from '../../calls/call-history.ts'

/**
 * What a call's outcome means for the lead. The history calls a call `answered` also where the dialplan itself talked to
 * the agent, such as "all circuits are busy"; a lead is answered only by a phone at the other end. A call in which
 * the agent's own phone was never picked up is no attempt to reach the lead.
 *
 * @param record undefined where the history has none: then the outcome stands
 * @param userId whose phone was to ring first
 */
export function outcomeForLead(
  outcome: CallOutcome,
  record: Pick<CallRecord, 'direction' | 'parties'> | undefined,
  userId: string | undefined,
): CallOutcome {
  if (record === undefined || userId === undefined) return outcome
  const ownParties = record.parties.filter((party) => party.userId === userId)
  const wasPickedUp = ownParties.length === 0 || ownParties.some(({ answered }) => answered)
  // A trunk's leg makes the call one with the outside; else the far end is another user's phone.
  const isExternal = record.direction !== 'internal'
  const otherParties = record.parties.filter((party) => party.userId !== userId)
  if (outcome === 'answered')
    return isExternal || otherParties.some(({ answered }) => answered) ? outcome : 'failed'
  // If nothing rang beyond the agent's own phone, no person gave up: the dialplan had no way to the lead.
  if (wasPickedUp)
    return outcome === 'cancelled' && !isExternal && otherParties.length === 0 ? 'failed' : outcome
  if (outcome === 'failed') return 'own_unavailable'
  return outcome === 'cancelled' ? 'own_no_answer' : outcome
}
