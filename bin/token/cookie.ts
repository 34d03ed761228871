export interface Cookie {
  name: string
  value: string
  /** As they came: `Path=/`, `HttpOnly` … */
  attributes: string[]
}

/** The cookies of an answer's Set-Cookie headers. */
export function cookiesIn(header: string | readonly string[] | undefined): Cookie[] {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header
  return lines.flatMap((line) => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    return at > 0 ? [{ name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim(), attributes }] : []
  })
}

/**
 * The refresh cookie an answer sets.
 * @returns null where the response deletes the cookie, undefined where it does not mention it
 */
export function refreshCookieIn(header: string | readonly string[] | undefined): string | null | undefined {
  const cookie = cookiesIn(header).findLast(({ name }) => name === 'refreshToken')
  if (cookie === undefined) return undefined
  const isDeleted = cookie.attributes.some((one) => /^max-age=(0|-\d+)$/i.test(one))
  return isDeleted || !isCookieValue(cookie.value) ? null : cookie.value
}

/** What can be sent back without breaking out of its header. */
export const isCookieValue = (text: string) => /^[\x21-\x3a\x3c-\x7e]{1,8192}$/.test(text)
