import type { NumberPrefix } from '../../dial-policy/number-variants.ts'
import type { Lead, LeadStatus } from './lead.ts'

/** Which leads; all that is said must hold. */
export interface LeadFilter {
  statuses?: readonly LeadStatus[] | undefined
  /** Null: of nobody. */
  agentId?: string | null | undefined
  campaignId?: string | undefined
  team?: string | undefined
  /** How the number begins; any may hold. */
  numbers?: readonly NumberPrefix[] | undefined
  email?: string | undefined
  /** How the first name, the last name or the company begins. */
  namePrefix?: string | undefined
  /** Unix seconds; `createdUntil` is not included. */
  createdFrom?: number | undefined
  createdUntil?: number | undefined
}

/** Leads that are equal by it follow in the order of their ids. */
export interface LeadOrder {
  by: 'createdAt' | 'updatedAt' | 'lastName'
  descending: boolean
}

/** Where in an order a lead is: a page begins behind one. */
export interface LeadCursor {
  key: string | number
  id: string
}

/** Names and addresses as they are compared and sorted: capitals are none. */
export const foldCase = (text: string): string => text.normalize('NFC').toLowerCase().normalize('NFC')

export const toCursor = (lead: Lead, { by }: LeadOrder): LeadCursor => ({
  key: by === 'lastName' ? foldCase(lead.lastName) : lead[by],
  id: lead.id,
})
