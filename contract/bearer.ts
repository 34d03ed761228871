/** The credential of an `Authorization` header: a token, none (another scheme is none to us), or nonsense. */
export type Bearer = { token: string } | 'missing' | 'malformed'

/**
 * Reads `Authorization: Bearer <token>`; the scheme in any case, one or more blanks.
 * @see RFC 6750 §2.1, RFC 9110 §11.4
 */
export function readBearer(header: string | undefined): Bearer {
  if (header === undefined || header === '') return 'missing'
  // The usual spelling first: this runs for every gated request.
  const rest = header.startsWith('Bearer ') ? header.slice(7) : /^bearer +(.*)$/is.exec(header)?.[1]
  if (rest === undefined) return /^bearer$/i.test(header) ? 'malformed' : 'missing'
  // Blanks alone: `trimStart` would take tabs and more.
  const token = rest.startsWith(' ') ? rest.replace(/^ +/, '') : rest
  return token === '' || token.includes(' ') ? 'malformed' : { token }
}

/** RFC 6750 §3: no `error` where nothing was sent, `invalid_token` where it did not hold. */
export const CHALLENGE_MISSING_TOKEN = 'Bearer realm="hookswitch"'
export const CHALLENGE_INVALID_TOKEN = 'Bearer realm="hookswitch", error="invalid_token"'
