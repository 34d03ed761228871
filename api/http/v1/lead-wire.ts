import { z } from '@hono/zod-openapi'
import { DIAL_STATES, LEAD_STATUSES, type Lead } from '../../core/call-center/leads/lead.ts'
import type { LeadCall } from '../../core/call-center/leads/lead-calls.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import { fullName } from '../../core/call-center/leads/lead-name.ts'
import {
  type LeadCursor,
  type LeadFilter,
  type LeadOrder,
  toCursor,
} from '../../core/call-center/leads/lead-search.ts'
import { CALL_OUTCOMES } from '../../core/calls/call.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { PhoneNumberParam, TimestampParam } from '../query-params.ts'
import { PastCallJson, toPastCallJson } from './history-wire.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'
import { CallId, IdParam } from './wire.ts'

export const LeadId = z.int().openapi({ example: 1 })
export const IdInput = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
export const IdOrNone = z.union([z.literal('none'), IdInput], 'must be an id, or none')
export const LeadStatusJson = z.enum(LEAD_STATUSES)
const toId = (id: string | null) => (id === null ? null : Number(id))
const toTime = (at: number | null) => (at === null ? null : toIsoTime(at))

export const LeadParams = z.object({ id: IdParam.openapi({ example: '1' }) })

export const LeadFilterQuery = z
  .object({
    status: z
      .string()
      .max(100)
      .transform((text) => [...new Set(text.split(','))])
      .pipe(z.array(LeadStatusJson))
      .openapi({
        type: 'string',
        description: `${LEAD_STATUSES.join(', ')}; several separated by commas`,
        example: 'new,contacted',
      }),
    agent_id: z.union([z.literal('none'), IdParam]).openapi({
      type: 'string',
      description: 'The agent it is assigned to; `none`: to no agent',
      example: '1',
    }),
    campaign_id: IdParam.openapi({ type: 'string', example: '1' }),
    team: z.string().min(1).max(64),
    phone: PhoneNumberParam.openapi({
      description: 'Start of the number, in any spelling',
      example: '+4930',
    }),
    email: z.string().min(1).max(254).openapi({ description: 'The whole address, in upper or lower case' }),
    q: z.string().trim().min(1).max(100).openapi({
      description: 'Start of the first name, the last name or the company, in upper or lower case',
      example: 'smi',
    }),
    created_from: TimestampParam,
    created_until: TimestampParam.openapi({ description: 'Exclusive' }),
  })
  .partial()
type FilterInput = z.output<typeof LeadFilterQuery>

const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'last_name', '-last_name'] as const
const ORDER_MEMBERS = { created_at: 'createdAt', updated_at: 'updatedAt', last_name: 'lastName' } as const

/** Rows before the first one of a page: an engine counts them one by one. */
const MAX_OFFSET = 1_000_000
export const LeadPageQuery = LeadFilterQuery.extend({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: ListQuery.shape.cursor,
  offset: z.coerce.number().int().min(0).max(MAX_OFFSET).optional().openapi({
    description: 'Skips so many leads, for a list that can be scrolled to any place; not with `cursor`',
  }),
  sort: z.enum(SORTS).default('-created_at'),
}).refine(({ cursor, offset }) => cursor === undefined || offset === undefined, {
  message: 'must be left out with cursor',
  path: ['offset'],
})

export const ListedLeadJson = z
  .object({
    id: LeadId,
    name: z.string().openapi({ description: 'First and last name' }),
    first_name: z.string(),
    last_name: z.string(),
    phone: z.string().openapi({ description: 'As it was entered' }),
    email: z.string().nullable(),
    company: z.string().nullable(),
    title: z.string().nullable(),
    status: LeadStatusJson,
    agent_id: LeadId.nullable(),
    campaign_id: LeadId.nullable(),
    team: z.string().nullable(),
    time_zone: z.string().nullable(),
    call_attempts: z.int().openapi({ description: 'Attempts in this campaign' }),
    last_call_at: Time.nullable(),
    last_outcome: z.enum(CALL_OUTCOMES).nullable(),
    dial_state: z.enum(DIAL_STATES).openapi({ description: 'State in the queue of its campaign' }),
    version: z.int().openapi({ description: 'For `If-Match` of `PUT /api/leads/{id}`, in quotes' }),
    created_at: Time,
    updated_at: Time,
  })
  .openapi('ListedLead')
