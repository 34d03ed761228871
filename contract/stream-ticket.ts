import { sha256 } from '../runtime/hash.ts'

/** How long a stream ticket may be used, in seconds; once, and then never again. */
export const TICKET_TTL_S = 30

/**
 * Where a ticket waits in Redis, under its hash: who reads Redis cannot use it. The value is the JSON of
 * the claims it was bought with; `GETDEL` takes it, so that it counts once.
 */
export const ticketKey = (ticket: string): string => `hookswitch:ticket:${sha256(ticket)}`
