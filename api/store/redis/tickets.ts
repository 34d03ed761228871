import type { Redis } from 'ioredis'
import { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL_S, ticketKey } from '../../../contract/stream-ticket.ts'
import type { TicketRedeemer, TicketStore } from '../../core/auth/stream-tickets.ts'
import { orUnavailable } from './errors.ts'

/** Tickets and the claims they were bought with; each can be taken once, or for a grace from the first time on. */
export interface Tickets {
  /** @param ttl seconds */
  put(ticket: string, claims: Claims, ttl: number): Promise<void>
  redeem(ticket: string): Promise<Claims | undefined>
}

/**
 * @param keyOf holds a hash of the ticket: who reads Redis cannot use it
 * @param graceS how long a ticket that was taken can be taken again, in seconds
 */
export function createTickets(redis: Redis, keyOf: (ticket: string) => string, graceS = 0): Tickets {
  async function read(key: string): Promise<string | null> {
    if (graceS === 0) return redis.getdel(key)
    // LT: taking it again does not move the end.
    const [found] = (await redis.multi().get(key).expire(key, graceS, 'LT').exec()) ?? []
    const [err, json] = found ?? [new Error('Redis answered nothing'), null]
    if (err !== null) throw err
    return json as string | null // what GET answers
  }

  return {
    async put(ticket, claims, ttl) {
      await orUnavailable(redis.set(keyOf(ticket), JSON.stringify(claims), 'EX', ttl))
    },
    async redeem(ticket) {
      const json = await orUnavailable(read(keyOf(ticket)))
      return json === null ? undefined : Claims.safeParse(JSON.parse(json)).data
    },
  }
}

export function createStreamTicketStore(redis: Redis): TicketStore & TicketRedeemer {
  const { put, redeem } = createTickets(redis, ticketKey)
  return { put: (ticket, claims) => put(ticket, claims, TICKET_TTL_S), redeem }
}
