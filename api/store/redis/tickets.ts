import type { Redis } from 'ioredis'
import { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL, ticketKey } from '../../../contract/ticket.ts'
import type { TicketStore, TicketTaking } from '../../core/stream-tickets.ts'
import { orUnavailable } from './fault.ts'

/** Tickets and the claims they were bought with; each can be taken once. */
export interface Tickets {
  /** @param ttl seconds */
  put(ticket: string, claims: Claims, ttl: number): Promise<void>
  take(ticket: string): Promise<Claims | undefined>
}

/** @param keyOf holds a hash of the ticket: who reads Redis cannot use it */
export function createTickets(redis: Redis, keyOf: (ticket: string) => string): Tickets {
  return {
    async put(ticket, claims, ttl) {
      await orUnavailable(redis.set(keyOf(ticket), JSON.stringify(claims), 'EX', ttl))
    },
    async take(ticket) {
      const json = await orUnavailable(redis.getdel(keyOf(ticket)))
      return json === null ? undefined : Claims.safeParse(JSON.parse(json)).data
    },
  }
}

export function createTicketStore(redis: Redis): TicketStore & TicketTaking {
  const { put, take } = createTickets(redis, ticketKey)
  return { put: (ticket, claims) => put(ticket, claims, TICKET_TTL), take }
}
