import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type {
  AuthorizationRequest,
  IdentityProvider,
} from '../../../api/core/auth/providers/identity-provider.ts'
import { createOpenIdProvider } from '../../../api/openid/openid-provider.ts'
import { browseTo } from '../../support/openid/browse.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OpenIdServer,
  startOpenIdServer,
} from '../../support/openid/openid-server.ts'

const redirectUri = 'http://127.0.0.1/callback'
const text = () => randomBytes(32).toString('base64url')
/** Replaces `now+20` by that time: a test may begin long after the file was read. */
const atNow = (claims: object): object =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => {
      const [, offset] = /^now([+-]\d+)$/.exec(String(value)) ?? []
      return [name, offset === undefined ? value : Math.floor(Date.now() / 1000) + Number(offset)]
    }),
  )

describe('an OpenID provider', () => {
  let server: OpenIdServer
  let provider: IdentityProvider
  beforeAll(async () => {
    server = await startOpenIdServer({ redirectUri, logoutUri: 'http://127.0.0.1/logout' })
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    Object.assign(server, { hangs: undefined, denies: false })
    server.changeIdToken = (claims) => claims
    server.changeRedirect = () => {}
    server.person = {
      sub: 'person-1',
      preferred_username: 'anna',
      name: 'Anna Berg',
      email: 'anna@example.org',
      email_verified: true,
      phone_extension: 1001,
      groups: ['sales', 'pbx-admins'],
    }
    provider = newProvider()
  })

  const newProvider = (changes: object = {}) =>
    createOpenIdProvider({
      id: 'corp',
      name: 'Corp',
      issuer: server.issuer,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      privateKey: undefined,
      scopes: ['openid', 'profile', 'email'],
      claims: {
        username: 'preferred_username',
        email: 'email',
        displayName: 'name',
        extension: 'phone_extension',
        groups: 'groups',
      },
      rules: { createAccounts: true, requiredGroup: undefined, roles: undefined },
      allowHttp: true,
      timeoutS: 20,
      keyCooldownMs: 0,
      ...changes,
    })

  async function begin(): Promise<{ request: AuthorizationRequest; callback: string }> {
    const request = { redirectUri, state: text(), nonce: text(), codeVerifier: text() }
    const url = await provider.authorizationUrl(request)
    return { request, callback: (await browseTo(url, redirectUri)).href }
  }
  async function signIn() {
    const { request, callback } = await begin()
    return provider.exchange(callback, request)
  }
  const failsAs = (reason: string) => expect(signIn()).rejects.toMatchObject({ reason })

  test('gives the claims of a person, from the ID token and the user info', async () => {
    expect(await signIn()).toEqual({
      subject: 'person-1',
      sessionId: expect.any(String),
      username: 'anna',
      email: 'anna@example.org',
      displayName: 'Anna Berg',
      extension: '1001',
      groups: ['sales', 'pbx-admins'],
    })
  })

  test.each([[false], ['true'], [undefined]])(
    'an address with email_verified %j is no address',
    async (mark) => {
      server.person = { ...server.person, email_verified: mark }
      expect((await signIn()).email).toBeNull()
    },
  )

  test('the keys are fetched again after a rotation', async () => {
    await signIn()
    await server.rotateKeys()
    expect((await signIn()).subject).toBe('person-1')
  })

  test('an unknown key causes no fetch within the cooldown, and is refused', async () => {
    provider = newProvider({ keyCooldownMs: 60_000 })
    await signIn()
    const fetches = server.keyFetches
    await server.rotateKeys()
    await failsAs('refused')
    await failsAs('refused')
    expect(server.keyFetches).toBe(fetches)
  })

  test.each([
    ['expired beyond the tolerance', { exp: 'now-45' }],
    ['of another issuer', { iss: 'https://other.example.org' }],
    ['for another client', { aud: 'other' }],
    ['for several clients, without azp', { aud: [CLIENT_ID, 'other'] }],
    ['for several clients, authorized for another', { aud: [CLIENT_ID, 'other'], azp: 'other' }],
    ['with the nonce of another sign-in', { nonce: text() }],
    ['without a sub that can be stored', { sub: 'a\u0000b' }],
    ['not valid yet, beyond the tolerance', { nbf: 'now+90' }],
  ])('refuses an ID token: %s', async (_, changes) => {
    server.changeIdToken = (claims) => ({ ...claims, ...atNow(changes) })
    await failsAs('refused')
  })

  test.each([
    ['behind', { iat: 'now-20', exp: 'now-10' }],
    ['ahead', { iat: 'now+20', nbf: 'now+20' }],
  ])('accepts the ID token of a clock that is a little %s', async (_, changes) => {
    server.changeIdToken = (claims) => ({ ...claims, ...atNow(changes) })
    expect((await signIn()).subject).toBe('person-1')
  })

  test('refuses an ID token with the signature of another key', async () => {
    const { sign } = server
    server.sign = (claims) => sign(claims, { foreign: true })
    await failsAs('refused').finally(() => {
      server.sign = sign
    })
  })

  test('refuses a code that was used', async () => {
    const { request, callback } = await begin()
    await provider.exchange(callback, request)
    await expect(provider.exchange(callback, request)).rejects.toMatchObject({ reason: 'refused' })
  })

  test('refuses a code with the verifier of another browser', async () => {
    const { request, callback } = await begin()
    const other = { ...request, codeVerifier: text() }
    await expect(provider.exchange(callback, other)).rejects.toMatchObject({ reason: 'refused' })
  })

  test.each([
    [
      'the issuer of another provider (RFC 9207)',
      (url: URL) => url.searchParams.set('iss', 'https://other.example'),
    ],
    ['no issuer, although the provider names it', (url: URL) => url.searchParams.delete('iss')],
    ['another state', (url: URL) => url.searchParams.set('state', text())],
    ['two states', (url: URL) => url.searchParams.append('state', text())],
  ])('refuses an answer with %s', async (_, change) => {
    server.changeRedirect = change
    await failsAs('refused')
  })

  test('a denied sign-in is no failure of the provider', async () => {
    server.denies = true
    await failsAs('denied')
  })

  test.each([['/token'], ['/jwks'], ['/me']])('a provider that hangs at %s is away', async (path) => {
    provider = newProvider({ timeoutS: 2 })
    server.hangs = new RegExp(`^${path}`)
    await failsAs('unavailable')
  })

  test('a provider that hangs before the sign-in is away, and used again once it answers', async () => {
    provider = newProvider({ timeoutS: 2 })
    server.hangs = /./
    const request = { redirectUri, state: text(), nonce: text(), codeVerifier: text() }
    await expect(provider.authorizationUrl(request)).rejects.toMatchObject({ reason: 'unavailable' })
    server.hangs = undefined
    expect((await signIn()).subject).toBe('person-1')
  })

  test('a wrong secret of the client is the installation’s fault, and no refusal of the person', async () => {
    provider = newProvider({ clientSecret: 'wrong' })
    await failsAs('unavailable')
  })

  describe('logout tokens', () => {
    const verify = async (changes: object, about?: { typ?: string; foreign?: boolean }) =>
      provider.verifyLogoutToken(await server.logoutToken({ sub: 'person-1', ...atNow(changes) }, about))

    test('gives the person and the session', async () => {
      expect(await verify({ sid: 's1', jti: 'j1' })).toEqual({
        id: 'j1',
        subject: 'person-1',
        sessionId: 's1',
      })
    })
    test('the type of the token may be missing', async () => {
      expect(await verify({}, {})).toMatchObject({ subject: 'person-1' })
    })
    test.each([
      ['another issuer', { iss: 'https://other.example.org' }],
      ['another client', { aud: 'other' }],
      ['a nonce, as an ID token has', { nonce: 'n' }],
      ['no event', { events: {} }],
      ['another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
      ['events that are a text', { events: 'http://schemas.openid.net/event/backchannel-logout' }],
      ['no id', { jti: undefined }],
      ['no time', { iat: undefined }],
      ['an old time', { iat: 'now-200', exp: 'now+100' }],
      ['an expiry that has passed', { exp: 'now-40' }],
      ['neither person nor session', { sub: undefined }],
      ['a session that is no text', { sid: 7 }],
    ])('refuses one with %s', async (_, changes) => {
      await expect(verify(changes)).rejects.toMatchObject({ code: 'token_invalid' })
    })
    test('refuses one with the signature of another key, or the type of another token', async () => {
      await expect(verify({}, { foreign: true })).rejects.toMatchObject({ code: 'token_invalid' })
      await expect(verify({}, { typ: 'at+jwt' })).rejects.toMatchObject({ code: 'token_invalid' })
      await expect(provider.verifyLogoutToken('x')).rejects.toMatchObject({ code: 'token_invalid' })
    })
    test('refuses one without a signature', async () => {
      const [, payload] = (await server.logoutToken({ sub: 'person-1' })).split('.')
      const header = Buffer.from('{"alg":"none"}').toString('base64url')
      await expect(provider.verifyLogoutToken(`${header}.${payload}.`)).rejects.toMatchObject({
        code: 'token_invalid',
      })
    })
    test('is not judged while the keys cannot be fetched', async () => {
      provider = newProvider({ timeoutS: 2 })
      server.hangs = /^\/jwks/
      await expect(verify({})).rejects.toMatchObject({ code: 'unavailable' })
    })
  })
})
