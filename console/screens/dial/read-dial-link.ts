const MAX_LENGTH = 512
/** What people write between digits. Only hyphens, dots and brackets are of RFC 3966; pages write spaces as well. */
const SEPARATORS = /[\s().\-‐-―/]/g
/** E.164 has 15 digits at most; numbers of a PBX’s own plan may be longer. */
/** Behind a semicolon it is no parameter (RFC 3966 §3) but a second number. */
const SECOND_NUMBER = /^[+\d\s().\-‐-―/]*\d[+\d\s().\-‐-―/]*$/
const NUMBER = /^\+?\d{2,20}$/

/**
 * The number that a link asks for: a `tel:` URI (RFC 3966 §3), or a number as it is written. Parameters such as `;ext=` or
 * `;phone-context=` are left out: the telephone system has no use for them, and what would be dialed after the answer is
 * not for a link to choose.
 *
 * `*` and `#` are refused though the RFC has them: a feature code may divert all calls, and a link is no place for one.
 *
 * @param to as in the query of `/console/dial`, decoded once
 * @returns digits, perhaps after a `+`; undefined if it is anything else
 */
export function readDialLink(to: string): string | undefined {
  if (to.length > MAX_LENGTH) return undefined
  const text = decode(to)
  if (text === undefined) return undefined
  const uri = /^\s*tel:(.*)$/is.exec(text)?.[1]
  const [subscriber = '', ...parameters] = (uri ?? text).split(';')
  // In a text a semicolon may divide two numbers: half of what was asked for is not dialed.
  if (parameters.length > 0 && (uri === undefined || parameters.some((one) => SECOND_NUMBER.test(one))))
    return undefined
  // A `+` that was not encoded is a blank in a query, as forms write it.
  const number = subscriber.replace(/^ (?=\d)/, '+').replace(SEPARATORS, '')
  return NUMBER.test(number) ? number : undefined
}

/** Browsers put a whole URI into the query of a handler, in which characters may be encoded already. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
