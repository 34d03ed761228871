import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { GRACE_S, type LinkTicketStore } from '../../core/provisioning/provisioning-links.ts'
import { createTickets } from './tickets.ts'

export const createLinkTickets = (redis: Redis): LinkTicketStore => createTickets(redis, keyOf, GRACE_S)

const keyOf = (ticket: string) =>
  `hookswitch:sip-link:${createHash('sha256').update(ticket).digest('base64url')}`
