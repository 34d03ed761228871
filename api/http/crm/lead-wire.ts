import { z } from '@hono/zod-openapi'
import {
  DIAL_STATES,
  LEAD_STATUSES,
  type Lead,
  type LeadNote,
  type LeadStatus,
} from '../../core/call-center/leads/lead.ts'
import { LeadFields } from '../../core/call-center/leads/lead-fields.ts'
import type { LeadWish } from '../../core/call-center/leads/lead-input.ts'
import { fullName } from '../../core/call-center/leads/lead-name.ts'
import { OUTCOMES } from '../../core/calls/call.ts'
import { Time } from '../openapi.ts'
import { Id, idOf, idOrNull, iso, isoOrNull, ShownId } from './params.ts'
import { loud } from './wire.ts'

const loudly = <T extends string>(words: readonly T[]) => z.enum(words.map(loud))

export const Status = loudly(LEAD_STATUSES).openapi({ example: 'NEW' })
type LoudStatus = z.infer<typeof Status>
/** The way back of `loud`. */
export const statusOf = (status: LoudStatus): LeadStatus => status.toLowerCase() as LeadStatus

const Wish = z.object({
  ...LeadFields,
  status: Status,
  campaignId: Id.nullable().openapi({ type: ['integer', 'null'], example: 1 }),
  assignedAgentId: Id.nullable().openapi({ type: ['integer', 'null'], example: 1 }),
  team: z.string().trim().min(1).max(64).nullable(),
})
export const LeadPatch = Wish.partial().openapi('CrmLeadPatch')
export const NewLead = Wish.partial()
  .extend({ phone: LeadFields.phone })
  .refine(({ name, firstName, lastName }) => Boolean(name || firstName || lastName), {
    message: 'a lead has a name: name, or firstName and lastName',
    path: ['name'],
  })
  .openapi('CrmNewLead')
export const StatusBody = z.object({ status: Status }).openapi('CrmLeadStatus')
export const AssignBody = z
  .object({ agentId: Id.nullable().openapi({ type: ['integer', 'null'], example: 1 }) })
  .openapi('CrmLeadAssignment')
export const NoteBody = z.object({ content: z.string().trim().min(1).max(10_000) }).openapi('CrmNewLeadNote')

const text = z.string().nullable()
const id = ShownId.nullable()
export const ShownLead = z
  .object({
    id: ShownId,
    name: z.string().openapi({ description: 'First and last name' }),
    firstName: z.string(),
    lastName: z.string(),
    phone: z.string().openapi({ description: 'As it was written' }),
    email: text,
    company: text,
    title: text,
    status: Status,
    notes: text,
    assignedAgentId: id,
    campaignId: id,
    callAttempts: z.int().openapi({ description: 'In this campaign' }),
    lastCallAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
    team: text,
    timeZone: text.openapi({ description: 'The campaign’s where null' }),
    lastOutcome: loudly(OUTCOMES).nullable(),
    dialState: loudly(DIAL_STATES).openapi({ description: 'Its place in the queue of its campaign' }),
    version: z.int(),
  })
  .openapi('CrmLead')
export const ShownNote = z
  .object({
    id: ShownId,
    leadId: ShownId,
    agentId: id,
    content: z.string(),
    createdAt: Time,
  })
  .openapi('CrmLeadNote')
export const LeadInDetail = z
  .object({
    ...ShownLead.shape,
    noteHistory: z.array(ShownNote).openapi({ description: 'The newest first, up to 500' }),
  })
  .openapi('CrmLeadInDetail')

export const wish = (said: z.infer<typeof LeadPatch>): LeadWish => {
  const { assignedAgentId, status, ...same } = said
  return { ...same, agentId: assignedAgentId, status: status && statusOf(status) }
}

export const shownLead = (lead: Lead): z.infer<typeof ShownLead> => ({
  id: idOf(lead.id),
  name: fullName(lead),
  firstName: lead.firstName,
  lastName: lead.lastName,
  phone: lead.phone,
  email: lead.email,
  company: lead.company,
  title: lead.title,
  status: loud(lead.status),
  notes: lead.notes,
  assignedAgentId: idOrNull(lead.agentId),
  campaignId: idOrNull(lead.campaignId),
  callAttempts: lead.attempts,
  lastCallAt: isoOrNull(lead.lastCallAt),
  createdAt: iso(lead.createdAt),
  updatedAt: iso(lead.updatedAt),
  team: lead.team,
  timeZone: lead.timeZone,
  lastOutcome: lead.lastOutcome && loud(lead.lastOutcome),
  dialState: loud(lead.dialState),
  version: lead.version,
})

export const shownNote = (note: LeadNote): z.infer<typeof ShownNote> => ({
  id: idOf(note.id),
  leadId: idOf(note.leadId),
  agentId: idOrNull(note.agentId),
  content: note.content,
  createdAt: iso(note.createdAt),
})
