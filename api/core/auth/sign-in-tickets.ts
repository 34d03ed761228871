import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { passwordMarkOf } from './password-mark.ts'
import { SessionProvider } from './providers/session-provider.ts'
import type { User } from './users.ts'

/** A user who was verified, and who opens a session in the next request. */
export const SignInGrant = z.object({
  userId: z.string(),
  /** Of the user when they were verified: a later change of the account outdates the ticket. */
  generation: z.number().int(),
  /** `passwordMarkOf` the user then. */
  passwordMark: z.string(),
  /** A password alone was verified, which has to suffice still when the ticket is exchanged. */
  isPasswordAlone: z.boolean().optional(),
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
    user: Pick<User, 'id' | 'generation' | 'passwordHash'>,
    about?: Pick<SignInGrant, 'browser' | 'isPasswordAlone' | 'provider' | 'verifiedAt'>,
  ): Promise<string>
  /** @throws {Refusal} `unavailable` */
  redeem(ticket: string): Promise<SignInGrant | undefined>
}

const TTL_S = 60

/** What later proves that the account is as it was verified. */
export const grantFor = (user: Pick<User, 'id' | 'generation' | 'passwordHash'>) => ({
  userId: user.id,
  generation: user.generation,
  passwordMark: passwordMarkOf(user),
})

export function createSignInTickets(store: SignInTicketStore): SignInTickets {
  return {
    async issue(user, about = {}) {
      const ticket = randomBytes(32).toString('hex')
      await store.put(ticket, { ...about, ...grantFor(user) }, TTL_S)
      return ticket
    },
    redeem: async (ticket) => (/^[0-9a-f]{64}$/.test(ticket) ? store.take(ticket) : undefined),
  }
}
