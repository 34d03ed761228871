import type { Claims } from '../../contract/claims.ts'
import type { ServiceToken } from '../../contract/service-token.ts'

/** The user of a request, from the claims of its verified token. */
export interface Actor {
  userId: string
  sessionId: string
  claims: Claims
  /** The service token of a program, which has no user: see `auth/service-actor.ts`. */
  service?: ServiceToken
}

export const actorOf = (claims: Claims): Actor => ({ userId: claims.sub, sessionId: claims.sid, claims })
