import { Refusal } from '../refusal.ts'
import { ACCOUNT_EXTENSION } from '../values/extension.ts'
import type { DialPolicy } from './dial-policy.ts'

export type ExtensionRules = Pick<DialPolicy, 'check' | 'reservedKind'>

/**
 * Checks the extension of a new account: digits, no emergency number, and neither denied nor rewritten by the
 * dial policy. Older accounts may have others.
 * @throws {Refusal} `input_invalid` with the reason
 */
export function requireDialableExtension(extension: string, { check, reservedKind }: ExtensionRules): void {
  const invalid = (why: string) => new Refusal('input_invalid', { detail: `an extension ${why}` })
  if (!ACCOUNT_EXTENSION.test(extension)) throw invalid('has digits alone')
  let allowed: ReturnType<DialPolicy['check']>
  try {
    allowed = check(extension)
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
    const isInternal = reservedKind(extension) === 'internal'
    const what = isInternal ? 'a number that can be dialed' : 'one of the dial policy’s `internal` numbers'
    throw invalid(`must be ${what}: ${err.detail ?? err.code}`)
  }
  if (allowed.isEmergency) throw invalid('cannot be an emergency number')
  if (allowed.number !== extension) throw invalid('must be one of the dial policy’s `internal` numbers')
}

export function isDialableExtension(extension: string, policy: ExtensionRules): boolean {
  try {
    requireDialableExtension(extension, policy)
    return true
  } catch (err) {
    if (err instanceof Refusal) return false
    throw err
  }
}
