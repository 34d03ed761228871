import { Refusal } from '../refusal.ts'
import type { DialPolicy } from './dial-policy.ts'

/**
 * Checks the extension of a new account: digits, no emergency number, and neither denied nor rewritten by the
 * dial policy. Older accounts may have others.
 * @throws {Refusal} `input_invalid` with the reason
 */
export function requireDialableExtension(extension: string, { check }: Pick<DialPolicy, 'check'>): void {
  const invalid = (why: string) => new Refusal('input_invalid', { detail: `an extension ${why}` })
  if (!/^[0-9]{1,32}$/.test(extension)) throw invalid('has digits alone')
  let allowed: ReturnType<DialPolicy['check']>
  try {
    allowed = check(extension)
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
    throw invalid(`must be a number that can be dialled: ${err.detail ?? err.code}`)
  }
  if (allowed.isEmergency) throw invalid('cannot be an emergency number')
  if (allowed.number !== extension) throw invalid('must be one of the dial policy’s `internal` numbers')
}

export function isDialableExtension(extension: string, policy: Pick<DialPolicy, 'check'>): boolean {
  try {
    requireDialableExtension(extension, policy)
    return true
  } catch (err) {
    if (err instanceof Refusal) return false
    throw err
  }
}
