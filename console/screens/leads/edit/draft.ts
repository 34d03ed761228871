import type { Wire } from '../../../api/client.ts'
import type { ListedLead } from '../listed-lead.ts'
import type { LeadStatus } from '../search.ts'

export type CrmLead = Wire<'CrmLead'>

/** The members of a lead that can be edited; an empty text is no value. */
export interface Draft {
  firstName: string
  lastName: string
  phone: string
  email: string
  company: string
  title: string
  status: LeadStatus
  agentId: number | null
  campaignId: number | null
}
export type DraftMember = keyof Draft
export const DRAFT_MEMBERS = [
  'firstName',
  'lastName',
  'phone',
  'email',
  'company',
  'title',
  'status',
  'agentId',
  'campaignId',
] as const satisfies readonly DraftMember[]

export const draftOfListed = (lead: ListedLead): Draft => ({
  firstName: lead.first_name,
  lastName: lead.last_name,
  phone: lead.phone,
  email: lead.email ?? '',
  company: lead.company ?? '',
  title: lead.title ?? '',
  status: lead.status,
  agentId: lead.agent_id,
  campaignId: lead.campaign_id,
})

export const draftOf = (lead: CrmLead): Draft => draftOfListed(toListedLead(lead))

/** The same lead as `/api/v1/leads` has it. */
export const toListedLead = (lead: CrmLead): ListedLead => ({
  id: lead.id,
  name: lead.name,
  first_name: lead.firstName,
  last_name: lead.lastName,
  phone: lead.phone,
  email: lead.email,
  company: lead.company,
  title: lead.title,
  status: lower(lead.status),
  agent_id: lead.assignedAgentId,
  campaign_id: lead.campaignId,
  team: lead.team,
  time_zone: lead.timeZone,
  call_attempts: lead.callAttempts,
  last_call_at: lead.lastCallAt,
  last_outcome: lead.lastOutcome && lower(lead.lastOutcome),
  dial_state: lower(lead.dialState),
  version: lead.version,
  created_at: lead.createdAt,
  updated_at: lead.updatedAt,
})
const lower = <T extends string>(text: T) => text.toLowerCase() as Lowercase<T> // as toLowerCase does

/** What has changed, as the body of `PUT /api/leads/{id}`. */
export function toPatch(base: Draft, mine: Draft): Wire<'CrmLeadPatch'> {
  const changed = changesOf(base, mine)
  const { status, agentId, campaignId, ...texts } = Object.fromEntries(
    changed.map((member) => [member, mine[member]]),
  ) as Partial<Draft> // members of the draft
  return {
    ...texts,
    ...(status === undefined ? {} : { status: status.toUpperCase() as Uppercase<LeadStatus> }), // as toUpperCase does
    ...(agentId === undefined ? {} : { assignedAgentId: agentId }),
    ...(campaignId === undefined ? {} : { campaignId }),
  }
}

/** The members that differ. */
export const changesOf = (before: Draft, after: Draft): DraftMember[] =>
  DRAFT_MEMBERS.filter((member) => before[member] !== after[member])

/** A member that both sides changed, each to another value. */
export interface Conflict {
  member: DraftMember
  mine: Draft[DraftMember]
  theirs: Draft[DraftMember]
}

/**
 * Merges two changes of the same lead.
 * @returns the draft with my value in each conflict, the conflicts, and what the others alone have changed
 */
export function mergeDrafts(
  base: Draft,
  mine: Draft,
  theirs: Draft,
): { merged: Draft; conflicts: Conflict[]; theirsOnly: DraftMember[] } {
  const mineChanged = changesOf(base, mine)
  const theirsChanged = changesOf(base, theirs)
  const conflicts = mineChanged
    .filter((member) => theirsChanged.includes(member) && mine[member] !== theirs[member])
    .map((member) => ({ member, mine: mine[member], theirs: theirs[member] }))
  const merged = { ...theirs, ...Object.fromEntries(mineChanged.map((member) => [member, mine[member]])) }
  return { merged, conflicts, theirsOnly: theirsChanged.filter((member) => !mineChanged.includes(member)) }
}
