import { LRUCache } from 'lru-cache'
import type { Claims, TokenKind } from './claims.ts'
import type { Keyring } from './keys.ts'
import type { RevocationMemory } from './revocation-cache.ts'
import { readToken, type Token } from './token.ts'

/** Why a token does not pass. `cannot_judge` says nothing of the token: ask again later. */
export type VerdictCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_wrong_kind'
  | 'token_expired'
  | 'token_revoked'
  | 'cannot_judge'

export type Verdict = { good: true; claims: Claims } | { good: false; code: VerdictCode }

export interface Judge {
  /** Says whether a token is good for `kind` at this moment. Synchronous, and a look-up for a token seen before. */
  token(text: string | undefined, kind: TokenKind): Verdict
  /** The same for claims whose signature is not in question; undefined when they are good. */
  claims(claims: Claims): VerdictCode | undefined
}

export interface JudgeNeeds {
  keyring: Pick<Keyring, 'find' | 'onChange'>
  revocations: Pick<RevocationMemory, 'ageMs' | 'holdsAgainst'>
  /** Unix milliseconds, for what tokens say. */
  now: () => number
  /** A clock that never jumps, in ms, for how old our knowledge is. */
  monotonic: () => number
  /** How old the knowledge of revocations may be, in ms. */
  maxStalenessMs: number
  /** The longest a token may live from `iat` to `exp`, in seconds. */
  longestLifetime: number
  /** How many verified tokens to keep. */
  cacheSize: number
}

interface Kept extends Token {
  /** All of it: what is looked up by its end alone must still be the same from the first byte on. */
  text: string
  verdict: Verdict
}

/** A token's end, most or all of its signature: a whole token is ten times as long to hash, for every request. */
const shortOf = (text: string) => text.slice(-43)

/** How far another process's clock may run ahead, in seconds. */
const CLOCK_SKEW = 5

const no = (code: VerdictCode): Verdict => Object.freeze({ good: false, code })
const NO: Readonly<Record<VerdictCode, Verdict>> = {
  token_missing: no('token_missing'),
  token_invalid: no('token_invalid'),
  token_wrong_kind: no('token_wrong_kind'),
  token_expired: no('token_expired'),
  token_revoked: no('token_revoked'),
  cannot_judge: no('cannot_judge'),
}

/**
 * The one function both processes ask. A verified token is kept by its text, so that its signature is
 * checked once; its times, its session, its user and the age of what we know are checked each time.
 */
export function createJudge(needs: JudgeNeeds): Judge {
  const { revocations, now, monotonic, maxStalenessMs, longestLifetime } = needs
  const kept = new LRUCache<string, Kept>({ max: needs.cacheSize })
  // A retired key's tokens must not live on in here.
  needs.keyring.onChange(() => kept.clear())

  const read = (text: string) => {
    const token = readToken(text, needs.keyring.find)
    if (token === undefined || token.claims.exp - token.claims.iat > longestLifetime) return undefined
    const keep = { ...token, text, verdict: Object.freeze({ good: true, claims: token.claims }) }
    kept.set(shortOf(text), keep)
    return keep
  }

  const flawOf = (claims: Claims): VerdictCode | undefined => {
    const nowS = now() / 1000
    if (claims.iat > nowS + CLOCK_SKEW || (claims.nbf ?? 0) > nowS + CLOCK_SKEW) return 'token_invalid'
    if (claims.exp <= nowS) return 'token_expired'
    // Before the revocations: a hole in what we know must never read as "not revoked".
    if (revocations.ageMs(monotonic()) > maxStalenessMs) return 'cannot_judge'
    return revocations.holdsAgainst(claims) ? 'token_revoked' : undefined
  }

  return {
    claims: flawOf,
    token(text, kind) {
      if (text === undefined) return NO.token_missing
      const known = kept.get(shortOf(text))
      const token = known?.text === text ? known : read(text)
      if (token === undefined) return NO.token_invalid
      const flaw = flawOf(token.claims)
      // What has expired is dead whatever its kind; else the kind comes first, as it never changes.
      if (token.kind !== kind && flaw !== 'token_expired' && flaw !== 'token_invalid')
        return NO.token_wrong_kind
      return flaw === undefined ? token.verdict : NO[flaw]
    },
  }
}
