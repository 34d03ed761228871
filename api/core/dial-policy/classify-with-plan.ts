import {
  type CountryCode,
  getCountryCallingCode,
  type NumberType,
  type PhoneNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import {
  type Classification,
  type ClassificationRules,
  INTERNATIONAL_DENIED,
  withOutsidePrefix,
} from './classification.ts'

/** Those that may cost the caller more than a plain call. */
const PREMIUM_TYPES: ReadonlySet<NumberType> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER'])

/**
 * Reads a number as a phone in this country would mean it. What its numbering plan has not given out is
 * objected to: one digit too many reaches a premium number just as well, and is none by the book.
 */
export function classifyWithPlan(
  typed: string,
  country: CountryCode,
  rules: ClassificationRules,
): Classification {
  const asTyped = withOutsidePrefix(rules.outPrefix, typed)
  const phone = parse(typed, country)
  if (phone === undefined)
    return { kind: 'service', forms: [typed], number: asTyped, denyReason: INVALID_NUMBER }

  const isInternational = !isDomestic(phone, country)
  const isPremium = isPremiumNumber(phone)
  const nationalNumber = nationalForm(country, phone, isInternational)
  const formats = {
    asTyped,
    e164: phone.number,
    national: withOutsidePrefix(rules.outPrefix, nationalNumber),
  }
  return {
    kind: isPremium ? 'premium' : isInternational ? 'international' : 'national',
    forms: [typed, phone.number, nationalNumber],
    number: phone.isValid() ? formats[rules.dialAs ?? 'national'] : asTyped,
    denyReason: denyReasonFor(
      phone.isValid(),
      isPremium && !rules.premium,
      isInternational && !rules.international,
    ),
  }
}

const INVALID_NUMBER = 'this is no valid number'

function denyReasonFor(
  isValid: boolean,
  isPremiumDenied: boolean,
  isInternationalDenied: boolean,
): string | undefined {
  if (!isValid) return INVALID_NUMBER
  if (isPremiumDenied) return 'premium numbers are not allowed'
  return isInternationalDenied ? INTERNATIONAL_DENIED : undefined
}

/**
 * By country and not by its code: half of the islands of the Caribbean share +1 with the United States. What
 * shares a code shares its freephone numbers, too.
 */
const isDomestic = (phone: PhoneNumber, country: CountryCode) =>
  phone.country === country ||
  (phone.countryCallingCode === getCountryCallingCode(country) && phone.getType() === 'TOLL_FREE')

/** Numbers of no country are satellites and services of the whole world: dear, but for freephone. */
function isPremiumNumber(phone: PhoneNumber): boolean {
  const type = phone.getType()
  return PREMIUM_TYPES.has(type) || (phone.isNonGeographic() && type !== 'TOLL_FREE')
}

/** What the keys of a phone in this country would dial; E.164 where that would reach another number. */
function nationalForm(country: CountryCode, phone: PhoneNumber, isInternational: boolean): string {
  // Where callers choose a carrier, there is no one prefix for abroad.
  const text = isInternational
    ? (phone.format('IDD', { fromCountry: country }) ?? '')
    : phone.formatNational()
  const digits = digitsOf(text)
  return parse(digits, country)?.number === phone.number ? digits : phone.number
}

const parse = (text: string, country: CountryCode) =>
  parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })

/** What a number is in the country's plan; undefined where it can be none. */
export interface PlanLookup {
  e164: string
  /** Whether the plan has given it out; also a beginning may be read. */
  isValid: boolean
}

export function lookUpInPlan(typed: string, country: CountryCode): PlanLookup | undefined {
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
