import examples from 'libphonenumber-js/examples.mobile.json'
import { type CountryCode, getCountryCallingCode, getExampleNumber, Metadata } from 'libphonenumber-js/max'

/** How the phones of one country dial. */
export interface NumberingPlan {
  /** Country code, without +. */
  countryCode: string
  /** Trunk prefixes: `0` in Germany, `8` in Russia. Several may be recognized, or none. */
  trunkPrefixes: readonly string[]
  /** Whether national numbers are dialed without a prefix, as in Spain or the United States. */
  isTrunkPrefixOptional: boolean
  /** Prefixes that replace the +. */
  internationalPrefixes: readonly string[]
}

export function numberingPlanOf(country: CountryCode): NumberingPlan {
  const countryCode = getCountryCallingCode(country)
  const metadata = new Metadata()
  metadata.selectNumberingPlan(country)
  const { numberingPlan } = metadata as unknown as { numberingPlan: PlanData } // its types leave these out
  const example = getExampleNumber(country, examples)
  const national = example?.formatNational().replace(/\D/g, '') ?? ''
  const trunk =
    example !== undefined && national.endsWith(example.nationalNumber)
      ? national.slice(0, -example.nationalNumber.length)
      : ''
  const abroad = [numberingPlan.defaultIDDPrefix(), numberingPlan.IDDPrefix()].map(digitsOf).find(Boolean)
  return {
    countryCode,
    trunkPrefixes: [...new Set([trunk, digitsOf(numberingPlan.nationalPrefix())])].filter(
      (one) => one !== '',
    ),
    isTrunkPrefixOptional: trunk === '',
    internationalPrefixes: [...new Set(['00', ...(abroad === undefined ? [] : [abroad])])],
  }
}

/** Empty for anything but digits, such as a pattern of several prefixes; `~` is a pause for a tone. */
function digitsOf(prefix: unknown): string {
  const digits = typeof prefix === 'string' ? prefix.replace('~', '') : ''
  return /^\d+$/.test(digits) ? digits : ''
}

type PlanData = Record<'nationalPrefix' | 'IDDPrefix' | 'defaultIDDPrefix', () => unknown>
