import type { Claims } from '../../contract/claims.ts'

/** Who asks, as the token that was judged good says. */
export interface Actor {
  userId: string
  sessionId: string
  claims: Claims
}

export const actorOf = (claims: Claims): Actor => ({ userId: claims.sub, sessionId: claims.sid, claims })
