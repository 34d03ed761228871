import {
  type CountryCode,
  getCountryCallingCode,
  type NumberType,
  type PhoneNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { ABROAD_IS_OFF, type Reading, type ReadingRules, withPrefix } from './classification.ts'

/** Those that may cost the caller more than a plain call. */
const DEAR: ReadonlySet<NumberType> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER'])

/**
 * Reads a number as a phone in this country would mean it. What its numbering plan has not given out is
 * objected to: one digit too many reaches a premium number just as well, and is none by the book.
 */
export function readByCountry(typed: string, country: CountryCode, rules: ReadingRules): Reading {
  const asTyped = withPrefix(rules.outPrefix, typed)
  const phone = parse(typed, country)
  if (phone === undefined) return { kind: 'service', forms: [typed], number: asTyped, objection: INVALID }

  const isAbroad = !isInland(phone, country)
  const isDear = costsMore(phone)
  const byKeys = dialledFrom(country, phone, isAbroad)
  const spellings = {
    asTyped,
    e164: phone.number,
    national: withPrefix(rules.outPrefix, byKeys),
  }
  return {
    kind: isDear ? 'premium' : isAbroad ? 'international' : 'national',
    forms: [typed, phone.number, byKeys],
    number: phone.isValid() ? spellings[rules.dialAs ?? 'national'] : asTyped,
    objection: objectionTo(phone.isValid(), isDear && !rules.premium, isAbroad && !rules.international),
  }
}

const INVALID = 'this is no valid number'

function objectionTo(isValid: boolean, isTooDear: boolean, isTooFar: boolean): string | undefined {
  if (!isValid) return INVALID
  if (isTooDear) return 'premium numbers are not allowed'
  return isTooFar ? ABROAD_IS_OFF : undefined
}

/**
 * By country and not by its code: half of the islands of the Caribbean share +1 with the United States. What
 * shares a code shares its freephone numbers, too.
 */
const isInland = (phone: PhoneNumber, country: CountryCode) =>
  phone.country === country ||
  (phone.countryCallingCode === getCountryCallingCode(country) && phone.getType() === 'TOLL_FREE')

/** Numbers of no country are satellites and services of the whole world: dear, but for freephone. */
function costsMore(phone: PhoneNumber): boolean {
  const type = phone.getType()
  return DEAR.has(type) || (phone.isNonGeographic() && type !== 'TOLL_FREE')
}

/** What the keys of a phone in this country would dial; E.164 where that would reach another number. */
function dialledFrom(country: CountryCode, phone: PhoneNumber, isAbroad: boolean): string {
  // Where callers choose a carrier, there is no one prefix for abroad.
  const text = isAbroad ? (phone.format('IDD', { fromCountry: country }) ?? '') : phone.formatNational()
  const digits = digitsOf(text)
  return parse(digits, country)?.number === phone.number ? digits : phone.number
}

const parse = (text: string, country: CountryCode) =>
  parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })

/** What a number is in the country's plan; undefined where it can be none. */
export interface LookedUp {
  e164: string
  /** Whether the plan has given it out; also a beginning may be read. */
  isValid: boolean
}

export function lookUp(typed: string, country: CountryCode): LookedUp | undefined {
  const phone = parse(typed, country)
  if (phone?.isValid()) return { e164: phone.number, isValid: true }
  // Lists from elsewhere write 00 for +, also where phones dial 011 for it.
  const other = typed.startsWith('00') ? parse(typed.replace(/^00/, '+'), country) : undefined
  if (other?.isValid()) return { e164: other.number, isValid: true }
  return phone && { e164: phone.number, isValid: false }
}

/** Longer than any number of its country. */
export const isTooLong = (typed: string, country: CountryCode): boolean =>
  validatePhoneNumberLength(typed.replace(/^00/, '+'), { defaultCountry: country }) === 'TOO_LONG'

const digitsOf = (text: string) => text.replace(/[^0-9]/g, '')
