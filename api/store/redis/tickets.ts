import type { Redis } from 'ioredis'
import { TICKET_TTL, ticketKey } from '../../../contract/ticket.ts'
import type { TicketStore } from '../../core/stream-tickets.ts'
import { orUnavailable } from './fault.ts'

export function createTicketStore(redis: Redis): TicketStore {
  return {
    async put(ticket, claims) {
      await orUnavailable(redis.set(ticketKey(ticket), JSON.stringify(claims), 'EX', TICKET_TTL))
    },
  }
}
