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

/** Types that may cost the caller more than an ordinary call. */
const PREMIUM_TYPES: ReadonlySet<NumberType> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER'])

/**
 * Classifies a number as dialed in this country. A number that its numbering plan has not assigned is denied
 * by default: with one digit too many it still reaches a premium number, and is not recognized as one.
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
 * Compares countries, not calling codes: half of the Caribbean islands share +1 with the United States.
 * Countries that share a code share its toll-free numbers.
 */
const isDomestic = (phone: PhoneNumber, country: CountryCode) =>
  phone.country === country ||
  (phone.countryCallingCode === getCountryCallingCode(country) && phone.getType() === 'TOLL_FREE')

/** Non-geographic numbers are satellites and international services: expensive, except toll-free ones. */
function isPremiumNumber(phone: PhoneNumber): boolean {
  const type = phone.getType()
  return PREMIUM_TYPES.has(type) || (phone.isNonGeographic() && type !== 'TOLL_FREE')
}

/** The digits that a phone in this country dials; E.164 where those would reach another number. */
function nationalForm(country: CountryCode, phone: PhoneNumber, isInternational: boolean): string {
  // Where callers choose a carrier, the country has no single international prefix.
  const text = isInternational
    ? (phone.format('IDD', { fromCountry: country }) ?? '')
    : phone.formatNational()
  const digits = digitsOf(text)
  return parse(digits, country)?.number === phone.number ? digits : phone.number
}

const parse = (text: string, country: CountryCode) =>
  parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })

/** A number in the country's plan; undefined where it is none. */
export interface PlanLookup {
  e164: string
  /** Whether the plan has assigned it; a prefix of a number may parse as well. */
  isValid: boolean
}

export function planLookupOf(typed: string, country: CountryCode): PlanLookup | undefined {
  const phone = parse(typed, country)
  if (phone?.isValid()) return { e164: phone.number, isValid: true }
  // Imported lists use 00 for +, also where phones dial 011.
  const other = typed.startsWith('00') ? parse(typed.replace(/^00/, '+'), country) : undefined
  if (other?.isValid()) return { e164: other.number, isValid: true }
  return phone && { e164: phone.number, isValid: false }
}

/** Whether it is longer than any number of its country. */
export const isTooLong = (typed: string, country: CountryCode): boolean =>
  validatePhoneNumberLength(typed.replace(/^00/, '+'), { defaultCountry: country }) === 'TOO_LONG'

const digitsOf = (text: string) => text.replace(/[^0-9]/g, '')
