import { z } from '@hono/zod-openapi'
import type { CallbackCursor, CallbackRequest, ListedCallback } from '../../core/call-center/desk/callback.ts'
import { LEAD_STATUSES } from '../../core/call-center/leads/lead.ts'
import { fullName } from '../../core/call-center/leads/lead-name.ts'
import { isLocalYear, toLocalTime } from '../../core/values/local-time.ts'
import { canonicalTimeZone, INVALID_TIME_ZONE, isTimeZone } from '../../core/values/time-zone.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { Id } from './campaign-text-wire.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'

export const LeadParams = z.object({ leadId: Id })

/** `Date.parse` reads February 30 as March 2. */
function isOnCalendar(text: string): boolean {
  const at = Date.parse(`${text}Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
const LocalTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'must be a local time, such as 2026-12-01T10:00')
  .refine(isLocalYear, 'must be in the years 1970 to 2999')
  .refine(isOnCalendar, 'must be a day and a time that exist')
  .openapi({ example: '2026-12-01T10:00', description: 'Local time of the lead' })
const TimeZone = z
  .string()
  .refine(isTimeZone, INVALID_TIME_ZONE)
  .openapi({ example: 'Europe/Berlin', description: 'By default the lead’s, else the campaign’s' })

export const CallbackBody = z
  .strictObject({
    at: LocalTime,
    time_zone: TimeZone.optional(),
    own: z.boolean().default(false).openapi({ description: 'Only I call, while I work in the campaign' }),
  })
  .openapi('NewCallback', { example: { at: '2026-12-01T10:00', own: true } })
export const CallbackJson = z
  .object({
    lead: z.object({
      id: Id,
      name: z.string(),
      phone: z.string(),
      status: z.enum(LEAD_STATUSES),
    }),
    campaign: z.object({ id: Id, name: z.string() }).nullable(),
    agent: z.object({ id: Id, name: z.string() }).openapi({ description: 'Who agreed it' }),
    own: z.boolean(),
    at: Time,
    local_at: z.string().openapi({ description: '`at` in `time_zone`', example: '2026-12-01T10:00' }),
    time_zone: z.string(),
    calls_at: Time.nullable().openapi({
      description:
        'When the campaign may call: `at`, or the next opening of its calling hours; null for a lead without a campaign, or if the hours never open',
    }),
  })
  .openapi('Callback')
export const CallbackListJson = z
  .object({ callbacks: z.array(CallbackJson), ...paged })
  .openapi('CallbackList')
export const CallbackQuery = ListQuery.extend({
  agent_id: Id.optional().openapi({ description: 'Those that this agent agreed' }),
})

export const toCallbackRequest = ({
  at,
  time_zone: timeZone,
  own: isOwn,
}: z.output<typeof CallbackBody>): CallbackRequest => ({
  at,
  timeZone: timeZone && canonicalTimeZone(timeZone),
  isOwn,
})

export const toCallbackJson = (listed: ListedCallback): z.output<typeof CallbackJson> => {
  const { lead, callback, agentName, campaignName, callsAt } = listed
  return {
    lead: { id: lead.id, name: fullName(lead), phone: lead.phone, status: lead.status },
    campaign: lead.campaignId === null ? null : { id: lead.campaignId, name: campaignName ?? '' },
    agent: { id: callback.agentId, name: agentName },
    own: callback.isOwn,
    at: toIsoTime(callback.at),
    local_at: toLocalTime(callback.at, callback.timeZone),
    time_zone: callback.timeZone,
    calls_at: callsAt === null ? null : toIsoTime(callsAt),
  }
}

export const toCallbackCursor = (page: readonly ListedCallback[], limit: number) =>
  nextCursor(page, limit, ({ callback, lead }) => [callback.at, lead.id])

/** @throws {Refusal} `input_invalid` */
export function readCallbackCursor(text: string | undefined): CallbackCursor | undefined {
  const key = readCursor(text, z.tuple([z.int().min(0), Id]))
  return key && { at: key[0], leadId: key[1] }
}
