import { type CountryCode, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { Refusal } from '../refusal.ts'
import { emergencyNumbers } from './emergency.ts'
import { matcher } from './pattern.ts'
import type { Allowed, DialPolicy } from './policy.ts'
import type { PolicyFile } from './policy-file.ts'

/** What people put between digits. Not `/`: it begins a pattern that Asterisk takes for many channels. */
const SEPARATORS = /[ ().-]/g
const DIALABLE = /^\+?[0-9*#]{1,32}$/

/** A number outside, as far as one can tell. */
interface Outside {
  kind: 'national' | 'international' | 'premium'
  parsed: PhoneNumber | undefined
}

/**
 * Emergency numbers pass before anything else; then deny beats allow, and allow beats what is off by default:
 * premium, international, feature codes (they can divert calls), and what is no valid number of the country.
 */
export function createPolicy(file: PolicyFile): DialPolicy {
  // PolicyFile has checked that it is one.
  const country = file.country as CountryCode | undefined
  const isEmergency = matcher(file.emergency ?? emergencyNumbers(country))
  const isInternal = matcher(file.internal)
  const isAllowed = matcher(file.allow)
  const isDenied = matcher(file.deny)

  function judge(text: string): Allowed {
    const typed = text.length > 64 ? '' : text.replace(SEPARATORS, '')
    if (!DIALABLE.test(typed)) {
      throw new Refusal('input_invalid', {
        detail: 'a number is up to 32 digits, * and #, with a + before them or not',
      })
    }
    if (isEmergency(typed)) return { number: typed, kind: 'emergency', isEmergency: true }

    const isFeature = /[*#]/.test(typed)
    const outside = isFeature || isInternal(typed) ? undefined : outsideOf(typed)
    const e164 = outside?.parsed?.number ?? typed
    if (isDenied(typed, e164)) throw denied('this number is denied')
    if (!isAllowed(typed, e164)) {
      if (isFeature) throw denied('feature codes are not allowed')
      if (outside?.kind === 'premium' && !file.premium) throw denied('premium numbers are not allowed')
      if (outside?.kind === 'international' && !file.international) {
        throw denied('international numbers are not allowed')
      }
      if (outside !== undefined && country !== undefined && outside.parsed?.isValid() !== true) {
        throw denied('this is no valid number')
      }
    }
    if (outside === undefined) {
      return { number: typed, kind: isFeature ? 'service' : 'internal', isEmergency: false }
    }
    const number = file.outPrefix + spelled(typed, outside)
    // A prefix may make it too long.
    if (!DIALABLE.test(number)) throw new Refusal('input_invalid', { detail: 'this number is too long' })
    return { number, kind: outside.kind, isEmergency: false }
  }

  function outsideOf(typed: string): Outside {
    if (country === undefined) {
      return { kind: /^(\+|00|011)/.test(typed) ? 'international' : 'national', parsed: undefined }
    }
    const parsed = parsePhoneNumberFromString(typed, country)
    if (parsed === undefined) return { kind: /^(\+|00)/.test(typed) ? 'international' : 'national', parsed }
    if (parsed.getType() === 'PREMIUM_RATE') return { kind: 'premium', parsed }
    // By country and not by its code: half of the islands of the Caribbean share +1 with the United States.
    return { kind: isAtHome(parsed, country) ? 'national' : 'international', parsed }
  }

  function spelled(typed: string, { kind, parsed }: Outside): string {
    if (file.dialAs === 'asTyped' || parsed === undefined) return typed
    if (file.dialAs === 'e164' || kind === 'international') return parsed.number
    return parsed.formatNational().replace(/[^0-9]/g, '')
  }

  return { judge, limits: file.limits, callerNumbers: (extension) => file.callerNumbers[extension] ?? [] }
}

/** A number too short or too new for its country to be told belongs to the code that was written or assumed. */
const isAtHome = (parsed: PhoneNumber, country: CountryCode) =>
  (parsed.country ?? parsed.getPossibleCountries()[0]) === country ||
  (parsed.country === undefined && parsed.getPossibleCountries().includes(country))

const denied = (detail: string) => new Refusal('dial_denied', { detail })
