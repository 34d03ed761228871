import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { User } from '../../../../api/core/auth/users.ts'
import { createProvisioningLinks } from '../../../../api/core/provisioning/provisioning-links.ts'
import type { SipCredentials } from '../../../../api/core/provisioning/sip-credentials.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { linphoneConfig } from '../../../../api/http/onboarding/linphone-config.ts'
import { createOnboardingRoutes, type OnboardingRoutesNeeds } from '../../../../api/http/onboarding/routes.ts'
import type { Claims } from '../../../../contract/claims.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../../../contract/verdict.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'

const nowS = Math.floor(Date.now() / 1000)
const key = newKey('HS256', 'kid-1')
const anna: User = {
  id: '1',
  username: 'usuario@ejemplo.com',
  email: 'usuario@ejemplo.com',
  extension: null,
  role: 'user',
  team: null,
  passwordHash: 'secret hash',
  disabled: false,
  generation: 0,
  revision: 0,
  createdAt: 1_736_937_000,
}
const sip: SipCredentials = {
  username: '1000',
  authUsername: '1000',
  password: 'aB3dEf6gH9jK',
  domain: 'pbx.tudominio.com',
  port: 5060,
  transport: 'udp',
  displayName: 'usuario',
}
const tokenOf = (changes: NonNullable<Parameters<typeof mint>[2]> = {}) =>
  mint(key, nowS, { ...changes, claims: { sub: '1', sid: 's', exp: nowS + 3_600, ...changes.claims } })

