import { sha256 } from '../runtime/hash.ts'

/** The lifetime of a stream ticket, in seconds. It works once. */
export const TICKET_TTL_S = 30

/**
 * The Redis key of a ticket. It holds the ticket's hash, so that a reader of Redis cannot use the ticket. The value is
 * the JSON of the claims that it was issued for; `GETDEL` redeems it, so that it works once.
 */
export const ticketKey = (ticket: string): string => `hookswitch:ticket:${sha256(ticket)}`
