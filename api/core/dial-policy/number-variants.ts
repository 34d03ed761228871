import type { NumberingPlan } from './numbering-plan.ts'

/** Every spelling in which a number may be stored or typed; the first is that of `DialPolicy.normalize`. */
export type NumberVariants = readonly [string, ...string[]]

/** The prefix of a number in one of its spellings. */
export interface NumberPrefix {
  prefix: string
  /** Minimum length of the number: without a + or a trunk prefix, a shorter one is an extension. */
  minLength: number
}

export interface VariantRules {
  /** Undefined where no country is set. */
  plan: NumberingPlan | undefined
  outPrefix: string
  isInternal(number: string): boolean
}

/** From this length on, digits without a prefix count as an international number where no country is set. */
const MIN_COMPLETE_DIGITS = 8
/** Extensions are shorter. */
const MIN_OUTSIDE_DIGITS = 7
const INTERNATIONAL_PREFIXES = ['00', '011']

/** @param international digits of a number in E.164, without the + */
export function variantsOf(international: string, { plan, outPrefix }: VariantRules): string[] {
  const national = nationalOf(international, plan)
  const dialable = [
    ...(plan?.internationalPrefixes ?? INTERNATIONAL_PREFIXES).map((prefix) => prefix + international),
    ...(national === undefined
      ? []
      : [...(plan?.trunkPrefixes ?? []).map((trunk) => trunk + national), national]),
  ]
  const behindPrefix = outPrefix === '' ? [] : dialable.map((number) => outPrefix + number)
  return [`+${international}`, international, ...dialable, ...behindPrefix]
}

/**
 * The international digits of a number without a country's plan: + and the usual international prefixes mean
 * the same.
 */
export function toInternational(typed: string): string | undefined {
  const international = /^(?:\+|00|011)([1-9]\d*)$/.exec(typed)?.[1]
  return (
    international ?? (typed.length >= MIN_COMPLETE_DIGITS && /^[1-9]\d*$/.test(typed) ? typed : undefined)
  )
}

/**
 * Whether digits are a complete number as dialed: without a trunk or country prefix, 30123456 is none in
 * Germany. Where no country is set, length alone decides.
 * @param found what the country's plan has for them
 */
export function isCompleteNumber(
  digits: string,
  found: { e164: string; isValid: boolean } | undefined,
  { plan }: Pick<VariantRules, 'plan'>,
): boolean {
  if (plan === undefined) return digits.length >= MIN_COMPLETE_DIGITS
  if (!found?.isValid) return false
  const prefixes = [...plan.trunkPrefixes, ...plan.internationalPrefixes]
  return (
    plan.isTrunkPrefixOptional ||
    found.e164 === `+${digits}` ||
    prefixes.some((one) => digits.startsWith(one))
  )
}

/**
 * The prefixes of all numbers with a spelling that begins with `part`: 03012 in Germany is also the beginning
 * of +493012…. While a user types, a match remains for as long as it fits.
 * @param part of a number, without separators
 */
export function prefixesOf(part: string, rules: VariantRules): NumberPrefix[] {
  const found = new Map([[part, 0]])
  const add = (prefix: string, minLength: number) => {
    if (prefix !== '') found.set(prefix, Math.min(minLength, found.get(prefix) ?? minLength))
  }
  for (const start of internationalPrefixesOf(part, rules)) {
    add(`+${start}`, 0)
    const fromCountry = (rules.plan?.internationalPrefixes ?? INTERNATIONAL_PREFIXES).map(
      (prefix) => prefix + start,
    )
    const national = nationalOf(start, rules.plan)
    const domestic =
      national === undefined ? [] : (rules.plan?.trunkPrefixes ?? []).map((trunk) => trunk + national)
    for (const one of [start, ...fromCountry, ...domestic, national ?? '']) add(one, MIN_OUTSIDE_DIGITS)
    if (rules.outPrefix === '') continue
    for (const one of [...fromCountry, ...domestic, national ?? ''])
      add(rules.outPrefix + one, MIN_OUTSIDE_DIGITS)
  }
  return [...found].map(([prefix, minLength]) => ({ prefix, minLength }))
}

function internationalPrefixesOf(part: string, { plan, isInternal }: VariantRules): string[] {
  if (/[*#]/.test(part)) return []
  if (part.startsWith('+')) return [part.slice(1)]
  if (plan === undefined) {
    const start = toInternational(part)
    return start === undefined ? [] : [start]
  }
  const { countryCode, trunkPrefixes, isTrunkPrefixOptional, internationalPrefixes } = plan
  const behind = (prefix: string) =>
    part.startsWith(prefix) ? part.slice(prefix.length) : prefix.startsWith(part) ? '' : undefined
  const fromAbroad = internationalPrefixes.flatMap((prefix) => behind(prefix) ?? [])
  const domestic = trunkPrefixes.flatMap((trunk) => {
    const rest = behind(trunk)
    return rest === undefined ? [] : countryCode + rest
  })
  const asCode = part.startsWith(countryCode) ? [part] : []
  // Behind a trunk 0 no number begins with another 0.
  const isBare = isTrunkPrefixOptional || (!isInternal(part) && !part.startsWith('0'))
  return [...new Set([...fromAbroad, ...domestic, ...asCode, ...(isBare ? [countryCode + part] : [])])]
}

/** Undefined for a number of another country; empty while it is shorter than the country code. */
function nationalOf(international: string, plan: NumberingPlan | undefined): string | undefined {
  if (plan === undefined) return undefined
  if (international.startsWith(plan.countryCode)) return international.slice(plan.countryCode.length)
  return international !== '' && plan.countryCode.startsWith(international) ? '' : undefined
}
