import type { Claims } from '../../contract/claims.ts'

/** The user of a request, from the claims of its verified token. */
export interface Actor {
  userId: string
  sessionId: string
  claims: Claims
}

export const actorOf = (claims: Claims): Actor => ({ userId: claims.sub, sessionId: claims.sid, claims })