/** The routes with a real token verifier and in-memory stubs of the core's services. */
function createRoutesFixture(difference: Partial<OnboardingRoutesNeeds> = {}) {
  const revocations = createRevocationCache()
  revocations.markFresh(Number.MAX_SAFE_INTEGER, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => (kid === key.kid ? key : undefined), onChange: () => () => {} },
    revocations,
    now: Date.now,
    monotonic: () => performance.now(),
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 90_000,
    cacheSize: 100,
  })
  const asked: unknown[] = []
  const tickets = new Map<string, Claims>()
  const credentials = { read: async () => sip }
  const lines: string[] = []
  const needs: OnboardingRoutesNeeds = {
    guard: createGuard(verifier),
    login: {
      async login({ username, password }) {
        asked.push(['login', username])
        if (password !== 'secreto123') throw new Refusal('credentials_wrong')
        const opened = { sessionId: 's', username, refreshToken: 'never shown', remember: false }
        return { ...opened, accessToken: 'a.b.c', expiresIn: 3_600 }
      },
    },
    registration: {
      async register(request) {
        asked.push(request)
        return { user: anna, extension: '1000', isReady: true }
      },
    },
    credentials,
    links: createProvisioningLinks({
      store: {
        put: async (ticket, claims) => void tickets.set(ticket, claims),
        async redeem(ticket) {
          const claims = tickets.get(ticket)
          tickets.delete(ticket)
          return claims
        },
      },
      credentials,
      verifier,
      now: Date.now,
    }),
    publicUrlSettings: {
      publicUrl: undefined,
      appUrl: '',
      allowedOrigins: ['https://voice.example.org:8080'],
    },
    qrDataUri: (text) => `data:drawn,${text}`,
    log: createLog('test', 'debug', { write: (line) => void lines.push(line) }),
    ...difference,
  }
  const app = createOnboardingRoutes(needs)

  interface Ask {
    token?: string
    json?: unknown
    body?: string
    headers?: Record<string, string>
  }
  async function ask(method: string, path: string, { token, json, body, headers }: Ask = {}) {
    const sent = body ?? (json === undefined ? undefined : JSON.stringify(json))
    const res = await app.request(path, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
        Host: 'voice.example.org:8080',
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const text = await res.text()
    const isJson = res.headers.get('content-type')?.includes('json') === true
    return { status: res.status, headers: res.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }
  return { ask, asked, revocations, lines }
}
const refusing = (code: ConstructorParameters<typeof Refusal>[0], about = {}) => ({
  registration: {
    async register() {
      throw new Refusal(code, about)
    },
  },
})
const good = { email: 'usuario@ejemplo.com', password: 'secreto123' }

describe('POST /auth/register', () => {
  test('answers as the document shows it', async () => {
    const { ask, asked } = createRoutesFixture()
    const res = await ask('POST', '/auth/register', { json: good, headers: { 'X-Real-IP': '192.0.2.1' } })
    expect([res.status, res.body]).toEqual([
      201,
      {
        id: 1,
        email: 'usuario@ejemplo.com',
        sip_extension: '1000',
        is_active: true,
        created_at: '2025-01-15T10:30:00Z',
      },
    ])
    expect(asked).toEqual([{ ...good, address: '192.0.2.1' }])
  })

  test('has is_active false while the extension is being created', async () => {
    const register = async () => ({ user: anna, extension: '1000', isReady: false })
    const { ask } = createRoutesFixture({ registration: { register } })
    expect((await ask('POST', '/auth/register', { json: good })).body).toMatchObject({ is_active: false })
  })

  test.each([
    ['no address', { password: good.password }, 'email'],
    ['an invalid address', { ...good, email: 'usuario' }, 'email'],
    ['an address with a line break', { ...good, email: 'a@b.example\r\nEvil: x' }, 'email'],
    ['no password', { email: good.email }, 'password'],
    ['a password of 7 characters', { ...good, password: '1234567' }, 'password'],
    ['a number as password', { ...good, password: 12_345_678 }, 'password'],
    ['an object as invitation', { ...good, invitation: {} }, 'invitation'],
  ])('answers %s with the member’s location and without the sent value', async (_, json, member) => {
    const { ask, asked } = createRoutesFixture()
    const { status, body, text } = await ask('POST', '/auth/register', { json })
    expect([status, asked]).toEqual([422, []])
    expect(body).toEqual({
      detail: [{ loc: ['body', member], msg: expect.any(String), type: expect.any(String) }],
    })
    expect(text).not.toMatch(/secreto|1234567|Evil/)
  })

  test.each([
    ['malformed JSON', '{'],
    ['a list', '[]'],
    ['an empty body', ''],
  ])('answers %s with 422', async (_, body) => {
    const { status, body: answer } = await createRoutesFixture().ask('POST', '/auth/register', { body })
    expect([status, answer]).toEqual([422, { detail: [expect.objectContaining({ loc: ['body'] })] }])
  })

  test.each([
    ['taken', { detail: 'username' }, 409, 'Email already registered'],
    ['forbidden', { detail: 'registration is closed' }, 403, 'registration is closed'],
    ['throttled', { retryAfter: 7 }, 429, 'Too many attempts, try again later'],
    ['unavailable', { detail: 'no provisioner is set up' }, 503, 'no provisioner is set up'],
    ['internal', { detail: 'at line 7' }, 500, 'Internal Server Error'],
  ] as const)('has a text for the refusal %s', async (code, about, status, detail) => {
    const res = await createRoutesFixture(refusing(code, about)).ask('POST', '/auth/register', { json: good })
    expect([res.status, res.body]).toEqual([status, { detail }])
  })
})

describe('POST /auth/login', () => {
  test('returns a bearer token and no refresh token', async () => {
    const { status, body } = await createRoutesFixture().ask('POST', '/auth/login', { json: good })
    expect([status, body]).toEqual([200, { access_token: 'a.b.c', token_type: 'bearer', expires_in: 3_600 }])
  })

  test('answers a wrong password with 401 and WWW-Authenticate', async () => {
    const res = await createRoutesFixture().ask('POST', '/auth/login', {
      json: { ...good, password: 'wrong' },
    })
    expect([res.status, res.body]).toEqual([401, { detail: 'Incorrect email or password' }])
    expect(res.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
  })

  test('answers an empty password with 422', async () => {
    const { status } = await createRoutesFixture().ask('POST', '/auth/login', {
      json: { ...good, password: '' },
    })
    expect(status).toBe(422)
  })
})

describe('routes with a token', () => {
  const ROUTES = [
    ['GET', '/sip/credentials'],
    ['POST', '/sip/provisioning-links'],
  ] as const

  test.each(ROUTES)('refuse a request without one: %s %s', async (method, path) => {
    const { status, body, headers } = await createRoutesFixture().ask(method, path)
    expect([status, body]).toEqual([401, { detail: 'Not authenticated' }])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test.each([
    ['nonsense', 'a.b.c'],
    ['an expired token', tokenOf({ claims: { iat: 1, exp: 2 } })],
    ['a refresh token', tokenOf({ header: { typ: 'rt+jwt' } })],
  ])('refuse %s with the same text', async (_, token) => {
    const { status, body, headers } = await createRoutesFixture().ask('GET', '/sip/credentials', { token })
    expect([status, body]).toEqual([401, { detail: 'Could not validate credentials' }])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('GET /sip/credentials answers as the document shows it', async () => {
    const { status, body } = await createRoutesFixture().ask('GET', '/sip/credentials', { token: tokenOf() })
    expect([status, body]).toEqual([
      200,
      {
        username: '1000',
        password: 'aB3dEf6gH9jK',
        domain: 'pbx.tudominio.com',
        port: 5060,
        transport: 'udp',
        display_name: 'usuario',
        auth_username: '1000',
      },
    ])
  })

  test('GET /sip/credentials answers 503 with Retry-After while the extension is being created', async () => {
    const credentials = {
      async read() {
        throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
      },
    }
    const res = await createRoutesFixture({ credentials }).ask('GET', '/sip/credentials', {
      token: tokenOf(),
    })
    expect([res.status, res.body]).toEqual([503, { detail: 'the extension is being made' }])
    expect(res.headers.get('retry-after')).toBe('5')
  })
})

describe('a provisioning link', () => {
  const issueLink = async (world: ReturnType<typeof createRoutesFixture>, headers = {}) =>
    (await world.ask('POST', '/sip/provisioning-links', { token: tokenOf(), headers })).body
  const pathOf = (url: string) => url.slice(url.indexOf('/sip/'))

  test('has the host of the request and comes with a QR code', async () => {
    const world = createRoutesFixture()
    const { url, expires_in, qr } = await issueLink(world)
    expect(url).toMatch(/^http:\/\/voice\.example\.org:8080\/sip\/provisioning\.xml\?ticket=[\w-]{43}$/)
    expect([expires_in, qr]).toEqual([600, `data:drawn,${url}`])
    expect((await issueLink(world, { 'X-Forwarded-Proto': 'https' })).url).toMatch(/^https:/)
  })

  const place = { publicUrl: undefined, appUrl: '', allowedOrigins: [] }
  test.each([
    ['the public URL', { publicUrl: 'https://v.example/sub/' }, 'evil.example', 'https://v.example/sub'],
    ['the URL of the app', { appUrl: 'https://app.example/crm' }, 'evil.example', 'https://app.example'],
    ['this machine', {}, '127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['this machine', {}, 'localhost:8080', 'http://localhost:8080'],
    ['this machine', { appUrl: 'http://127.0.0.1:8080' }, '[::1]:8080', 'http://[::1]:8080'],
  ])('has the base URL of %s: %j', async (_, settings, host, base) => {
    const { url } = await issueLink(createRoutesFixture({ publicUrlSettings: { ...place, ...settings } }), {
      Host: host,
    })
    expect(url.slice(0, url.indexOf('/sip/'))).toBe(base)
  })

  test('is refused for an unknown host; the error names the missing setting', async () => {
    const world = createRoutesFixture({ publicUrlSettings: { ...place, appUrl: 'http://127.0.0.1:8080' } })
    for (const Host of ['evil.example', '127.0.0.1.evil.example', '192.0.2.7:8080']) {
      const { status, body } = await world.ask('POST', '/sip/provisioning-links', {
        token: tokenOf(),
        headers: { Host },
      })
      expect([status, body.detail]).toEqual([503, expect.stringContaining('HOOKSWITCH_PUBLIC_URL')])
    }
  })

  test.each(['evil.example/x', 'a b', 'user@evil.example', '"><script>', '127.0.0.1/@evil.example', ''])(
    'is refused for a malformed host: %j',
    async (host) => {
      const { ask } = createRoutesFixture()
      const res = await ask('POST', '/sip/provisioning-links', { token: tokenOf(), headers: { Host: host } })
      expect(res.status).toBe(503)
    },
  )

  test('works once, for GET only, and its ticket is in no log', async () => {
    const world = createRoutesFixture()
    const { url } = await issueLink(world)
    expect((await world.ask('HEAD', pathOf(url))).status).toBe(405)
    const first = await world.ask('GET', pathOf(url))
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/xml'])
    expect(first.text).toContain('<entry name="passwd" overwrite="true">aB3dEf6gH9jK</entry>')
    const { status, body } = await world.ask('GET', pathOf(url))
    expect([status, body]).toEqual([404, { detail: 'this link was used, or is too old' }])
    expect(world.lines.join()).not.toContain(new URL(url).searchParams.get('ticket'))
  })

  test.each([
    ['Telegram', { 'User-Agent': 'TelegramBot (like TwitterBot)' }],
    ['Slack', { 'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
    ['WhatsApp', { 'User-Agent': 'WhatsApp/2.23.20.0' }],
    ['iMessage', { 'User-Agent': 'Mozilla/5.0 facebookexternalhit/1.1 Facebot Twitterbot/1.0' }],
    ['Teams', { 'User-Agent': 'Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5' }],
    [
      'a scanner that pretends to be a browser',
      { 'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)' },
    ],
    ['a client that accepts HTML', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*' }],
    ['a browser that fetches in advance', { 'Sec-Purpose': 'prefetch;prerender', Accept: '*/*' }],
  ])('shows no secret to a preview of %s, and still works for the phone', async (_, headers) => {
    const world = createRoutesFixture()
    const { url } = await issueLink(world)
    const preview = await world.ask('GET', pathOf(url), { headers: headers as Record<string, string> })
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(preview.text).not.toContain(sip.password)
    expect(preview.text).not.toContain(new URL(url).searchParams.get('ticket'))
    const phone = { headers: { 'User-Agent': 'LinphoneAndroid/5.2.5 (Pixel 8) LinphoneSDK/5.3' } }
    expect(await world.ask('GET', pathOf(url), phone)).toMatchObject({
      status: 200,
      text: expect.stringContaining(sip.password),
    })
  })

  test('ends with the session that issued it', async () => {
    const world = createRoutesFixture()
    const { url } = await issueLink(world)
    world.revocations.add({ kind: 'sid', key: 's', generation: 0, until: 9e9 })
    expect((await world.ask('GET', pathOf(url))).status).toBe(404)
  })

  test('expires no later than the token', async () => {
    const token = tokenOf({ claims: { exp: nowS + 100 } })
    const { body } = await createRoutesFixture().ask('POST', '/sip/provisioning-links', { token })
    expect(body.expires_in).toBeLessThanOrEqual(100)
  })

  test.each(['', '?ticket=', '?ticket=guessed', `?ticket=${'a'.repeat(43)}`, `?ticket=${'%0a'.repeat(43)}`])(
    'answers 404 if it was never issued: %j',
    async (query) => {
      expect((await createRoutesFixture().ask('GET', `/sip/provisioning.xml${query}`)).status).toBe(404)
    },
  )
})

describe('linphoneConfig', () => {
  test('has the account and its registrar, each entry once', () => {
    const xml = linphoneConfig({ ...sip, authUsername: '1000-phone', transport: 'tls', port: 5061 })
    const entries = [...xml.matchAll(/<entry name="(\w+)" overwrite="true">([^<]*)<\/entry>/g)]
    expect(Object.fromEntries(entries.map(([, name, value]) => [name, value]))).toEqual({
      transient_provisioning: '1',
      default_proxy: '0',
      username: '1000',
      userid: '1000-phone',
      passwd: 'aB3dEf6gH9jK',
      domain: 'pbx.tudominio.com',
      reg_identity: '&quot;usuario&quot; &lt;sip:1000@pbx.tudominio.com&gt;',
      reg_proxy: '&lt;sip:pbx.tudominio.com:5061;transport=tls&gt;',
      reg_sendregister: '1',
      reg_expires: '600',
      publish: '0',
    })
    expect(entries).toHaveLength(11)
  })

  test('is transient: the phone does not fetch the link again at its next start', () => {
    expect(linphoneConfig(sip).replace(/\s+/g, ' ')).toContain(
      '<section name="misc"> <entry name="transient_provisioning" overwrite="true">1</entry> </section>',
    )
  })

  test('escapes any name and any password', () => {
    const words = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(words, words, (displayName, password) => {
        const xml = linphoneConfig({ ...sip, displayName, password })
        expect(xml.match(/<entry /g)).toHaveLength(11)
        expect(xml.match(/<(?!\/?(?:config|section|entry)\b|\?xml )/g)).toBeNull()
        expect(xml.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toContain('&')
        // XML 1.0 §2.2; our own line ends are the only control characters.
        expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u)
        const identity = /reg_identity" overwrite="true">([^<]*)</.exec(xml)?.[1] ?? ''
        expect(identity.match(/&quot;/g)).toHaveLength(2)
      }),
    )
  })
})
