import type { Actor } from '../actor.ts'

/** Tells every sidecar how long a session's open streams may go on. */
export interface RenewalSpreader {
  /** @throws {Refusal} `unavailable` */
  spread(renewal: { sessionId: string; until: number }): Promise<void>
}

export interface StreamRenewal {
  /**
   * Lets all open streams of the actor's session go on until the token they now use expires.
   * @returns that moment, in unix seconds
   */
  renew(actor: Actor): Promise<number>
}

export function createStreamRenewal(spreader: RenewalSpreader): StreamRenewal {
  return {
    async renew({ sessionId, claims }) {
      await spreader.spread({ sessionId, until: claims.exp })
      return claims.exp
    },
  }
}
