import { z } from '@hono/zod-openapi'
import { AGENT_STATUSES } from '../../core/call-center/agents/agent.ts'
import type { CallResultRequest, DeskState, DraftNote } from '../../core/call-center/desk/desk.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { CallbackBody, CallbackJson, toCallbackJson, toCallbackRequest } from './callback-wire.ts'
import { DispositionJson, DispositionKey, Id, toDispositionJson } from './campaign-text-wire.ts'
import { DeskLeadJson, toDeskLeadJson } from './desk-lead-wire.ts'
import { CallId } from './wire.ts'

const time = (seconds: number | null) => (seconds === null ? null : toIsoTime(seconds))

export const DeskJson = z
  .object({
    agent: z.object({
      id: Id,
      name: z.string(),
      team: z.string().nullable(),
      status: z.enum(AGENT_STATUSES),
      break_reason: z.string().nullable(),
      since: Time.openapi({ description: 'Of the status' }),
      available_from: Time.nullable().openapi({
        description: 'No campaign calls the agent before; null: now',
      }),
    }),
    call: z
      .object({
        id: CallId,
        state: z.enum(['ringing', 'talking', 'ended']).openapi({
          description: '`ringing`: one of the two phones rings; `ended`: for this agent',
        }),
        direction: z.enum(['inbound', 'outbound']),
        phone: z.string().openapi({ description: 'Of the other end' }),
        started_at: Time,
        answered_at: Time.nullable(),
        ended_at: Time.nullable(),
      })
      .nullable(),
    lead: DeskLeadJson.nullable().openapi({ description: 'The lead in the call, or in the wrap-up' }),
    campaign: z
      .object({
        id: Id,
        name: z.string(),
        script: z.string(),
        dispositions: z.array(DispositionJson),
        has_default_dispositions: z
          .boolean()
          .openapi({ description: 'The campaign has none of its own: these are the usual' }),
      })
      .nullable()
      .openapi({ description: 'The campaign of the call' }),
    wrap_up: z
      .object({
        until: Time.nullable().openapi({
          description: 'Null: until a result, or another status, as the status is `after_call`',
        }),
        call_id: CallId,
        lead_id: Id,
      })
      .nullable()
      .openapi({ description: 'The call is over, and no result is stored' }),
    notes: z
      .object({
        text: z.string(),
        revision: z.int().min(0).openapi({ description: '0 while none is stored' }),
      })
      .nullable()
      .openapi({ description: 'The note of this call. Null without a call of a lead' }),
    callbacks: z.array(CallbackJson).openapi({ description: 'The next 10 that this agent agreed' }),
  })
  .openapi('Desk')

export const DeskStatusBody = z
  .strictObject({
    status: z.enum(AGENT_STATUSES),
    reason: z
      .string()
      .trim()
      .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters in one line')
      .nullable()
      .default(null)
      .openapi({ description: 'Of a break' }),
  })
  .refine(({ status, reason }) => reason === null || status === 'break', {
    path: ['reason'],
    message: 'only a break has a reason',
  })
  .openapi('DeskStatus', { example: { status: 'break', reason: 'lunch' } })

const NoteText = z.string().max(10_000)
const NoteRevision = z
  .int()
  .min(0)
  .max(2 ** 31)
export const DeskNoteBody = z
  .strictObject({
    call_id: CallId,
    lead_id: Id,
    text: NoteText,
    revision: NoteRevision.openapi({ description: 'The revision that was read' }),
  })
  .openapi('DeskNote', {
    example: { call_id: 'hk_Cr7MW2QlixZw-sBJDEs4Aw', lead_id: '5', text: 'wants an offer', revision: 0 },
  })
export const NoteRevisionJson = z.object({ revision: z.int().min(1) }).openapi('DeskNoteRevision')

export const CallResultBody = z
  .strictObject({
    call_id: CallId,
    lead_id: Id,
    disposition: DispositionKey,
    note: NoteText.optional().openapi({ description: 'Replaces the draft; left out: the draft stays' }),
    note_revision: NoteRevision.optional().openapi({
      description: 'The revision of the draft that was read; left out: the note replaces any',
    }),
    callback: CallbackBody.optional().openapi({
      description: 'Required if the effect of the disposition is `callback`',
    }),
    next: z.enum(['ready', 'break']).default('ready').openapi({ description: 'The status afterwards' }),
  })
  .openapi('CallResult', {
    example: { call_id: 'hk_Cr7MW2QlixZw-sBJDEs4Aw', lead_id: '5', disposition: '1' },
  })

export function toDeskJson(desk: DeskState): z.output<typeof DeskJson> {
  const { agent, call, lead, campaign, wrapUp, note, callbacks } = desk
  return {
    agent: {
      id: agent.id,
      name: agent.name,
      team: agent.team,
      status: agent.status,
      break_reason: agent.breakReason,
      since: toIsoTime(agent.statusAt),
      available_from: time(desk.availableFrom),
    },
    call: call && {
      id: call.id,
      state: call.state,
      direction: call.direction,
      phone: call.phone,
      started_at: toIsoTime(call.startedAt),
      answered_at: time(call.answeredAt),
      ended_at: time(call.endedAt),
    },
    lead: lead && toDeskLeadJson(lead),
    campaign: campaign && {
      id: campaign.id,
      name: campaign.name,
      script: campaign.script,
      dispositions: campaign.dispositions.map(toDispositionJson),
      has_default_dispositions: campaign.hasDefaultDispositions,
    },
    wrap_up: wrapUp && { until: time(wrapUp.until), call_id: wrapUp.callId, lead_id: wrapUp.leadId },
    notes: note,
    callbacks: callbacks.map(toCallbackJson),
  }
}

export const toDraftNote = ({
  call_id: callId,
  lead_id: leadId,
  text,
  revision,
}: z.output<typeof DeskNoteBody>): DraftNote => ({ callId, leadId, text, revision })

export const toCallResult = ({
  call_id: callId,
  lead_id: leadId,
  note_revision: noteRevision,
  callback,
  ...same
}: z.output<typeof CallResultBody>): CallResultRequest => ({
  callId,
  leadId,
  ...same,
  noteRevision,
  callback: callback && toCallbackRequest(callback),
})
