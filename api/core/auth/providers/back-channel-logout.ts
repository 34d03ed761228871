import { Refusal } from '../../refusal.ts'
import type { ProviderSessionStore } from '../session-store.ts'
import type { Sessions } from '../sessions.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { providerSource } from './provider-accounts.ts'
import type { ProviderLogouts } from './session-provider.ts'

/** Logout tokens that were used. */
export interface UsedLogoutTokens {
  /** @returns false where it was used before @throws {Refusal} `unavailable` */
  claim(providerId: string, tokenId: string): Promise<boolean>
  /** The token may be sent again: the logout did not succeed. */
  release(providerId: string, tokenId: string): Promise<void>
}

export interface BackChannelLogoutNeeds {
  providers: readonly Pick<IdentityProvider, 'id' | 'verifyLogoutToken'>[]
  usedTokens: UsedLogoutTokens
  logouts: Pick<ProviderLogouts, 'add'>
  sessionStore: ProviderSessionStore
  sessions: Pick<Sessions, 'end'>
  now: () => number
}

export interface BackChannelLogout {
  /**
   * Ends the sessions that were opened through the session, or the person, of a logout token.
   * @returns how many
   * @throws {Refusal} `not_found` without such a provider, `token_invalid`, `unavailable`
   * @see OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.7
   */
  end(providerId: string, token: string, address: string): Promise<number>
}

export function createBackChannelLogout(needs: BackChannelLogoutNeeds): BackChannelLogout {
  const { providers, usedTokens, logouts, sessionStore, sessions, now } = needs
  return {
    async end(providerId, text, address) {
      const provider = providers.find(({ id }) => id === providerId)
      if (provider === undefined) throw new Refusal('not_found', { detail: 'no such provider' })
      const token = await provider.verifyLogoutToken(text)
      if (!(await usedTokens.claim(providerId, token.id)))
        throw new Refusal('token_invalid', { detail: 'the token was used before' })
      try {
        const { subject, sessionId } = token
        const target = { providerId, subject, sessionId }
        // First: a session that opens now is not found by the search, but finds this.
        await logouts.add(target, now())
        let ended = 0
        for (const session of await sessionStore.findByProvider(target)) {
          const by = { reason: 'ended_by_provider' as const, actorId: providerSource(providerId), address }
          await sessions.end(session.userId, session.id, by).then(
            () => {
              ended += 1
            },
            (err) => {
              // It has ended meanwhile.
              if (!(err instanceof Refusal && err.code === 'not_found')) throw err
            },
          )
        }
        return ended
      } catch (err) {
        await usedTokens.release(providerId, token.id)
        throw err
      }
    },
  }
}
