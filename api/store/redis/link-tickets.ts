import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { Claims } from '../../../contract/claims.ts'
import type { LinkTicketStore } from '../../core/onboarding/links.ts'
import { orUnavailable } from './fault.ts'

/** Under their hashes: who reads Redis cannot use them. */
export function createLinkTickets(redis: Redis): LinkTicketStore {
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

const keyOf = (ticket: string) =>
  `hookswitch:sip-link:${createHash('sha256').update(ticket).digest('base64url')}`
