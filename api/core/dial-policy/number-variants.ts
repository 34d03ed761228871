import type { NumberingPlan } from './numbering-plan.ts'

/** Every way in which one number may be stored or typed; the first is that of `DialPolicy.spell`. */
export type Spellings = readonly [string, ...string[]]

/** How a number begins in one of its spellings. */
export interface Beginning {
  start: string
  /** Signs the number has at least: without a + or a trunk prefix, a shorter one is an extension. */
  atLeast: number
}

export interface SpellingRules {
  /** Undefined where no country is set. */
  plan: NumberingPlan | undefined
  outPrefix: string
  isInternal(number: string): boolean
}

/** Digits without a prefix are taken for an international number from here on, where no country is set. */
const WHOLE = 8
/** Extensions are shorter. */
const OUTSIDE = 7
const ABROAD = ['00', '011']

/** @param international digits of a number in E.164, without the + */
export function spellingsOf(international: string, { plan, outPrefix }: SpellingRules): string[] {
  const national = nationalOf(international, plan)
  const dialled = [
    ...(plan?.abroad ?? ABROAD).map((prefix) => prefix + international),
    ...(national === undefined ? [] : [...(plan?.trunks ?? []).map((trunk) => trunk + national), national]),
  ]
  const behindPrefix = outPrefix === '' ? [] : dialled.map((number) => outPrefix + number)
  return [`+${international}`, international, ...dialled, ...behindPrefix]
}

/** What a number without a country's plan may be: + and the usual prefixes for abroad are one. */
export function internationalOf(typed: string): string | undefined {
  const abroad = /^(?:\+|00|011)([1-9]\d*)$/.exec(typed)?.[1]
  return abroad ?? (typed.length >= WHOLE && /^[1-9]\d*$/.test(typed) ? typed : undefined)
}

/**
 * Whether digits are a whole number, dialled as they are: without a trunk or country prefix, 30123456 is none in
 * Germany. Where no country is set, length alone tells.
 * @param found what the country's plan has for them
 */
export function isWholeIn(
  digits: string,
  found: { e164: string; isValid: boolean } | undefined,
  { plan }: Pick<SpellingRules, 'plan'>,
): boolean {
  if (plan === undefined) return digits.length >= WHOLE
  if (!found?.isValid) return false
  const prefixes = [...plan.trunks, ...plan.abroad]
  return plan.isTrunkless || found.e164 === `+${digits}` || prefixes.some((one) => digits.startsWith(one))
}

/**
 * The beginnings of all numbers of which one spelling begins so: 03012 in Germany is also how +493012… does.
 * While somebody types, what was found stays found for as long as it fits.
 * @param part of a number, without separators
 */
export function beginningsOf(part: string, rules: SpellingRules): Beginning[] {
  const found = new Map([[part, 0]])
  const add = (start: string, atLeast: number) => {
    if (start !== '') found.set(start, Math.min(atLeast, found.get(start) ?? atLeast))
  }
  for (const start of internationalStarts(part, rules)) {
    add(`+${start}`, 0)
    const abroad = (rules.plan?.abroad ?? ABROAD).map((prefix) => prefix + start)
    const national = nationalOf(start, rules.plan)
    const inland = national === undefined ? [] : (rules.plan?.trunks ?? []).map((trunk) => trunk + national)
    for (const one of [start, ...abroad, ...inland, national ?? '']) add(one, OUTSIDE)
    if (rules.outPrefix === '') continue
    for (const one of [...abroad, ...inland, national ?? '']) add(rules.outPrefix + one, OUTSIDE)
  }
  return [...found].map(([start, atLeast]) => ({ start, atLeast }))
}

function internationalStarts(part: string, { plan, isInternal }: SpellingRules): string[] {
  if (/[*#]/.test(part)) return []
  if (part.startsWith('+')) return [part.slice(1)]
  if (plan === undefined) {
    const start = internationalOf(part)
    return start === undefined ? [] : [start]
  }
  const { code, trunks, isTrunkless, abroad } = plan
  const behind = (prefix: string) =>
    part.startsWith(prefix) ? part.slice(prefix.length) : prefix.startsWith(part) ? '' : undefined
  const fromAbroad = abroad.flatMap((prefix) => behind(prefix) ?? [])
  const inland = trunks.flatMap((trunk) => {
    const rest = behind(trunk)
    return rest === undefined ? [] : code + rest
  })
  const asCode = part.startsWith(code) ? [part] : []
  // Behind a trunk 0 no number begins with 0 once more.
  const isBare = isTrunkless || (!isInternal(part) && !part.startsWith('0'))
  return [...new Set([...fromAbroad, ...inland, ...asCode, ...(isBare ? [code + part] : [])])]
}

/** Undefined where it is of another country; empty while only its beginning is there. */
function nationalOf(international: string, plan: NumberingPlan | undefined): string | undefined {
  if (plan === undefined) return undefined
  if (international.startsWith(plan.code)) return international.slice(plan.code.length)
  return international !== '' && plan.code.startsWith(international) ? '' : undefined
}
