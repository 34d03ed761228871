/** The credential of an `Authorization` header: a token, none (which includes any other scheme), or malformed. */
export type Bearer = { token: string } | 'missing' | 'malformed'

/**
 * Parses `Authorization: Bearer <token>`: the scheme in any case, then one or more blanks.
 * @see RFC 6750 §2.1, RFC 9110 §11.4
 */
export function readBearer(header: string | undefined): Bearer {
  if (header === undefined || header === '') return 'missing'
  // The usual spelling first: this runs for every gate request.
  const rest = header.startsWith('Bearer ') ? header.slice(7) : /^bearer +(.*)$/is.exec(header)?.[1]
  if (rest === undefined) return /^bearer$/i.test(header) ? 'malformed' : 'missing'
  // Removes blanks alone: `trimStart` would remove tabs and more.
  const token = rest.startsWith(' ') ? rest.replace(/^ +/, '') : rest
  return token === '' || token.includes(' ') ? 'malformed' : { token }
}

/** RFC 6750 §3: no `error` if the client sent no token, `invalid_token` if the token is not valid. */
export const CHALLENGE_MISSING_TOKEN = 'Bearer realm="hookswitch"'
export const CHALLENGE_INVALID_TOKEN = 'Bearer realm="hookswitch", error="invalid_token"'
