import { randomBytes } from 'node:crypto'
import type { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL_S } from '../../../contract/stream-ticket.ts'
import type { Actor } from '../actor.ts'

export interface TicketStore {
  /** @throws {Refusal} `unavailable` */
  put(ticket: string, claims: Claims): Promise<void>
}

/** For streams that the API serves; the sidecar redeems the tickets of all others. */
export interface TicketRedeemer {
  /**
   * Returns the claims of the token for which the ticket was issued, and deletes the ticket.
   * @throws {Refusal} `unavailable`
   */
  redeem(ticket: string): Promise<Claims | undefined>
}

/** `ticket` opens one stream once, within `expiresIn` seconds. */
export interface StreamTicket {
  ticket: string
  expiresIn: number
}

export interface StreamTickets {
  /** Issues a ticket that a client without request headers puts into a stream's URL instead of its token. */
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
