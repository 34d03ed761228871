/** What a session’s program and computer are called. Undefined where the text names none that is known. */
export interface Device {
  program: string | undefined
  system: string | undefined
}

/** The first that matches: a browser names those it imitates, too. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bYaBrowser\//, 'Yandex'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bElectron\//, 'Electron'],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(?:iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
const MAX_LENGTH = 40

/** @param userAgent any text: clients choose it (RFC 9110 §10.1.5) */
export function describeUserAgent(userAgent: string): Device {
  const find = (names: typeof PROGRAMS) => names.find(([pattern]) => pattern.test(userAgent))?.[1]
  return { program: find(PROGRAMS) ?? firstProduct(userAgent), system: find(SYSTEMS) }
}

/** Programs that are not browsers begin with their own name: `curl/8.1`, `Linphone Desktop/5.2 …`. */
function firstProduct(userAgent: string): string | undefined {
  const [name = ''] = userAgent.split(/[/(;]/, 1)
  const plain = name.replace(/\p{C}/gu, '').trim()
  return plain === '' || plain === 'Mozilla' ? undefined : [...plain].slice(0, MAX_LENGTH).join('')
}
