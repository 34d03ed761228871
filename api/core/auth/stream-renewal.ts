import type { Actor } from '../actor.ts'

/** Publishes to every sidecar how long a session's open streams may go on. */
export interface StreamRenewalPublisher {
  /** @throws {Refusal} `unavailable` */
  publish(renewal: { sessionId: string; until: number }): Promise<void>
}

export interface StreamRenewal {
  /**
   * Lets all open streams of the actor's session go on until the token of this request expires.
   * @returns that time, in unix seconds
   */
  renew(actor: Actor): Promise<number>
}

export function createStreamRenewal(publisher: StreamRenewalPublisher): StreamRenewal {
  return {
    async renew({ sessionId, claims }) {
      await publisher.publish({ sessionId, until: claims.exp })
      return claims.exp
    },
  }
}
