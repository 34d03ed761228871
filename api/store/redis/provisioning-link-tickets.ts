import type { Redis } from 'ioredis'
import { sha256 } from '../../../runtime/hash.ts'
import { type LinkTicketStore, REUSE_GRACE_S } from '../../core/provisioning/provisioning-links.ts'
import { createTickets } from './tickets.ts'

export const createProvisioningLinkTickets = (redis: Redis): LinkTicketStore =>
  createTickets(redis, keyOf, REUSE_GRACE_S)

const keyOf = (ticket: string) => `hookswitch:sip-link:${sha256(ticket)}`
