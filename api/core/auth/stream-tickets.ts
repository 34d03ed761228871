import { randomBytes } from 'node:crypto'
import type { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL_S } from '../../../contract/stream-ticket.ts'
import type { Actor } from '../actor.ts'

export interface TicketStore {
  /** @throws {Refusal} `unavailable` */
  put(ticket: string, claims: Claims): Promise<void>
}

/** For streams that end at an API; the others are the sidecar's. */
export interface TicketRedeemer {
  /**
   * What the ticket was bought with, once: after that there is no such ticket.
   * @throws {Refusal} `unavailable`
   */
  redeem(ticket: string): Promise<Claims | undefined>
}

/** `ticket` opens one stream, once, within `expiresIn` seconds. */
export interface StreamTicket {
  ticket: string
  expiresIn: number
}

export interface StreamTickets {
  /** Sells what a client that cannot send headers may put into a stream's address instead of its token. */
  issue(actor: Actor): Promise<StreamTicket>
}

export function createStreamTickets(store: TicketStore): StreamTickets {
  return {
    async issue(actor) {
      const ticket = randomBytes(32).toString('base64url')
      await store.put(ticket, actor.claims)
      return { ticket, expiresIn: TICKET_TTL_S }
    },
  }
}
