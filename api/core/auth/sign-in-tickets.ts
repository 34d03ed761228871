import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { SessionProvider } from './providers/session-provider.ts'
import type { User } from './users.ts'

/** A user who was verified, and who opens a session in the next request. */
export const SignInGrant = z.object({
  userId: z.string(),
  /** Of the user when they were verified: a later change of the account outdates the ticket. */
  generation: z.number().int(),
  /** The hash of a secret of the browser that may exchange the ticket; without it, each client may. */
  browser: z.string().optional(),
  provider: SessionProvider.optional(),
  /** When the provider was asked, in ms of the clock here; goes with `provider`. */
  verifiedAt: z.number().optional(),
})
export type SignInGrant = z.infer<typeof SignInGrant>

export interface SignInTicketStore {
  /** @param ttl seconds @throws {Refusal} `unavailable` */
  put(ticket: string, grant: SignInGrant, ttl: number): Promise<void>
  /** Reads and deletes. @throws {Refusal} `unavailable` */
  take(ticket: string): Promise<SignInGrant | undefined>
}

/**
 * Whatever else than a password alone verifies a user (a second factor, a passkey, an OpenID provider) ends with a ticket,
 * which one request of a surface exchanges for a session: `sessionToken` of MikoPBX REST v3, `auth:login`.
 */
export interface SignInTickets {
  /** @returns 64 hexadecimal digits, good once within 60 s @throws {Refusal} `unavailable` */
  issue(
    user: Pick<User, 'id' | 'generation'>,
    about?: Pick<SignInGrant, 'browser' | 'provider' | 'verifiedAt'>,
  ): Promise<string>
  /** @throws {Refusal} `unavailable` */
  redeem(ticket: string): Promise<SignInGrant | undefined>
}

const TTL_S = 60

export function createSignInTickets(store: SignInTicketStore): SignInTickets {
  return {
    async issue({ id, generation }, about = {}) {
      const ticket = randomBytes(32).toString('hex')
      await store.put(ticket, { ...about, userId: id, generation }, TTL_S)
      return ticket
    },
    redeem: async (ticket) => (/^[0-9a-f]{64}$/.test(ticket) ? store.take(ticket) : undefined),
  }
}
