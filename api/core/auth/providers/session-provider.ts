import { z } from 'zod'

/** The session at a provider through which a session here was opened. */
export const SessionProvider = z.object({
  id: z.string(),
  /** `sub` */
  subject: z.string(),
  /** `sid`; null where the provider names none. */
  sessionId: z.string().nullable(),
})
export type SessionProvider = z.infer<typeof SessionProvider>

/** Which sessions a provider ends: of one session there, or of a person. */
export interface ProviderLogoutTarget {
  providerId: string
  subject: string | null
  sessionId: string | null
}

/**
 * Logouts of the last minutes. A ticket that is exchanged while the logout arrives opens a session that the logout did
 * not find: the exchange finds the logout here.
 */
export interface ProviderLogouts {
  /** @throws {Refusal} `unavailable` */
  add(target: ProviderLogoutTarget, atMs: number): Promise<void>
  /**
   * Whether the provider has ended the session since the person was verified.
   * @param verifiedAtMs of the clock here, before the provider was asked
   * @throws {Refusal} `unavailable`
   */
  hasEnded(provider: SessionProvider, verifiedAtMs: number): Promise<boolean>
}
