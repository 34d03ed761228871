import type { DoNotCall } from '../leads/do-not-call.ts'
import { Refusal } from '../refusal.ts'

/**
 * @param number as `DialPolicy.spell` has it
 * @throws {Refusal} `dial_denied` for one that nobody calls from here
 */
export async function mustBeCallable(doNotCall: Pick<DoNotCall, 'has'>, number: string): Promise<void> {
  if (await doNotCall.has(number)) throw barred()
}

export const barred = () => new Refusal('dial_denied', { detail: 'this number is on the do-not-call list' })
