import type { Redis } from 'ioredis'
import { Claims } from '../../../contract/claims.ts'
import { TICKET_TTL_S, ticketKey } from '../../../contract/stream-ticket.ts'
import type { TicketRedeemer, TicketStore } from '../../core/auth/stream-tickets.ts'
import { orUnavailable } from './errors.ts'

/** Tickets with the claims of their tokens. Each can be redeemed once, or repeatedly within a grace period. */
export interface Tickets {
  /** @param ttl seconds */
  put(ticket: string, claims: Claims, ttl: number): Promise<void>
  redeem(ticket: string): Promise<Claims | undefined>
}

/**
 * @param keyOf contains a hash of the ticket, so that a reader of Redis cannot use it
 * @param graceS how long after its first use a ticket can be redeemed again, in seconds
 */
export function createTickets(redis: Redis, keyOf: (ticket: string) => string, graceS = 0): Tickets {
  async function read(key: string): Promise<string | null> {
    if (graceS === 0) return redis.getdel(key)
    // LT: another use does not extend the grace period.
    const [found] = (await redis.multi().get(key).expire(key, graceS, 'LT').exec()) ?? []
    const [err, json] = found ?? [new Error('Redis answered nothing'), null]
    if (err !== null) throw err
    return json as string | null // what GET returns
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
