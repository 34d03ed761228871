import { isBlank } from './sip-message.ts'

/** A `From`, `To` or `Contact`: `"Name" <uri>;parameter=value`. */
export interface NameAddr {
  uri: string
  /** By name in lower case; undefined without a value. */
  params: ReadonlyMap<string, string | undefined>
}

const UNQUOTED_NAME = /^[A-Za-z0-9.!%*_+`'~ \t-]*$/
const URI = /^[\x21\x23-\x3b\x3d\x3f-\x7e]+$/
const PARAM = /[ \t]*;[ \t]*([A-Za-z0-9.!%*_+`'~-]+)(?:=([A-Za-z0-9.!%*_+`'~:[\]-]+|"(?:[^"\\]|\\.)*"))?/y
const SIP_URI =
  /^sips?:(?:([A-Za-z0-9_.!~*'()+-]+)@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?((?:;[^?;]+)*)$/

/**
 * Reads an address in angle brackets. Without them, the end of the URI would be a matter of the reader (RFC 3261 §20).
 * @returns undefined for anything else, a list of addresses included
 */
export function parseNameAddr(value: string): NameAddr | undefined {
  const nameEnd = value.startsWith('"') ? endOfQuoted(value) : value.indexOf('<')
  if (nameEnd === undefined || nameEnd < 0) return undefined
  let start = nameEnd
  if (value.startsWith('"')) while (isBlank(value[start])) start += 1
  else if (!UNQUOTED_NAME.test(value.slice(0, start))) return undefined
  if (value[start] !== '<') return undefined
  const end = value.indexOf('>', start)
  const uri = value.slice(start + 1, Math.max(end, 0))
  const params = end < 0 ? undefined : parseParams(value, end + 1)
  return params === undefined || !URI.test(uri) ? undefined : { uri, params }
}

/** @returns the index after the closing quote */
function endOfQuoted(value: string): number | undefined {
  for (let at = 1; at < value.length; at += 1) {
    if (value[at] === '"') return at + 1
    if (value[at] === '\\') at += 1
  }
  return undefined
}

function parseParams(value: string, start: number): Map<string, string | undefined> | undefined {
  const params = new Map<string, string | undefined>()
  let at = start
  while (at < value.length) {
    PARAM.lastIndex = at
    const [whole = '', name = '', text] = PARAM.exec(value) ?? []
    if (whole === '' || params.has(name.toLowerCase())) return undefined
    params.set(name.toLowerCase(), text)
    at += whole.length
  }
  return params
}

/** Splits a SIP URI without headers, escapes or password: a browser's address needs none of them. */
export function parseSipUri(
  uri: string,
): { user: string | undefined; host: string; params: string } | undefined {
  const [, user, host, params = ''] = SIP_URI.exec(uri) ?? []
  return host === undefined ? undefined : { user, host: host.toLowerCase(), params }
}

const DIGEST_PARAM = /[ \t]*([A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s",;=]+)[ \t]*(,|$)/y

/**
 * The user name of digest credentials (RFC 7616 §3.4).
 * @returns undefined for another scheme, a name in another coding (`username*`), or a repeated parameter
 */
export function digestUsername(authorization: string): string | undefined {
  const scheme = /^Digest[ \t]+/i.exec(authorization)?.[0]
  if (scheme === undefined) return undefined
  const params = new Map<string, string>()
  let at = scheme.length
  let hasMore = true
  while (hasMore) {
    DIGEST_PARAM.lastIndex = at
    const [whole = '', name = '', value = '', separator] = DIGEST_PARAM.exec(authorization) ?? []
    if (whole === '' || params.has(name.toLowerCase())) return undefined
    params.set(name.toLowerCase(), value)
    at += whole.length
    hasMore = separator === ','
  }
  return /^"([^"\\]+)"$/.exec(params.get('username') ?? '')?.[1]
}
