import { z } from '@hono/zod-openapi'
import { LEAD_STATUSES, type Lead } from '../../core/call-center/leads/lead.ts'
import type { Spelling } from '../../core/call-center/leads/lead-input.ts'
import {
  type LeadFilter,
  type LeadOrder,
  type LeadPlace,
  placeOf,
} from '../../core/call-center/leads/lead-search.ts'
import { DelimiterQuery } from '../csv-writer.ts'
import { QueryMoment, QueryNumber } from '../query-params.ts'
import { Status, statusOf } from './lead-wire.ts'
import { IdText, PageQuery, readCursor } from './params.ts'
import { loud } from './wire.ts'

const Filter = z
  .object({
    status: z
      .string()
      .max(100)
      .transform((text) => [...new Set(text.split(','))])
      .pipe(z.array(Status))
      .openapi({ type: 'string', description: `Of ${LEAD_STATUSES.map(loud)}; several by comma` }),
    assignedAgentId: IdText,
    unassigned: z.stringbool().openapi({ type: 'boolean', description: 'Only those of nobody' }),
    campaignId: IdText,
    team: z.string().min(1).max(64),
    phone: QueryNumber.openapi({ description: 'How the number begins, in any spelling', example: '+4930' }),
    email: z.string().min(1).max(254).openapi({ description: 'The whole address, in any case' }),
    q: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .openapi({ description: 'How the first name, the last name or the company begins, in any case' }),
    createdFrom: QueryMoment,
    createdUntil: QueryMoment,
  })
  .partial()
const isClear = ({ assignedAgentId, unassigned }: z.infer<typeof Filter>) => !(assignedAgentId && unassigned)
const UNCLEAR = { message: 'must be left out with assignedAgentId', path: ['unassigned'] }

export const LeadQuery = Filter.refine(isClear, UNCLEAR)
export type LeadQuery = z.infer<typeof LeadQuery>

export const LeadTableQuery = Filter.extend({ delimiter: DelimiterQuery }).refine(isClear, UNCLEAR)

const SORTS = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'lastName', '-lastName'] as const

export const LeadPageQuery = Filter.extend({
  ...PageQuery.shape,
  sort: z.enum(SORTS).default('-createdAt'),
}).refine(isClear, UNCLEAR)

export const filterOf = (asked: LeadQuery, policy: Spelling): LeadFilter => ({
  statuses: asked.status?.map(statusOf),
  agentId: asked.unassigned ? null : asked.assignedAgentId,
  campaignId: asked.campaignId,
  team: asked.team,
  numbers: asked.phone === undefined ? undefined : policy.beginnings(asked.phone),
  email: asked.email,
  named: asked.q,
  createdFrom: asked.createdFrom,
  createdUntil: asked.createdUntil,
})

export const orderOf = (sort: (typeof SORTS)[number]): LeadOrder => ({
  by: sort.replace('-', '') as LeadOrder['by'], // the minus is all that differs
  descending: sort.startsWith('-'),
})

/** @throws {Refusal} `input_invalid` for one of another order, too */
export function placeAfter(cursor: string | undefined, { by }: LeadOrder): LeadPlace | undefined {
  const key = by === 'lastName' ? z.string().max(1000) : z.int()
  const [, at, id] = readCursor(cursor, z.tuple([z.literal(by), key, IdText])) ?? []
  return at === undefined || id === undefined ? undefined : { key: at, id }
}

/** What `placeAfter` reads. */
export function placeIn(order: LeadOrder, lead: Lead): readonly (string | number)[] {
  const { key, id } = placeOf(lead, order)
  return [order.by, key, id]
}
