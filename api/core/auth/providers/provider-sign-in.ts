import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { sha256 } from '../../../../runtime/hash.ts'
import { Refusal } from '../../refusal.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import type { SecurityLog } from '../security-log.ts'
import type { SignInTickets } from '../sign-in-tickets.ts'
import { type IdentityProvider, SignInFailure } from './identity-provider.ts'
import type { ProviderAccounts } from './provider-accounts.ts'

/** A sign-in that has begun and has no answer yet. */
export const PendingSignIn = z.object({
  providerId: z.string(),
  /** Of the browser that began it: see `SignInGrant`. */
  browser: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
})
export type PendingSignIn = z.infer<typeof PendingSignIn>

export interface PendingSignIns {
  /** @param ttl seconds @throws {Refusal} `unavailable` */
  put(state: string, pending: PendingSignIn, ttl: number): Promise<void>
  /** Reads and deletes. @throws {Refusal} `unavailable` */
  take(state: string): Promise<PendingSignIn | undefined>
}

/** How long a person may take at the provider, in seconds. */
export const PENDING_TTL_S = 600

/** A client of a sign-in. */
export interface SignInClient {
  /** The hash of a secret that only this browser has. */
  browser: string
  address: string
}

/** Signs people in through OpenID providers: authorization code with PKCE, bound to the browser that began. */
export interface ProviderSignIn {
  /** What a sign-in page offers. */
  providers: readonly Pick<IdentityProvider, 'id' | 'name'>[]
  /**
   * @param returnTo a path of the console, for after the sign-in; any other text is replaced by the start page
   * @returns the URL of the provider
   * @throws {Refusal} `not_found`, `throttled` @throws {SignInFailure} `unavailable`
   */
  start(providerId: string, client: SignInClient, returnTo: string): Promise<string>
  /**
   * @param query of the provider's answer
   * @returns a sign-in ticket of this browser alone
   * @throws {Refusal} `not_found` @throws {SignInFailure}
   */
  finish(
    providerId: string,
    client: SignInClient,
    query: URLSearchParams,
  ): Promise<{ ticket: string; returnTo: string }>
}

export interface ProviderSignInNeeds {
  providers: readonly IdentityProvider[]
  /** The URL of this server, without a slash at the end. */
  baseUrl: string
  pending: PendingSignIns
  accounts: ProviderAccounts
  tickets: Pick<SignInTickets, 'issue'>
  /** Each start stores a value. */
  throttle: RateLimiter
  securityLog: SecurityLog
  now: () => number
}

export function createProviderSignIn(needs: ProviderSignInNeeds): ProviderSignIn {
  const { providers, baseUrl, pending, accounts, tickets, throttle, securityLog, now } = needs

  function requireProvider(id: string): IdentityProvider {
    const provider = providers.find((one) => one.id === id)
    if (provider === undefined) throw new Refusal('not_found', { detail: 'no such provider' })
    return provider
  }
  const redirectUriOf = (id: string) => `${baseUrl}/api/v1/sign-in/providers/${id}/callback`

  async function finish(
    provider: IdentityProvider,
    { browser, address }: SignInClient,
    query: URLSearchParams,
  ): Promise<{ ticket: string; returnTo: string }> {
    const state = query.getAll('state').length === 1 ? (query.get('state') ?? '') : ''
    const began = /^[\w-]{43}$/.test(state) ? await pending.take(state) : undefined
    if (began === undefined) throw new SignInFailure('expired', 'the state is unknown, used or too old')
    // RFC 9700 §4.4: the answer of one provider must not end a sign-in at another one.
    if (began.providerId !== provider.id)
      throw new SignInFailure('refused', 'the state belongs to a sign-in at another provider')
    if (began.browser !== browser)
      throw new SignInFailure('expired', 'the state belongs to a sign-in in another browser')
    const redirectUri = redirectUriOf(provider.id)
    const verifiedAt = now()
    const identity = await provider.exchange(`${redirectUri}?${query}`, {
      redirectUri,
      state,
      nonce: began.nonce,
      codeVerifier: began.codeVerifier,
    })
    const user = await accounts.resolve(provider, identity, address)
    const ticket = await tickets.issue(user, {
      browser,
      verifiedAt,
      provider: { id: provider.id, subject: identity.subject, sessionId: identity.sessionId },
    })
    return { ticket, returnTo: began.returnTo }
  }

  return {
    providers: providers.map(({ id, name }) => ({ id, name })),
    async start(providerId, { browser, address }, returnTo) {
      const provider = requireProvider(providerId)
      await throttle.consume(address)
      const [state, nonce, codeVerifier] = [randomText(), randomText(), randomText()]
      const request = { redirectUri: redirectUriOf(provider.id), state, nonce, codeVerifier }
      const url = await provider.authorizationUrl(request)
      const began = { providerId, browser, nonce, codeVerifier, returnTo: toConsolePath(returnTo) }
      await pending.put(state, began, PENDING_TTL_S)
      return url
    },
    async finish(providerId, client, query) {
      const provider = requireProvider(providerId)
      return finish(provider, client, query).catch((err) => {
        if (err instanceof SignInFailure && err.reason !== 'unavailable') {
          securityLog.write({
            event: 'authn_provider_login_fail',
            provider: provider.id,
            reason: err.reason,
            changes: err.message.slice(0, 200),
            address: client.address,
          })
        }
        throw err
      })
    },
  }
}

/** 43 base64url characters: 256 random bits. */
const randomText = () => randomBytes(32).toString('base64url')

/** The S256 challenge of a verifier (RFC 7636 §4.2). */
export const codeChallengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url')

/** The hash of a browser's secret. The name of its cookie is part of it: another cookie is another secret. */
export const browserHashOf = (cookieName: string, secret: string): string => sha256(`${cookieName}=${secret}`)

/** Only a path of the console, so that the sign-in leads to no other site. */
export const toConsolePath = (text: string): string =>
  /^\/console\/(?!\/)[\w\-./?=&%+~:]{0,500}$/.test(text) && !/\/\/|\/\.\.?(\/|$|\?)|%2f|%5c|%2e/i.test(text)
    ? text
    : '/console/'
