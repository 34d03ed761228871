import type { CallOutcome } from '../../calls/call.ts'
import type { LeadStatus } from '../leads/lead.ts'

/** How a completed call changes the status and the owner of its lead. The store applies it in one statement. */
export interface LeadChanges {
  /** The new status by the current one; a status without an entry stays. */
  statuses: Readonly<Partial<Record<LeadStatus, LeadStatus>>>
  /**
   * The calling agent becomes the owner of a lead that has none, if its team is one of these: `none` is a lead without
   * a team, `own` one of the agent's team. The lead then gets the agent's team.
   */
  assignsUnownedOf: readonly ('none' | 'own')[]
}

const NO_CHANGES: LeadChanges = { statuses: {}, assignsUnownedOf: [] }

/** An agent who reaches a lead does not take it out of another team. */
const REACHED: LeadChanges = { statuses: { new: 'contacted' }, assignsUnownedOf: ['none', 'own'] }

/** @param outcome null if the call was never dialed */
export const leadChangesAfter = (outcome: CallOutcome | null): LeadChanges =>
  outcome === 'answered' ? REACHED : NO_CHANGES
