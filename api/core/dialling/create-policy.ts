import { Refusal } from '../refusal.ts'
import { emergencyNumbers } from './emergency.ts'
import { cleanNumber, DIALLABLE } from './number.ts'
import { finder, matcher } from './pattern.ts'
import type { DialPolicy } from './policy.ts'
import type { PolicyFile } from './policy-file.ts'
import { e164, readByCountry } from './read-by-country.ts'
import { readPlain } from './read-plain.ts'
import type { Reading } from './reading.ts'

/**
 * Emergency numbers pass before anything else; then deny beats allow, and allow beats what is off by default:
 * premium, international, feature codes (they can divert calls), and what is no valid number of the country.
 */
export function createPolicy(file: PolicyFile): DialPolicy {
  const { country, outPrefix } = file
  const emergency = new Set(file.emergency ?? emergencyNumbers(country))
  const isInternal = matcher(file.internal)
  const isAllowed = matcher(file.allow)
  const denying = finder(file.deny)
  const callerNumbers = new Map(Object.entries(file.callerNumbers))

  /** Whoever is used to a prefix for outside dials it in need, too. */
  const helpOf = (typed: string) =>
    [typed, typed.startsWith(outPrefix) ? typed.slice(outPrefix.length) : ''].find((one) =>
      emergency.has(one),
    )

  function read(typed: string): Reading {
    const within = { forms: [typed], number: typed }
    if (isInternal(typed)) return { ...within, kind: 'internal', objection: undefined }
    if (/[*#]/.test(typed)) return { ...within, kind: 'service', objection: 'feature codes are not allowed' }
    return country === undefined ? readPlain(typed, file) : readByCountry(typed, country, file)
  }

  return {
    limits: file.limits,
    callerNumbers: (extension) => callerNumbers.get(extension) ?? [],
    spell(text) {
      const typed = cleanNumber(text)
      if (country === undefined || isInternal(typed) || helpOf(typed) !== undefined) return typed
      return e164(typed, country) ?? typed
    },
    judge(text) {
      const typed = cleanNumber(text)
      const help = helpOf(typed)
      if (help !== undefined) return { number: help, kind: 'emergency', isEmergency: true }

      const { kind, forms, number, objection } = read(typed)
      const rule = denying(...forms)
      if (rule !== undefined) throw denied(`this number is denied by ${rule}`)
      if (objection !== undefined && !isAllowed(...forms)) throw denied(objection)
      // A prefix may make it too long.
      if (!DIALLABLE.test(number)) throw new Refusal('input_invalid', { detail: 'this number is too long' })
      return { number, kind, isEmergency: false }
    },
  }
}

const denied = (detail: string) => new Refusal('dial_denied', { detail })
