import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { AUDIENCE, type Claims, ISSUER, isRoleName, type TokenKind, TYP } from '../../../contract/claims.ts'
import type { Keyring } from '../../../contract/keyring.ts'
import type { Algorithm } from '../../../contract/keys.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { Refusal } from '../refusal.ts'

/** Whom a token speaks for; what a surface's document promises beyond it goes in `extraClaims`. */
export type TokenSubject = Pick<Claims, 'sub' | 'sid' | 'gen' | 'role' | 'extension' | 'reach' | 'sxp'>

export interface Tokens {
  /**
   * Signs a token with the newest settled key.
   * @param expiresAt unix seconds
   * @throws {Refusal} `unavailable` while revocations are unknown: a token issued then could be born dead
   */
  issue(kind: TokenKind, subject: TokenSubject, expiresAt: number, extras?: TokenExtras): Promise<string>
}

export interface TokenExtras {
  /** Of a `media-link`: the one file it opens. */
  path?: string
  /** Claims nobody here reads. */
  extraClaims?: Record<string, unknown>
}

export interface TokensNeeds {
  keyring: Pick<Keyring, 'signing'>
  algorithm: Algorithm
  now: () => number
  /** Tokens may be issued from this moment (unix seconds) on; undefined while nothing is known. */
  issuingSince: () => number | undefined
  /** How long to wait for that, in ms. */
  timeoutMs?: number
}

/** 128 random bits, 22 base64url characters: cannot be guessed, need not be secret. */
export const newId = () => randomBytes(16).toString('base64url')

/** A log that is just being mended is worth a moment's wait: the alternative is a 503. */
const ISSUE_TIMEOUT_MS = 2_000

export function createTokens(needs: TokensNeeds): Tokens {
  const { keyring, algorithm, now, issuingSince, timeoutMs = ISSUE_TIMEOUT_MS } = needs

  /** @returns unix seconds, at a moment when revocations are known */
  async function untilVerifiable(): Promise<number> {
    const until = now() + timeoutMs
    for (;;) {
      const iat = toUnixSeconds(now())
      const since = issuingSince()
      if (since !== undefined && iat >= since) return iat
      if (now() >= until) {
        throw new Refusal('unavailable', { detail: 'revocations are unknown just now', retryAfter: 1 })
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  return {
    async issue(kind, subject, expiresAt, { path, extraClaims = {} } = {}) {
      const { sub, sid, gen, role, extension, reach, sxp } = subject
      const iat = await untilVerifiable()
      const key = keyring.signing(algorithm, now())
      return new SignJWT({
        ...extraClaims,
        iss: ISSUER,
        aud: AUDIENCE,
        sub,
        sid,
        jti: newId(),
        iat,
        exp: expiresAt,
        gen,
        // A surface may name the role as its document does, and give no other role: see `claims.ts`.
        role: isRoleName(role, extraClaims.role) ? extraClaims.role : role,
        ...(extension === undefined ? {} : { extension }),
        ...(reach === undefined ? {} : { reach }),
        ...(sxp === undefined ? {} : { sxp }),
        ...(path === undefined ? {} : { path }),
      })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: TYP[kind] })
        .sign(key.privateKey)
    },
  }
}
