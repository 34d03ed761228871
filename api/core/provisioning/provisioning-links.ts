import { randomBytes } from 'node:crypto'
import type { Claims } from '../../../contract/claims.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { SipCredentialReader, SipCredentials } from './sip-credentials.ts'

export interface LinkTicketStore {
  /** @param ttl seconds. @throws {Refusal} `unavailable` */
  put(ticket: string, claims: Claims, ttl: number): Promise<void>
  /**
   * Returns the claims of a ticket. After the first call the ticket stays valid for `REUSE_GRACE_S`: a client that
   * lost the answer, or came after a link scanner, gets the same again.
   * @throws {Refusal} `unavailable`
   */
  redeem(ticket: string): Promise<Claims | undefined>
}

/**
 * Links that configure a softphone, which has no token yet. A link holds a ticket that works once, for minutes and no
 * longer than the session that issued it.
 */
export interface ProvisioningLinks {
  /**
   * @returns `expiresIn` in seconds
   * @throws {Refusal} as `SipCredentialReader.read`
   */
  issue(actor: Actor): Promise<{ ticket: string; expiresIn: number }>
  /** @throws {Refusal} `not_found` for an unknown, used or expired ticket; `unavailable` */
  redeem(ticket: string): Promise<SipCredentials>
}

export interface ProvisioningLinksNeeds {
  store: LinkTicketStore
  credentials: SipCredentialReader
  verifier: Pick<TokenVerifier, 'checkClaims'>
  now: () => number
}

const LINK_TTL_S = 600
/** How long a redeemed ticket can be redeemed again, in seconds. */
export const REUSE_GRACE_S = 60

export function createProvisioningLinks(needs: ProvisioningLinksNeeds): ProvisioningLinks {
  const { store, credentials, verifier } = needs
  return {
    async issue(actor) {
      // Without credentials a ticket would be wasted: this throws.
      await credentials.read(actor)
      const ticket = randomBytes(32).toString('base64url')
      const left = actor.claims.exp - toUnixSeconds(needs.now())
      const expiresIn = Math.max(1, Math.min(LINK_TTL_S, left))
      await store.put(ticket, actor.claims, expiresIn)
      return { ticket, expiresIn }
    },
    async redeem(ticket) {
      const claims = /^[\w-]{43}$/.test(ticket) ? await store.redeem(ticket) : undefined
      if (claims === undefined || verifier.checkClaims(claims) !== undefined) {
        throw new Refusal('not_found', { detail: 'this link was used, or is too old' })
      }
      return credentials.read({ userId: claims.sub })
    },
  }
}
