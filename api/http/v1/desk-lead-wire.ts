import { z } from '@hono/zod-openapi'
import type { DeskLead } from '../../core/call-center/desk/desk.ts'
import { LEAD_STATUSES } from '../../core/call-center/leads/lead.ts'
import { fullName } from '../../core/call-center/leads/lead-name.ts'
import { CALL_OUTCOMES } from '../../core/calls/call.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { CallbackJson, toCallbackJson } from './callback-wire.ts'
import { Id } from './campaign-text-wire.ts'

const text = z.string().nullable()
const EarlierCallJson = z
  .object({
    id: z.string(),
    started_at: Time,
    agent_name: text,
    outcome: z.enum(CALL_OUTCOMES).nullable(),
    talked: z.int().min(0).nullable().openapi({ description: 'Seconds; null if unknown' }),
    disposition: text.openapi({ description: 'Name of the result that the agent gave it' }),
  })
  .openapi('EarlierCall')
const DeskNoteJson = z
  .object({ id: Id, agent_id: Id.nullable(), agent_name: text, text: z.string(), created_at: Time })
  .openapi('EarlierNote')

export const DeskLeadJson = z
  .object({
    id: Id,
    name: z.string().openapi({ description: 'First and last name' }),
    first_name: z.string(),
    last_name: z.string(),
    phone: z.string().openapi({ description: 'As it was entered' }),
    email: text,
    company: text,
    title: text,
    status: z.enum(LEAD_STATUSES),
    remarks: text.openapi({ description: 'The text of the lead itself, such as from an import' }),
    time_zone: z.string().openapi({
      description:
        'Local times of callbacks are read in it: the lead’s, else the campaign’s, else the server’s',
    }),
    team: text,
    agent_id: Id.nullable(),
    campaign_id: Id.nullable(),
    attempts: z.int().min(0),
    last_call_at: Time.nullable(),
    last_outcome: z.enum(CALL_OUTCOMES).nullable(),
    callback: CallbackJson.nullable(),
    notes: z
      .array(DeskNoteJson)
      .openapi({ description: 'Newest first, up to 50; without the note of this call' }),
    last_calls: z.array(EarlierCallJson).openapi({ description: 'Newest first, up to 5, without this one' }),
    version: z.int(),
    created_at: Time,
    updated_at: Time,
  })
  .openapi('DeskLead')

export const toDeskLeadJson = ({
  lead,
  timeZone,
  callback,
  notes,
  lastCalls,
}: DeskLead): z.output<typeof DeskLeadJson> => ({
  id: lead.id,
  name: fullName(lead),
  first_name: lead.firstName,
  last_name: lead.lastName,
  phone: lead.phone,
  email: lead.email,
  company: lead.company,
  title: lead.title,
  status: lead.status,
  remarks: lead.notes,
  time_zone: timeZone,
  team: lead.team,
  agent_id: lead.agentId,
  campaign_id: lead.campaignId,
  attempts: lead.attempts,
  last_call_at: lead.lastCallAt === null ? null : toIsoTime(lead.lastCallAt),
  last_outcome: lead.lastOutcome,
  callback: callback && toCallbackJson(callback),
  notes: notes.map(({ id, agentId, agentName, content, createdAt }) => ({
    id,
    agent_id: agentId,
    agent_name: agentName,
    text: content,
    created_at: toIsoTime(createdAt),
  })),
  last_calls: lastCalls.map(({ startedAt, agentName, ...same }) => ({
    ...same,
    started_at: toIsoTime(startedAt),
    agent_name: agentName,
  })),
  version: lead.version,
  created_at: toIsoTime(lead.createdAt),
  updated_at: toIsoTime(lead.updatedAt),
})
