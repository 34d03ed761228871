/** Hash functions of RFC 7616 §6.1 and RFC 8760, by the name that Node has for them. */
const HASH_OF: Readonly<Record<string, string>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
}

/** What a server asks for: one `WWW-Authenticate` or `Proxy-Authenticate`. Texts are as sent, without their quotes. */
export interface DigestChallenge {
  realm: string
  nonce: string
  opaque: string | undefined
  /** As the server writes it; undefined: it sent none, which means MD5. */
  algorithm: string | undefined
  /** For `node:crypto`. */
  hash: string
  /** Undefined for servers of RFC 2069, which have no `qop`. */
  qop: 'auth' | undefined
  /** The secret was right, but the nonce is too old. */
  isStale: boolean
}

const PARAMETER =
  /[ \t]*([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))[ \t]*(?:,|$)/y
/** What a server's text may hold: it is sent back within quotes. */
const PRINTABLE = /^[\x20-\x7e\x80-\xff]{0,1024}$/

/**
 * Parses the value of one header field (RFC 7616 §3.3). SIP allows one challenge a field (RFC 3261 §7.3.1).
 * @returns undefined for another scheme, for an algorithm or a `qop` that is not supported, and for what is malformed
 */
export function parseDigestChallenge(value: string): DigestChallenge | undefined {
  const parameters = parseParameters(value)
  const realm = parameters?.get('realm')
  const nonce = parameters?.get('nonce')
  if (parameters === undefined || realm === undefined || nonce === undefined || nonce === '') return undefined
  const algorithm = parameters.get('algorithm')
  const hash = HASH_OF[(algorithm ?? 'md5').toLowerCase()]
  const offered = parameters
    .get('qop')
    ?.split(',')
    .map((each) => each.trim().toLowerCase())
  if (hash === undefined || offered?.includes('auth') === false) return undefined
  return {
    realm,
    nonce,
    opaque: parameters.get('opaque'),
    algorithm,
    hash,
    qop: offered === undefined ? undefined : 'auth',
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  }
}

/** By name in lower case. @returns undefined also where a parameter stands twice: parsers would choose different ones */
function parseParameters(value: string): Map<string, string> | undefined {
  const scheme = /^digest[ \t]+/i.exec(value)?.[0]
  if (scheme === undefined) return undefined
  const parameters = new Map<string, string>()
  let at = scheme.length
  while (at < value.length) {
    PARAMETER.lastIndex = at
    const [whole = '', name = '', quoted, token = ''] = PARAMETER.exec(value) ?? []
    const text = quoted ?? token
    const key = name.toLowerCase()
    if (whole === '' || parameters.has(key) || !PRINTABLE.test(text)) return undefined
    parameters.set(key, text)
    at += whole.length
  }
  return parameters
}
