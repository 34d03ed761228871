import { z } from '@hono/zod-openapi'
import { LEAD_STATUSES, type Lead } from '../../core/leads/lead.ts'
import { type LeadFilter, type LeadOrder, type LeadPlace, placeOf } from '../../core/leads/lead-search.ts'
import type { Spelling } from '../../core/leads/lead-wish.ts'
import { DelimiterQuery } from '../csv.ts'
import { Status, statusOf } from './lead-wire.ts'
import { IdText, PageQuery, readCursor } from './request.ts'
import { loud } from './wire.ts'

/** By the second: between two nothing is made. */
const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => Math.ceil(Date.parse(text) / 1000))
  .openapi({ type: 'string', example: '2026-01-31' })

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
    phone: z
      .string()
      .regex(/^ ?\+?[\d ().\-/*#]{1,63}$/, 'must be a number or how one begins, such as +4930')
      .openapi({ description: 'How the number begins', example: '+4930' }),
    email: z.string().min(1).max(254).openapi({ description: 'The whole address, in any case' }),
    q: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .openapi({ description: 'How the first name, the last name or the company begins, in any case' }),
    createdFrom: Moment,
    createdUntil: Moment,
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
  number: asked.phone && beginning(asked.phone, policy),
  email: asked.email,
  named: asked.q,
  createdFrom: asked.createdFrom,
  createdUntil: asked.createdUntil,
})

/** A whole number may be written as people do; of a part nothing is known but its keys. A + may come as a blank. */
function beginning(text: string, policy: Spelling): string {
  const typed = text.replace(/^ /, '+')
  return policy.spell(typed)
}

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
