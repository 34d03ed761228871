import type { NumberingPlan } from './numbering-plan.ts'

/** Every way in which one number may be stored or typed; the first is that of `DialPolicy.spell`. */
export type NumberVariants = readonly [string, ...string[]]

/** How a number begins in one of its spellings. */
export interface NumberPrefix {
  prefix: string
  /** Signs the number has at least: without a + or a trunk prefix, a shorter one is an extension. */
  minLength: number
}

export interface VariantRules {
  /** Undefined where no country is set. */
  plan: NumberingPlan | undefined
  outPrefix: string
  isInternal(number: string): boolean
}

/** Digits without a prefix are taken for an international number from here on, where no country is set. */
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

/** What a number without a country's plan may be: + and the usual prefixes for abroad are one. */
export function toInternational(typed: string): string | undefined {
  const abroad = /^(?:\+|00|011)([1-9]\d*)$/.exec(typed)?.[1]
  return abroad ?? (typed.length >= MIN_COMPLETE_DIGITS && /^[1-9]\d*$/.test(typed) ? typed : undefined)
}

/**
 * Whether digits are a whole number, dialled as they are: without a trunk or country prefix, 30123456 is none in
 * Germany. Where no country is set, length alone tells.
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
 * The beginnings of all numbers of which one spelling begins so: 03012 in Germany is also how +493012… does.
 * While somebody types, what was found stays found for as long as it fits.
 * @param part of a number, without separators
 */
export function prefixesOf(part: string, rules: VariantRules): NumberPrefix[] {
  const found = new Map([[part, 0]])
  const add = (prefix: string, minLength: number) => {
    if (prefix !== '') found.set(prefix, Math.min(minLength, found.get(prefix) ?? minLength))
  }
  for (const start of internationalPrefixesOf(part, rules)) {
    add(`+${start}`, 0)
    const abroad = (rules.plan?.internationalPrefixes ?? INTERNATIONAL_PREFIXES).map(
      (prefix) => prefix + start,
    )
    const national = nationalOf(start, rules.plan)
    const inland =
      national === undefined ? [] : (rules.plan?.trunkPrefixes ?? []).map((trunk) => trunk + national)
    for (const one of [start, ...abroad, ...inland, national ?? '']) add(one, MIN_OUTSIDE_DIGITS)
    if (rules.outPrefix === '') continue
    for (const one of [...abroad, ...inland, national ?? '']) add(rules.outPrefix + one, MIN_OUTSIDE_DIGITS)
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
  const inland = trunkPrefixes.flatMap((trunk) => {
    const rest = behind(trunk)
    return rest === undefined ? [] : countryCode + rest
  })
  const asCode = part.startsWith(countryCode) ? [part] : []
  // Behind a trunk 0 no number begins with 0 once more.
  const isBare = isTrunkPrefixOptional || (!isInternal(part) && !part.startsWith('0'))
  return [...new Set([...fromAbroad, ...inland, ...asCode, ...(isBare ? [countryCode + part] : [])])]
}

/** Undefined where it is of another country; empty while only its beginning is there. */
function nationalOf(international: string, plan: NumberingPlan | undefined): string | undefined {
  if (plan === undefined) return undefined
  if (international.startsWith(plan.countryCode)) return international.slice(plan.countryCode.length)
  return international !== '' && plan.countryCode.startsWith(international) ? '' : undefined
}
