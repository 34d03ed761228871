import type { Redis } from 'ioredis'
import { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL, ticketKey } from '../../../contract/ticket.ts'
import type { TicketStore, TicketTaking } from '../../core/stream-tickets.ts'
import { orUnavailable } from './fault.ts'

export function createTicketStore(redis: Redis): TicketStore & TicketTaking {
  return {
    async put(ticket, claims) {
      await orUnavailable(redis.set(ticketKey(ticket), JSON.stringify(claims), 'EX', TICKET_TTL))
    },
    async take(ticket) {
      const json = await orUnavailable(redis.getdel(ticketKey(ticket)))
      return json === null ? undefined : Claims.safeParse(JSON.parse(json)).data
    },
  }
}
