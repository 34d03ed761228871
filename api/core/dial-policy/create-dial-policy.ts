import { Refusal } from '../refusal.ts'
import type { Reading } from './classification.ts'
import { isTooLong, type LookedUp, lookUp, readByCountry } from './classify-with-plan.ts'
import { readPlain } from './classify-without-plan.ts'
import { finder, matcher } from './dial-pattern.ts'
import type { DialPolicy } from './dial-policy.ts'
import { numbersBehind } from './embedded-numbers.ts'
import { emergencyNumbers } from './emergency-numbers.ts'
import { beginningsOf, internationalOf, isWholeIn, type Spellings, spellingsOf } from './number-variants.ts'
import { planOf } from './numbering-plan.ts'
import { cleanBeginning, cleanNumber, DIALLABLE } from './parse-number.ts'
import type { PolicyFile } from './policy-file.ts'

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

  const rules = { plan: country && planOf(country), outPrefix, isInternal }
  const isInside = (number: string) => isInternal(number) || helpOf(number) !== undefined

  function spell(typed: string, found: LookedUp | undefined): string {
    if (country === undefined || isInside(typed)) return typed
    if (found?.isValid) return found.e164
    if (!isTooLong(typed, country) || isAllowed(typed)) return typed
    throw new Refusal('input_invalid', { detail: 'this number has too many digits' })
  }

  const found = (typed: string) => (country === undefined ? undefined : lookUp(typed, country))

  function spellings(typed: string): Spellings {
    const known = found(typed)
    const spelled = spell(typed, known)
    if (isInside(typed) || /[*#]/.test(typed)) return [spelled]
    const international = country === undefined ? internationalOf(typed) : known?.e164.slice(1)
    const others = international === undefined ? [] : spellingsOf(international, rules)
    // Without its prefix a short number would read as an extension.
    return [spelled, ...new Set([typed, ...others].filter((one) => one !== spelled && !isInside(one)))]
  }

  /** None for what is no number. */
  function readable(text: string): readonly string[] {
    try {
      return spellings(cleanNumber(text))
    } catch (err) {
      if (err instanceof Refusal) return []
      throw err
    }
  }

  return {
    limits: file.limits,
    showable: (extension, text) => {
      const own = callerNumbers.get(extension) ?? []
      if (own.includes(text)) return text
      const asked = readable(text)
      return own.find((one) => asked.some((spelling) => readable(one).includes(spelling)))
    },
    spell(text) {
      const typed = cleanNumber(text)
      return spell(typed, found(typed))
    },
    spellings: (text) => spellings(cleanNumber(text)),
    spellingsBehind(text) {
      const isWhole = (digits: string) => isWholeIn(digits, found(digits), rules)
      const behind = numbersBehind(cleanNumber(text), {
        prefixes: file.prefixes,
        isWhole,
        isNumber: (typed) => isInside(typed) || country === undefined || found(typed)?.isValid === true,
      })
      return [...new Set(behind.flatMap((one) => [one, ...(isWhole(one) ? readable(one) : [])]))]
    },
    beginnings(text) {
      const part = cleanBeginning(text)
      // Some plans rewrite numbers as a whole: the beginning of one then tells nothing.
      const whole = found(part)?.isValid ? spellings(part) : []
      const all = [...beginningsOf(part, rules), ...whole.map((start) => ({ start, atLeast: 0 }))]
      return [...new Map(all.map((one) => [one.start, one])).values()]
    },
    inside(text) {
      const typed = cleanNumber(text)
      if (helpOf(typed) !== undefined) return 'emergency'
      if (isInternal(typed)) return 'internal'
      return /[*#]/.test(typed) ? 'code' : undefined
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
