import { Refusal } from '../refusal.ts'
import type { Classification } from './classification.ts'
import { classifyWithPlan, type PlanLookup, planLookupOf } from './classify-with-plan.ts'
import { classifyWithoutPlan } from './classify-without-plan.ts'
import { createPatternFinder, createPatternMatcher } from './dial-pattern.ts'
import type { DialPolicy } from './dial-policy.ts'
import { embeddedNumbers } from './embedded-numbers.ts'
import { emergencyNumbers } from './emergency-numbers.ts'
import { normalizeNumber } from './normalize-number.ts'
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
 * Emergency numbers pass first; then deny beats allow, and allow beats what is denied by default: premium,
 * international, feature codes (they can divert calls), and numbers that are invalid in the country.
 */
export function createDialPolicy(file: PolicyFile): DialPolicy {
  const { country, outPrefix } = file
  const emergency = new Set(file.emergency ?? emergencyNumbers(country))
  const isInternal = createPatternMatcher(file.internal)
  const isAllowed = createPatternMatcher(file.allow)
  const findDenyRule = createPatternFinder(file.deny)
  const callerNumbers = new Map(Object.entries(file.callerNumbers))

  /** Users who always dial an outside prefix dial it before an emergency number, too. */
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

  const normalize = (typed: string, found: PlanLookup | undefined) =>
    normalizeNumber(typed, found, { country, isReserved, isAllowed })

  const findInPlan = (typed: string) => (country === undefined ? undefined : planLookupOf(typed, country))

  function variants(typed: string): NumberVariants {
    const known = findInPlan(typed)
    const normalized = normalize(typed, known)
    if (isReserved(typed) || /[*#]/.test(typed)) return [normalized]
    const international = country === undefined ? toInternational(typed) : known?.e164.slice(1)
    const others = international === undefined ? [] : variantsOf(international, rules)
    // Without its prefix a short number would be taken for an extension.
    return [
      normalized,
      ...new Set([typed, ...others].filter((one) => one !== normalized && !isReserved(one))),
    ]
  }

  /** Empty for a text that is not a number. */
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
    rules: { ...file, emergency: [...emergency] },
    allowedCallerNumber: (extension, text) => {
      const own = callerNumbers.get(extension) ?? []
      if (own.includes(text)) return text
      const asked = variantsOrNone(text)
      return own.find((one) => asked.some((spelling) => variantsOrNone(one).includes(spelling)))
    },
    normalize(text) {
      const typed = parseNumber(text)
      return normalize(typed, findInPlan(typed))
    },
    variants: (text) => variants(parseNumber(text)),
    embeddedVariants(text) {
      const isComplete = (digits: string) => isCompleteNumber(digits, findInPlan(digits), rules)
      const behind = embeddedNumbers(parseNumber(text), {
        prefixes: file.prefixes,
        isComplete,
        isNumber: (typed) =>
          isReserved(typed) || country === undefined || findInPlan(typed)?.isValid === true,
      })
      return [...new Set(behind.flatMap((one) => [one, ...(isComplete(one) ? variantsOrNone(one) : [])]))]
    },
    prefixes(text) {
      const part = parseNumberPrefix(text)
      // Some plans rewrite numbers as a whole, so a prefix alone gives no result.
      const found = findInPlan(part)
      const whole = found?.isValid ? variants(part) : []
      // A trunk prefix behind the country code (+43 0…) is not stored, also in a number that is not assigned.
      const normal = part.startsWith('+') && found !== undefined ? prefixesOf(found.e164, rules) : []
      const all = [
        ...prefixesOf(part, rules),
        ...normal,
        ...whole.map((start) => ({ prefix: start, minLength: 0 })),
      ]
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
      const emergencyTarget = emergencyNumber(typed)
      if (emergencyTarget !== undefined)
        return { number: emergencyTarget, kind: 'emergency', isEmergency: true }

      const { kind, forms, number, denyReason } = classify(typed)
      const rule = findDenyRule(...forms)
      if (rule !== undefined) throw denied(`this number is denied by ${rule}`)
      if (denyReason !== undefined && !isAllowed(...forms)) throw denied(denyReason)
      // The outside prefix may make it too long.
      if (!DIALABLE.test(number)) throw new Refusal('input_invalid', { detail: 'this number is too long' })
      return { number, kind, isEmergency: false }
    },
  }
}

const denied = (detail: string) => new Refusal('dial_denied', { detail })
