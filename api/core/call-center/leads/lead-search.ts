import type { Beginning } from '../../dial-policy/number-variants.ts'
import type { Lead, LeadStatus } from './lead.ts'

/** Which leads; all that is said must hold. */
export interface LeadFilter {
  statuses?: readonly LeadStatus[] | undefined
  /** Null: of nobody. */
  agentId?: string | null | undefined
  campaignId?: string | undefined
  team?: string | undefined
  /** How the number begins; any may hold. */
  numbers?: readonly Beginning[] | undefined
  email?: string | undefined
  /** How the first name, the last name or the company begins. */
  named?: string | undefined
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
export interface LeadPlace {
  key: string | number
  id: string
}

/** Names and addresses as they are compared and sorted: capitals are none. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase().normalize('NFC')

export const placeOf = (lead: Lead, { by }: LeadOrder): LeadPlace => ({
  key: by === 'lastName' ? fold(lead.lastName) : lead[by],
  id: lead.id,
})
