import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { AUDIENCE, type Claims, ISSUER, isRoleName, type TokenKind, TYP } from '../../../contract/claims.ts'
import type { Keyring } from '../../../contract/keyring.ts'
import type { Algorithm } from '../../../contract/keys.ts'
import { poll } from '../../../runtime/poll.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { Refusal } from '../refusal.ts'

/** The user and session of a token; further claims that a surface's document promises go into `extraClaims`. */
export type TokenSubject = Pick<Claims, 'sub' | 'sid' | 'gen' | 'role' | 'extension' | 'reach' | 'sxp'>

export interface Tokens {
  /**
   * Signs a token with the newest settled key.
   * @param expiresAt unix seconds
   * @throws {Refusal} `unavailable` while revocations are unknown: a token issued then could be revoked already
   */
  issue(kind: TokenKind, subject: TokenSubject, expiresAt: number, extras?: TokenExtras): Promise<string>
}

export interface TokenExtras {
  /** Of a `media-link`: the file it opens. */
  path?: string
  /** Claims for clients alone: no verdict reads them. */
  extraClaims?: Record<string, unknown>
}

export interface TokensNeeds {
  keyring: Pick<Keyring, 'signing'>
  algorithm: Algorithm
  now: () => number
  /** The earliest `iat` of a valid token, in unix seconds; undefined while revocations are unknown. */
  issuingSince: () => number | undefined
  /** How long to wait for that, in ms. */
  timeoutMs?: number
}

/** 128 random bits as 22 base64url characters: unguessable, but no secret. */
export const newId = () => randomBytes(16).toString('base64url')

/** The revocation stream may be rebuilt right now: a short wait avoids a 503. */
const ISSUE_TIMEOUT_MS = 2_000

export function createTokens(needs: TokensNeeds): Tokens {
  const { keyring, algorithm, now, issuingSince, timeoutMs = ISSUE_TIMEOUT_MS } = needs

  /** @returns the `iat` of a token issued now, in unix seconds, once revocations are known */
  async function untilVerifiable(): Promise<number> {
    const issuableAt = () => {
      const iat = toUnixSeconds(now())
      const since = issuingSince()
      return since !== undefined && iat >= since ? iat : undefined
    }
    const iat = await poll(issuableAt, { everyMs: 50, timeoutMs, now })
    if (iat !== undefined) return iat
    throw new Refusal('unavailable', { detail: 'revocations are unknown just now', retryAfter: 1 })
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
        // A surface may use its document's name of the role, but no other role: see `claims.ts`.
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
