import { readBearer } from './bearer.ts'

/** What a request authenticates with. */
export type Credential =
  | { by: 'token'; text: string }
  | { by: 'link'; text: string }
  | { by: 'ticket'; text: string }
  | 'missing'
  | 'malformed'

/** Query parameters that carry a credential; each endpoint accepts some of them. */
export type CredentialParam = 'authorization' | 'link' | 'ticket' | 'token'
const CREDENTIAL_PARAMS: readonly string[] = ['authorization', 'link', 'ticket', 'token', 'access_token']

/**
 * Finds the one credential of a request (RFC 6750 §2). Two different ones, a repeated parameter, or a name in another
 * spelling are malformed: nginx, Nchan and this process must never disagree on which credential counts.
 *
 * @param query as the client sent it, without `?`; undefined when there was none
 * @param allowed the query parameters that this endpoint accepts
 */
export function readCredential(
  authorization: string | undefined,
  query: string | undefined,
  allowed: readonly CredentialParam[],
): Credential {
  const bearer = readBearer(authorization)
  if (bearer === 'malformed') return 'malformed'
  if (query === undefined) return bearer === 'missing' ? 'missing' : { by: 'token', text: bearer.token }

  const inQuery = readQueryCredential(query, allowed)
  if (inQuery === 'malformed') return 'malformed'
  if (bearer === 'missing') return inQuery
  if (inQuery === 'missing') return { by: 'token', text: bearer.token }
  return inQuery.by === 'token' && inQuery.text === bearer.token ? inQuery : 'malformed'
}

function readQueryCredential(query: string, allowed: readonly CredentialParam[]): Credential {
  let found: Credential = 'missing'
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const rawName = at < 0 ? part : part.slice(0, at)
    const name = decodeFormValue(rawName)
    if (name === undefined) return 'malformed'
    if (!CREDENTIAL_PARAMS.includes(name.toLowerCase().trim())) continue
    if (name !== rawName || found !== 'missing' || !isOneOf(allowed, name)) return 'malformed'
    const value = decodeFormValue(at < 0 ? '' : part.slice(at + 1))
    if (value === undefined || value === '') return 'malformed'
    if (name === 'token' || name === 'authorization') {
      // The documents show the token alone; clients also send the whole value of the header.
      const bearer = /^bearer /i.test(value) ? readBearer(value) : { token: value }
      if (typeof bearer === 'string') return 'malformed'
      found = { by: 'token', text: bearer.token }
    } else found = { by: name, text: value }
  }
  return found
}

const isOneOf = <T extends string>(all: readonly T[], one: string): one is T =>
  (all as readonly string[]).includes(one)

/**
 * Decodes one name or value of a form (WHATWG URL §5.1): `+` is a blank; percent-decodes once.
 * @returns undefined when it is not well-formed UTF-8
 */
function decodeFormValue(text: string): string | undefined {
  try {
    const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
    return spaced.includes('%') ? decodeURIComponent(spaced) : spaced
  } catch {
    return undefined
  }
}
