import { readBearer } from './bearer.ts'

/** What a request offers to prove itself with. `two` and `malformed` are refusals of their own. */
export type Credential =
  | { by: 'token'; text: string }
  | { by: 'link'; text: string }
  | { by: 'ticket'; text: string }
  | 'missing'
  | 'malformed'

/** Query members that carry a credential; which of them counts depends on the place. */
export type CredentialParam = 'authorization' | 'link' | 'ticket' | 'token'
const CREDENTIAL_PARAMS: readonly string[] = ['authorization', 'link', 'ticket', 'token', 'access_token']

/**
 * The one credential of a request (RFC 6750 §2). Two different ones, one given twice, or one whose name is
 * spelled in another way are refused: nginx, Nchan and we must never differ on which one counts.
 *
 * @param query as the client sent it, without `?`; undefined where there was none
 * @param allowed the query members that count here, for GET alone
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
      // The documents show the bare token; clients also send the header's whole value.
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
 * Decodes one name or value as forms encode it (WHATWG URL §5.1): `+` is a blank, percent-decoding comes once.
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
