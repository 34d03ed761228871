import type { DoNotCall } from '../call-center/leads/do-not-call.ts'
import { Refusal } from '../refusal.ts'
import type { AllowedNumber, DialPolicy } from './dial-policy.ts'

declare const cleared: unique symbol
/**
 * A number that passed the dial policy and the do-not-call list. `Pbx` accepts no other for dialing and
 * transfers, and only `createClearance` makes one: no dialing path bypasses it.
 */
export type ClearedNumber = string & { readonly [cleared]: true }

export type ClearanceResult = AllowedNumber & { number: ClearedNumber }

/**
 * Checks a number before it is dialed, is the target of a transfer, or is taken from a campaign.
 * @param text what a client sent: any text
 * @throws {Refusal} as `DialPolicy.check`; `dial_denied` for a number on the do-not-call list; `unavailable`
 *   while the list cannot be read, except for emergency numbers
 */
export type Clearance = (text: string) => Promise<ClearanceResult>

type Rules = Pick<DialPolicy, 'check' | 'variants' | 'embeddedVariants'>

export interface ClearanceNeeds {
  policy: () => Rules
  doNotCall: Pick<DoNotCall, 'has'>
}

export function createClearance({ policy, doNotCall }: ClearanceNeeds): Clearance {
  return async (text) => {
    const rules = policy()
    const allowed = rules.check(text)
    const number = allowed.number as ClearedNumber // the next statement throws unless it is cleared
    if (!allowed.isEmergency && (await doNotCall.has(numbersIn(text, allowed.number, rules))))
      throw new DoNotCallRefusal()
    return { ...allowed, number }
  }
}

/**
 * A code such as `#31#` before a number withholds one's own, or diverts to it: the number is reached all the
 * same.
 */
const numbersIn = (text: string, allowedNumber: string, rules: Rules): string[] => [
  ...new Set([...rules.variants(text), allowedNumber, ...rules.embeddedVariants(text)]),
]

export class DoNotCallRefusal extends Refusal {
  constructor() {
    super('dial_denied', { detail: 'this number is on the do-not-call list' })
  }
}
