import type { NumberPrefix } from '../../dial-policy/number-variants.ts'
import { foldCase } from '../../values/fold-case.ts'
import type { Lead, LeadStatus } from './lead.ts'

/** Conditions on leads, combined with AND. */
export interface LeadFilter {
  statuses?: readonly LeadStatus[] | undefined
  /** Null: leads without an agent. */
  agentId?: string | null | undefined
  campaignId?: string | undefined
  team?: string | undefined
  /** Prefixes of the number, combined with OR. */
  numbers?: readonly NumberPrefix[] | undefined
  email?: string | undefined
  /** Prefix of the first name, the last name or the company. */
  namePrefix?: string | undefined
  /** Unix seconds; `createdUntil` is exclusive. */
  createdFrom?: number | undefined
  createdUntil?: number | undefined
}

/** Ties are sorted by id. */
export interface LeadOrder {
  by: 'createdAt' | 'updatedAt' | 'lastName'
  descending: boolean
}

/** Position of a lead in an order; the next page starts after it. */
export interface LeadCursor {
  key: string | number
  id: string
}

/** A page begins after a lead, or behind so many leads. */
export interface LeadPage {
  after?: LeadCursor | undefined
  offset?: number | undefined
  limit: number
}

export const toCursor = (lead: Lead, { by }: LeadOrder): LeadCursor => ({
  key: by === 'lastName' ? foldCase(lead.lastName) : lead[by],
  id: lead.id,
})
