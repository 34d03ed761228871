import { z } from '@hono/zod-openapi'
import { LEAD_STATUSES, type Lead } from '../../core/call-center/leads/lead.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import {
  type LeadCursor,
  type LeadFilter,
  type LeadOrder,
  toCursor,
} from '../../core/call-center/leads/lead-search.ts'
import { DelimiterQuery } from '../csv-writer.ts'
import { PhoneNumberParam, TimestampParam } from '../query-params.ts'
import { IdText } from './ids.ts'
import { Status, toLeadStatus } from './lead-wire.ts'
import { decodeCursor, PageQuery } from './paging.ts'
import { toUpperEnum } from './wire.ts'

const LeadFilterQuery = z
  .object({
    status: z
      .string()
      .max(100)
      .transform((text) => [...new Set(text.split(','))])
      .pipe(z.array(Status))
      .openapi({
        type: 'string',
        description: `${LEAD_STATUSES.map(toUpperEnum).join(', ')}; several separated by commas`,
      }),
    assignedAgentId: IdText,
    unassigned: z.stringbool().openapi({ type: 'boolean', description: 'Only leads without an agent' }),
    campaignId: IdText,
    team: z.string().min(1).max(64),
    phone: PhoneNumberParam.openapi({
      description: 'Start of the number, in any format',
      example: '+4930',
    }),
    email: z.string().min(1).max(254).openapi({ description: 'The whole address, in upper or lower case' }),
    q: z.string().trim().min(1).max(100).openapi({
      description: 'Start of the first name, the last name or the company, in upper or lower case',
    }),
    createdFrom: TimestampParam,
    createdUntil: TimestampParam,
  })
  .partial()
const isConsistent = ({ assignedAgentId, unassigned }: z.infer<typeof LeadFilterQuery>) =>
  !(assignedAgentId && unassigned)
const CONFLICT = { message: 'must be left out with assignedAgentId', path: ['unassigned'] }

export const LeadQuery = LeadFilterQuery.refine(isConsistent, CONFLICT)
export type LeadQuery = z.infer<typeof LeadQuery>

export const LeadExportQuery = LeadFilterQuery.extend({ delimiter: DelimiterQuery }).refine(
  isConsistent,
  CONFLICT,
)

const SORTS = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'lastName', '-lastName'] as const

export const LeadPageQuery = LeadFilterQuery.extend({
  ...PageQuery.shape,
  sort: z.enum(SORTS).default('-createdAt'),
}).refine(isConsistent, CONFLICT)

export const toLeadFilter = (query: LeadQuery, policy: NumberNormalizer): LeadFilter => ({
  statuses: query.status?.map(toLeadStatus),
  agentId: query.unassigned ? null : query.assignedAgentId,
  campaignId: query.campaignId,
  team: query.team,
  numbers: query.phone === undefined ? undefined : policy.prefixes(query.phone),
  email: query.email,
  namePrefix: query.q,
  createdFrom: query.createdFrom,
  createdUntil: query.createdUntil,
})

export const toLeadOrder = (sort: (typeof SORTS)[number]): LeadOrder => ({
  by: sort.replace('-', '') as LeadOrder['by'], // a sort is a field, after a minus if descending
  descending: sort.startsWith('-'),
})

/** @throws {Refusal} `input_invalid` also for a cursor of another sort order */
export function decodeLeadCursor(cursor: string | undefined, { by }: LeadOrder): LeadCursor | undefined {
  const key = by === 'lastName' ? z.string().max(1000) : z.int()
  const [, cursorKey, id] = decodeCursor(cursor, z.tuple([z.literal(by), key, IdText])) ?? []
  return cursorKey === undefined || id === undefined ? undefined : { key: cursorKey, id }
}

/** Cursor content that `decodeLeadCursor` reads. */
export function leadCursorParts(order: LeadOrder, lead: Lead): readonly (string | number)[] {
  const { key, id } = toCursor(lead, order)
  return [order.by, key, id]
}