export const LeadListJson = z
  .object({
    leads: z.array(ListedLeadJson),
    ...paged,
    total_is_exact: z
      .boolean()
      .openapi({ description: 'False where more than 200 000 match: at least `total` do' }),
  })
  .openapi('LeadList')

export const LeadCallListJson = z
  .object({
    calls: z.array(
      z.object({
        id: CallId,
        number: z.string(),
        requested_at: Time,
        agent_id: LeadId,
        agent_name: z.string().nullable(),
        outcome: z.enum(CALL_OUTCOMES).nullable(),
        past_call: PastCallJson.nullable().openapi({
          description: 'The call in the history; null until it has ended, and for calls that I do not see',
        }),
      }),
    ),
    ...paged,
  })
  .openapi('LeadCallList')

/** @throws {Refusal} `input_invalid` for an invalid phone number */
export const toLeadFilter = (query: FilterInput, policy: Pick<NumberNormalizer, 'prefixes'>): LeadFilter => ({
  statuses: query.status,
  agentId: query.agent_id === 'none' ? null : query.agent_id,
  campaignId: query.campaign_id,
  team: query.team,
  numbers: query.phone === undefined ? undefined : policy.prefixes(query.phone),
  email: query.email,
  namePrefix: query.q,
  createdFrom: query.created_from,
  createdUntil: query.created_until,
})

export const toLeadOrder = (sort: (typeof SORTS)[number]): LeadOrder => ({
  by: ORDER_MEMBERS[sort.replace('-', '') as keyof typeof ORDER_MEMBERS], // a sort is a member, after a minus if descending
  descending: sort.startsWith('-'),
})

export const toListedLeadJson = (lead: Lead): z.infer<typeof ListedLeadJson> => ({
  id: Number(lead.id),
  name: fullName(lead),
  first_name: lead.firstName,
  last_name: lead.lastName,
  phone: lead.phone,
  email: lead.email,
  company: lead.company,
  title: lead.title,
  status: lead.status,
  agent_id: toId(lead.agentId),
  campaign_id: toId(lead.campaignId),
  team: lead.team,
  time_zone: lead.timeZone,
  call_attempts: lead.attempts,
  last_call_at: toTime(lead.lastCallAt),
  last_outcome: lead.lastOutcome,
  dial_state: lead.dialState,
  version: lead.version,
  created_at: toIsoTime(lead.createdAt),
  updated_at: toIsoTime(lead.updatedAt),
})

export const toLeadPageCursor = (page: readonly Lead[], limit: number, order: LeadOrder) =>
  nextCursor(page, limit, (last) => {
    const { key, id } = toCursor(last, order)
    return [order.by, key, id]
  })

/** @throws {Refusal} `input_invalid` also for a cursor of another sort */
export function readLeadCursor(cursor: string | undefined, { by }: LeadOrder): LeadCursor | undefined {
  const key = by === 'lastName' ? z.string().max(1000) : z.int()
  const [, cursorKey, id] = readCursor(cursor, z.tuple([z.literal(by), key, IdParam])) ?? []
  return cursorKey === undefined || id === undefined ? undefined : { key: cursorKey, id }
}

/** @param userId of the user who asks */
export const toLeadCallJson = (
  call: LeadCall,
  userId: string,
): z.infer<typeof LeadCallListJson>['calls'][number] => ({
  id: call.callId,
  number: call.number,
  requested_at: toIsoTime(call.createdAt),
  agent_id: Number(call.agentId),
  agent_name: call.agentName,
  outcome: call.outcome,
  past_call: call.record === undefined ? null : toPastCallJson(call.record, userId),
})
