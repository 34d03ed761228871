import { LRUCache } from 'lru-cache'
import type { Claims, TokenKind } from './claims.ts'
import type { Keyring } from './keyring.ts'
import type { RevocationCache } from './revocation-cache.ts'
import {
  hasServiceTokenHash,
  isServiceTokenText,
  type Scope,
  type ServiceToken,
  serviceClaims,
  serviceTokenIdOf,
} from './service-token.ts'
import type { KnownServiceToken } from './service-token-cache.ts'
import { readToken, type Token } from './token.ts'

/** Why a token is denied. `cannot_judge` means that revocations are unknown: the client should retry later. */
export type VerdictCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_wrong_kind'
  | 'token_expired'
  | 'token_revoked'
  | 'cannot_judge'

export type Verdict = { ok: true; claims: Claims } | { ok: false; code: VerdictCode }

/** Why a service token is denied: as other tokens, or for what it is used. */
export type ServiceVerdictCode = VerdictCode | 'scope_missing' | 'network_refused'

export type ServiceVerdict =
  | { ok: true; service: ServiceToken }
  /** `service` only if the text is that of a token which is in force. */
  | { ok: false; code: ServiceVerdictCode; service?: ServiceToken }

export interface TokenVerifier {
  /**
   * Whether a token is valid for `kind` now. Synchronous; a cached token needs one look-up. A service token is valid for
   * no kind: `token_wrong_kind` while it is in force.
   */
  verify(text: string | undefined, kind: TokenKind): Verdict
  /** The same for claims without a signature; undefined when they are valid. */
  checkClaims(claims: Claims): VerdictCode | undefined
  /**
   * Whether a service token may be used for `scope` from this address.
   * @param scope undefined: the request is open to no service
   * @param address of the client, as nginx sees it
   */
  verifyService(text: string, scope: Scope | undefined, address: string): ServiceVerdict
}

export interface TokenVerifierNeeds {
  keyring: Pick<Keyring, 'find' | 'onChange'>
  revocations: Pick<RevocationCache, 'ageMs' | 'isRevoked' | 'serviceTokens'>
  /** Unix ms, to compare with the times of tokens. */
  now: () => number
  /** A clock that never jumps, in ms, for the age of the revocation cache. */
  monotonic: () => number
  /** The maximum age of the revocation cache, in ms. */
  maxStalenessMs: number
  /** The longest a token may live from `iat` to `exp`, in seconds. */
  maxTokenLifetimeS: number
  /** How many verified tokens to cache. */
  cacheSize: number
}

interface CachedToken extends Token {
  /** The whole token: the cache key is its end alone, so that the rest has to be compared. */
  text: string
  verdict: Verdict
}

/** The end of a token, most or all of its signature: hashing a whole token for every request takes ten times as long. */
const cacheKeyOf = (text: string) => text.slice(-43)

/** How far another process's clock may run ahead, in seconds. */
const CLOCK_SKEW_S = 5

const denied = (code: VerdictCode): Verdict => Object.freeze({ ok: false, code })
const DENIED: Readonly<Record<VerdictCode, Verdict>> = {
  token_missing: denied('token_missing'),
  token_invalid: denied('token_invalid'),
  token_wrong_kind: denied('token_wrong_kind'),
  token_expired: denied('token_expired'),
  token_revoked: denied('token_revoked'),
  cannot_judge: denied('cannot_judge'),
}

/**
 * Verifies tokens for both processes. A verified token is cached, so that its signature is checked once; its times,
 * revocations and the age of the revocation cache are checked each time.
 */
export function createTokenVerifier(needs: TokenVerifierNeeds): TokenVerifier {
  const { revocations, now, monotonic, maxStalenessMs, maxTokenLifetimeS } = needs
  const cache = new LRUCache<string, CachedToken>({ max: needs.cacheSize })
  // The tokens of a retired key must leave the cache.
  needs.keyring.onChange(() => cache.clear())

  const readAndCache = (text: string) => {
    const token = readToken(text, needs.keyring.find)
    if (token === undefined || token.claims.exp - token.claims.iat > maxTokenLifetimeS) return undefined
    const cached = { ...token, text, verdict: Object.freeze({ ok: true, claims: token.claims }) }
    cache.set(cacheKeyOf(text), cached)
    return cached
  }

  const checkClaims = (claims: Claims): VerdictCode | undefined => {
    const nowS = now() / 1000
    if (claims.iat > nowS + CLOCK_SKEW_S || (claims.nbf ?? 0) > nowS + CLOCK_SKEW_S) return 'token_invalid'
    if (claims.exp <= nowS) return 'token_expired'
    // Before the revocations: a missing entry must never mean "not revoked".
    if (revocations.ageMs(monotonic()) > maxStalenessMs) return 'cannot_judge'
    return revocations.isRevoked(claims) ? 'token_revoked' : undefined
  }

  const findService = (text: string): KnownServiceToken | VerdictCode => {
    const id = serviceTokenIdOf(text)
    if (id === undefined) return 'token_invalid'
    // Before the look-up: a missing entry must never mean "no such token".
    if (revocations.ageMs(monotonic()) > maxStalenessMs) return 'cannot_judge'
    const known = revocations.serviceTokens.find(id)
    if (known === undefined || !hasServiceTokenHash(text, known.hash)) return 'token_invalid'
    return checkClaims(serviceClaims(known)) ?? known
  }

  const denyService = (text: string): Verdict => {
    const found = findService(text)
    return typeof found === 'string' ? DENIED[found] : DENIED.token_wrong_kind
  }

  return {
    checkClaims,
    verifyService(text, scope, address) {
      const found = findService(text)
      if (typeof found === 'string') return { ok: false, code: found }
      if (found.allowed !== undefined && !found.allowed.includes(address))
        return { ok: false, code: 'network_refused', service: found }
      if (scope === undefined || !found.scopes.includes(scope))
        return { ok: false, code: 'scope_missing', service: found }
      return { ok: true, service: found }
    },
    verify(text, kind) {
      if (text === undefined) return DENIED.token_missing
      const cached = cache.get(cacheKeyOf(text))
      const token = cached?.text === text ? cached : readAndCache(text)
      if (token === undefined) return isServiceTokenText(text) ? denyService(text) : DENIED.token_invalid
      const code = checkClaims(token.claims)
      // An expired token is reported as expired whatever its kind; else the kind comes first, as it never changes.
      if (token.kind !== kind && code !== 'token_expired' && code !== 'token_invalid')
        return DENIED.token_wrong_kind
      return code === undefined ? token.verdict : DENIED[code]
    },
  }
}
