import { Refusal } from '../refusal.ts'
import type { Classification } from './classification.ts'
import { classifyWithPlan, isTooLong, lookUpInPlan, type PlanLookup } from './classify-with-plan.ts'
import { classifyWithoutPlan } from './classify-without-plan.ts'
import { createPatternFinder, createPatternMatcher } from './dial-pattern.ts'
import type { DialPolicy } from './dial-policy.ts'
import { embeddedNumbers } from './embedded-numbers.ts'
import { emergencyNumbers } from './emergency-numbers.ts'
import {
  isCompleteNumber,
  type NumberVariants,
  prefixesOf,
  toInternational,
  variantsOf,
} from './number-variants.ts'
import { numberingPlanOf } from './numbering-plan.ts'
import { DIALABLE, parseNumber, parseNumberPrefix } from './parse-number.ts'
import type { PolicyFile } from './policy-file.ts'

/**
 * Emergency numbers pass before anything else; then deny beats allow, and allow beats what is off by default:
 * premium, international, feature codes (they can divert calls), and what is no valid number of the country.
 */
export function createDialPolicy(file: PolicyFile): DialPolicy {
  const { country, outPrefix } = file
  const emergency = new Set(file.emergency ?? emergencyNumbers(country))
  const isInternal = createPatternMatcher(file.internal)
  const isAllowed = createPatternMatcher(file.allow)
  const findDenyRule = createPatternFinder(file.deny)
  const callerNumbers = new Map(Object.entries(file.callerNumbers))

  /** Whoever is used to a prefix for outside dials it in need, too. */
  const emergencyNumber = (typed: string) =>
    [typed, typed.startsWith(outPrefix) ? typed.slice(outPrefix.length) : ''].find((one) =>
      emergency.has(one),
    )

  function classify(typed: string): Classification {
    const within = { forms: [typed], number: typed }
    if (isInternal(typed)) return { ...within, kind: 'internal', denyReason: undefined }
    if (/[*#]/.test(typed)) return { ...within, kind: 'service', denyReason: 'feature codes are not allowed' }
    return country === undefined ? classifyWithoutPlan(typed, file) : classifyWithPlan(typed, country, file)
  }

  const rules = { plan: country && numberingPlanOf(country), outPrefix, isInternal }
  const isReserved = (number: string) => isInternal(number) || emergencyNumber(number) !== undefined

  function normalize(typed: string, found: PlanLookup | undefined): string {
    if (country === undefined || isReserved(typed)) return typed
    if (found?.isValid) return found.e164
    if (!isTooLong(typed, country) || isAllowed(typed)) return typed
    throw new Refusal('input_invalid', { detail: 'this number has too many digits' })
  }

  const found = (typed: string) => (country === undefined ? undefined : lookUpInPlan(typed, country))

  function variants(typed: string): NumberVariants {
    const known = found(typed)
    const normalized = normalize(typed, known)
    if (isReserved(typed) || /[*#]/.test(typed)) return [normalized]
    const international = country === undefined ? toInternational(typed) : known?.e164.slice(1)
    const others = international === undefined ? [] : variantsOf(international, rules)
    // Without its prefix a short number would read as an extension.
    return [
      normalized,
      ...new Set([typed, ...others].filter((one) => one !== normalized && !isReserved(one))),
    ]
  }

  /** None for what is no number. */
  function variantsOrNone(text: string): readonly string[] {
    try {
      return variants(parseNumber(text))
    } catch (err) {
      if (err instanceof Refusal) return []
      throw err
    }
  }

  return {
    limits: file.limits,
    allowedCallerNumber: (extension, text) => {
      const own = callerNumbers.get(extension) ?? []
      if (own.includes(text)) return text
      const asked = variantsOrNone(text)
      return own.find((one) => asked.some((spelling) => variantsOrNone(one).includes(spelling)))
    },
    normalize(text) {
      const typed = parseNumber(text)
      return normalize(typed, found(typed))
    },
    variants: (text) => variants(parseNumber(text)),
    embeddedVariants(text) {
      const isComplete = (digits: string) => isCompleteNumber(digits, found(digits), rules)
      const behind = embeddedNumbers(parseNumber(text), {
        prefixes: file.prefixes,
        isComplete,
        isNumber: (typed) => isReserved(typed) || country === undefined || found(typed)?.isValid === true,
      })
      return [...new Set(behind.flatMap((one) => [one, ...(isComplete(one) ? variantsOrNone(one) : [])]))]
    },
    prefixes(text) {
      const part = parseNumberPrefix(text)
      // Some plans rewrite numbers as a whole: the beginning of one then tells nothing.
      const whole = found(part)?.isValid ? variants(part) : []
      const all = [...prefixesOf(part, rules), ...whole.map((start) => ({ prefix: start, minLength: 0 }))]
      return [...new Map(all.map((one) => [one.prefix, one])).values()]
    },
    reservedKind(text) {
      const typed = parseNumber(text)
      if (emergencyNumber(typed) !== undefined) return 'emergency'
      if (isInternal(typed)) return 'internal'
      return /[*#]/.test(typed) ? 'code' : undefined
    },
    check(text) {
      const typed = parseNumber(text)
      const help = emergencyNumber(typed)
      if (help !== undefined) return { number: help, kind: 'emergency', isEmergency: true }

      const { kind, forms, number, denyReason } = classify(typed)
      const rule = findDenyRule(...forms)
      if (rule !== undefined) throw denied(`this number is denied by ${rule}`)
      if (denyReason !== undefined && !isAllowed(...forms)) throw denied(denyReason)
      // A prefix may make it too long.
      if (!DIALABLE.test(number)) throw new Refusal('input_invalid', { detail: 'this number is too long' })
      return { number, kind, isEmergency: false }
    },
  }
}

const denied = (detail: string) => new Refusal('dial_denied', { detail })
