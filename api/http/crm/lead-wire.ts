import { z } from '@hono/zod-openapi'
import {
  DIAL_STATES,
  LEAD_STATUSES,
  type Lead,
  type LeadNote,
  type LeadStatus,
} from '../../core/call-center/leads/lead.ts'
import { LeadFields } from '../../core/call-center/leads/lead-fields.ts'
import type { LeadInput } from '../../core/call-center/leads/lead-input.ts'
import { fullName } from '../../core/call-center/leads/lead-name.ts'
import { CALL_OUTCOMES } from '../../core/calls/call.ts'
import { Time } from '../openapi.ts'
import { Id, IdJson, toIdJson, toIdJsonOrNull } from './ids.ts'
import { iso, isoOrNull } from './iso-time.ts'
import { toUpperEnum } from './wire.ts'

const upperEnum = <T extends string>(words: readonly T[]) => z.enum(words.map(toUpperEnum))

export const Status = upperEnum(LEAD_STATUSES).openapi({ example: 'NEW' })
type UpperStatus = z.infer<typeof Status>
/** The inverse of `toUpperEnum`. */
export const toLeadStatus = (status: UpperStatus): LeadStatus => status.toLowerCase() as LeadStatus

const LeadInputShape = z.object({
  ...LeadFields,
  status: Status,
  campaignId: Id.nullable().openapi({ type: ['integer', 'null'], example: 1 }),
  assignedAgentId: Id.nullable().openapi({ type: ['integer', 'null'], example: 1 }),
  team: z.string().trim().min(1).max(64).nullable(),
})
export const LeadPatchBody = LeadInputShape.partial().openapi('CrmLeadPatch')
export const NewLeadBody = LeadInputShape.partial()
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
const id = IdJson.nullable()
export const LeadJson = z
  .object({
    id: IdJson,
    name: z.string().openapi({ description: 'First and last name' }),
    firstName: z.string(),
    lastName: z.string(),
    phone: z.string().openapi({ description: 'As it was entered' }),
    email: text,
    company: text,
    title: text,
    status: Status,
    notes: text,
    assignedAgentId: id,
    campaignId: id,
    callAttempts: z.int().openapi({ description: 'Attempts in this campaign' }),
    lastCallAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
    team: text,
    timeZone: text.openapi({ description: 'If null, the campaign’s time zone applies' }),
    lastOutcome: upperEnum(CALL_OUTCOMES).nullable(),
    dialState: upperEnum(DIAL_STATES).openapi({
      description: 'State of the lead in the queue of its campaign',
    }),
    version: z.int(),
  })
  .openapi('CrmLead')
export const LeadNoteJson = z
  .object({
    id: IdJson,
    leadId: IdJson,
    agentId: id,
    content: z.string(),
    createdAt: Time,
  })
  .openapi('CrmLeadNote')
export const LeadDetailJson = z
  .object({
    ...LeadJson.shape,
    noteHistory: z.array(LeadNoteJson).openapi({ description: 'Newest first, up to 500' }),
  })
  .openapi('CrmLeadInDetail')

export const toLeadInput = (body: z.infer<typeof LeadPatchBody>): LeadInput => {
  const { assignedAgentId, status, ...same } = body
  return { ...same, agentId: assignedAgentId, status: status && toLeadStatus(status) }
}

export const toLeadJson = (lead: Lead): z.infer<typeof LeadJson> => ({
  id: toIdJson(lead.id),
  name: fullName(lead),
  firstName: lead.firstName,
  lastName: lead.lastName,
  phone: lead.phone,
  email: lead.email,
  company: lead.company,
  title: lead.title,
  status: toUpperEnum(lead.status),
  notes: lead.notes,
  assignedAgentId: toIdJsonOrNull(lead.agentId),
  campaignId: toIdJsonOrNull(lead.campaignId),
  callAttempts: lead.attempts,
  lastCallAt: isoOrNull(lead.lastCallAt),
  createdAt: iso(lead.createdAt),
  updatedAt: iso(lead.updatedAt),
  team: lead.team,
  timeZone: lead.timeZone,
  lastOutcome: lead.lastOutcome && toUpperEnum(lead.lastOutcome),
  dialState: toUpperEnum(lead.dialState),
  version: lead.version,
})

export const toLeadNoteJson = (note: LeadNote): z.infer<typeof LeadNoteJson> => ({
  id: toIdJson(note.id),
  leadId: toIdJson(note.leadId),
  agentId: toIdJsonOrNull(note.agentId),
  content: note.content,
  createdAt: iso(note.createdAt),
})
