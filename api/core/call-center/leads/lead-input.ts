import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import { Refusal } from '../../refusal.ts'
import { type Barring, barringOf } from './do-not-call.ts'
import type { Lead, LeadStatus } from './lead.ts'
import { namesOf } from './lead-name.ts'
import type { Decision, LeadChange, NewLead } from './lead-store.ts'
import { firstPlace, nextPlace } from './queue-state.ts'

/** What somebody says of a lead, its shape checked by `LeadFields`; what is not said stays as it is. */
export interface LeadWish {
  name?: string | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  phone?: string | undefined
  email?: string | null | undefined
  company?: string | null | undefined
  title?: string | null | undefined
  status?: LeadStatus | undefined
  notes?: string | null | undefined
  timeZone?: string | null | undefined
  campaignId?: string | null | undefined
  agentId?: string | null | undefined
  team?: string | null | undefined
}

export type Spelling = Pick<DialPolicy, 'spell' | 'spellings' | 'inside' | 'beginnings'>
export type Ownership = Pick<Lead, 'agentId' | 'team'>

const BARRED = 'set on a lead'
/** Of a number stored long ago, which no longer reads as one, its only spelling is known. */
function barredBy(status: LeadStatus, number: string, policy: Spelling): Barring | undefined {
  if (status !== 'do_not_call') return undefined
  try {
    return barringOf(number, BARRED, policy)
  } catch (err) {
    if (err instanceof Refusal && err.code === 'input_invalid') return { spellings: [number], reason: BARRED }
    throw err
  }
}

/** @throws {Refusal} `input_invalid` without a name, or a phone that is a number */
export function newLead(
  wish: LeadWish,
  owner: Ownership,
  policy: Spelling,
): { lead: NewLead; barred: Barring | undefined } {
  if (wish.phone === undefined) throw new Refusal('input_invalid', { detail: 'a lead has a phone' })
  const { email = null, company = null, title = null, notes = null, timeZone = null } = wish
  const { campaignId = null, status = 'new', phone } = wish
  const number = policy.spell(phone)
  return {
    lead: {
      ...namesOf(wish),
      ...owner,
      ...firstPlace({ campaignId, status }),
      phone,
      number,
      email,
      company,
      title,
      status,
      notes,
      timeZone,
      campaignId,
    },
    barred: barredBy(status, number, policy),
  }
}

/**
 * What becomes of a lead by a wish, and by whom it is then.
 * @throws {Refusal} `conflict` for what cannot be done while it is called; `input_invalid` as for a new one
 */
export function changeOf(lead: Lead, wish: LeadWish, owner: Partial<Ownership>, policy: Spelling): Decision {
  const { email, company, title, notes, timeZone } = wish
  const { campaignId = lead.campaignId, status = lead.status, phone = lead.phone } = wish
  const number = phone === lead.phone ? lead.number : policy.spell(phone)
  if (number !== lead.number || campaignId !== lead.campaignId) refuseWhileDialling(lead)
  const said = Object.entries({ email, company, title, notes, timeZone }).filter(
    ([, text]) => text !== undefined,
  )
  return {
    set: {
      ...namesOf(wish, lead),
      ...owner,
      ...(Object.fromEntries(said) as LeadChange), // a part of the members named just above
      ...nextPlace(lead, { campaignId, status }),
      phone,
      number,
      status,
      campaignId,
    },
    barred: status === lead.status ? undefined : barredBy(status, number, policy),
  }
}

/** @throws {Refusal} `conflict` */
export function refuseWhileDialling({ dialState }: Lead): void {
  if (dialState === 'dialling') throw new Refusal('conflict', { detail: 'this lead is being called now' })
}
