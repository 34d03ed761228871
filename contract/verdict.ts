import { LRUCache } from 'lru-cache'
import type { Claims, TokenKind } from './claims.ts'
import type { Keyring } from './keyring.ts'
import type { RevocationCache } from './revocation-cache.ts'
import { readToken, type Token } from './token.ts'

/** Why a token does not pass. `cannot_judge` says nothing of the token: ask again later. */
export type VerdictCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_wrong_kind'
  | 'token_expired'
  | 'token_revoked'
  | 'cannot_judge'

export type Verdict = { ok: true; claims: Claims } | { ok: false; code: VerdictCode }

export interface TokenVerifier {
  /** Says whether a token is good for `kind` at this moment. Synchronous, and a look-up for a token seen before. */
  verify(text: string | undefined, kind: TokenKind): Verdict
  /** The same for claims whose signature is not in question; undefined when they are good. */
  checkClaims(claims: Claims): VerdictCode | undefined
}

export interface TokenVerifierNeeds {
  keyring: Pick<Keyring, 'find' | 'onChange'>
  revocations: Pick<RevocationCache, 'ageMs' | 'isRevoked'>
  /** Unix milliseconds, for what tokens say. */
  now: () => number
  /** A clock that never jumps, in ms, for how old our knowledge is. */
  monotonic: () => number
  /** How old the knowledge of revocations may be, in ms. */
  maxStalenessMs: number
  /** The longest a token may live from `iat` to `exp`, in seconds. */
  maxTokenLifetimeS: number
  /** How many verified tokens to keep. */
  cacheSize: number
}

interface CachedToken extends Token {
  /** All of it: what is looked up by its end alone must still be the same from the first byte on. */
  text: string
  verdict: Verdict
}

/** A token's end, most or all of its signature: a whole token is ten times as long to hash, for every request. */
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
 * The one function both processes ask. A verified token is kept by its text, so that its signature is
 * checked once; its times, its session, its user and the age of what we know are checked each time.
 */
export function createTokenVerifier(needs: TokenVerifierNeeds): TokenVerifier {
  const { revocations, now, monotonic, maxStalenessMs, maxTokenLifetimeS } = needs
  const cache = new LRUCache<string, CachedToken>({ max: needs.cacheSize })
  // A retired key's tokens must not live on in here.
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
    // Before the revocations: a hole in what we know must never read as "not revoked".
    if (revocations.ageMs(monotonic()) > maxStalenessMs) return 'cannot_judge'
    return revocations.isRevoked(claims) ? 'token_revoked' : undefined
  }

  return {
    checkClaims,
    verify(text, kind) {
      if (text === undefined) return DENIED.token_missing
      const cached = cache.get(cacheKeyOf(text))
      const token = cached?.text === text ? cached : readAndCache(text)
      if (token === undefined) return DENIED.token_invalid
      const code = checkClaims(token.claims)
      // What has expired is dead whatever its kind; else the kind comes first, as it never changes.
      if (token.kind !== kind && code !== 'token_expired' && code !== 'token_invalid')
        return DENIED.token_wrong_kind
      return code === undefined ? token.verdict : DENIED[code]
    },
  }
}
