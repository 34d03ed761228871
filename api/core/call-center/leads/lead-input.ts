import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import { Refusal } from '../../refusal.ts'
import { type DoNotCallEntry, toDoNotCallEntry } from './do-not-call.ts'
import type { Lead, LeadStatus } from './lead.ts'
import { resolveNames } from './lead-name.ts'
import type { LeadChange, LeadUpdate, NewLead } from './lead-store.ts'
import { initialQueueState, nextQueueState } from './queue-state.ts'

/** Members of a lead to set, validated by `LeadFields`. Omitted members stay unchanged. */
export interface LeadInput {
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

export type NumberNormalizer = Pick<DialPolicy, 'normalize' | 'variants' | 'reservedKind' | 'prefixes'>
export type Ownership = Pick<Lead, 'agentId' | 'team'>

const DO_NOT_CALL_REASON = 'set on a lead'
/** A number stored under an older policy may no longer be valid: then it is listed as stored. */
function doNotCallEntryFor(
  status: LeadStatus,
  number: string,
  policy: NumberNormalizer,
): DoNotCallEntry | undefined {
  if (status !== 'do_not_call') return undefined
  try {
    return toDoNotCallEntry(number, DO_NOT_CALL_REASON, policy)
  } catch (err) {
    if (err instanceof Refusal && err.code === 'input_invalid')
      return { variants: [number], reason: DO_NOT_CALL_REASON }
    throw err
  }
}

/** @throws {Refusal} `input_invalid` without a name, or without a valid phone number */
export function newLead(
  input: LeadInput,
  owner: Ownership,
  policy: NumberNormalizer,
): { lead: NewLead; doNotCall: DoNotCallEntry | undefined } {
  if (input.phone === undefined) throw new Refusal('input_invalid', { detail: 'a lead has a phone' })
  const { email = null, company = null, title = null, notes = null, timeZone = null } = input
  const { campaignId = null, status = 'new', phone } = input
  const number = policy.normalize(phone)
  return {
    lead: {
      ...resolveNames(input),
      ...owner,
      ...initialQueueState({ campaignId, status }),
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
    doNotCall: doNotCallEntryFor(status, number, policy),
  }
}

/**
 * Applies input to a lead.
 * @param owner the members of the ownership that change
 * @throws {Refusal} `conflict` for a new number or campaign while the lead is in a call; `input_invalid` as `newLead`
 */
export function applyInput(
  lead: Lead,
  input: LeadInput,
  owner: Partial<Ownership>,
  policy: NumberNormalizer,
): LeadUpdate {
  const { email, company, title, notes, timeZone } = input
  const { campaignId = lead.campaignId, status = lead.status, phone = lead.phone } = input
  const number = phone === lead.phone ? lead.number : policy.normalize(phone)
  if (number !== lead.number || campaignId !== lead.campaignId) requireNotDialing(lead)
  const provided = Object.entries({ email, company, title, notes, timeZone }).filter(
    ([, text]) => text !== undefined,
  )
  return {
    changes: {
      ...resolveNames(input, lead),
      ...owner,
      ...(Object.fromEntries(provided) as LeadChange), // a part of the members named just above
      ...nextQueueState(lead, { campaignId, status }),
      phone,
      number,
      status,
      campaignId,
    },
    doNotCall: status === lead.status ? undefined : doNotCallEntryFor(status, number, policy),
  }
}

/** @throws {Refusal} `conflict` */
export function requireNotDialing({ dialState }: Lead): void {
  if (dialState === 'dialling') throw new Refusal('conflict', { detail: 'this lead is being called now' })
}
