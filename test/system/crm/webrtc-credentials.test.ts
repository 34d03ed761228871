import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import {
  type BrowserLogin,
  type BrowserPhone,
  registerBrowser,
  sipHeader,
} from '../../support/browser-phone.ts'
import { type JsonReply, login, logout, requestJson } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { loginV1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title =
  missing === undefined ? 'temporary SIP credentials' : `temporary SIP credentials (skipped: ${missing})`

const ANA = { email: 'ana@example.org', password: 'secreto123' }
const BEA = { email: 'bea@example.org', password: 'secreto123' }

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let stack: Stack
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    asterisk = await startAsterisk()
    stack = await startStack({
      env: {
        HOOKSWITCH_AMI_HOST: '127.0.0.1',
        HOOKSWITCH_AMI_PORT: String(asterisk.amiPort),
        HOOKSWITCH_AMI_EVENTS_SECRET: asterisk.users.events.secret,
        HOOKSWITCH_AMI_CONTROL_SECRET: asterisk.users.control.secret,
        HOOKSWITCH_DIAL_CONTEXT: 'internal',
        HOOKSWITCH_RING_CONTEXT: 'hookswitch-ring',
        HOOKSWITCH_RING_SECONDS: '10',
        HOOKSWITCH_PROVISIONER: 'asterisk',
        HOOKSWITCH_ARI_MEDIA_ADDRESS: '127.0.0.1',
        HOOKSWITCH_ARI_WEB_MEDIA_ADDRESS: '127.0.0.1',
        HOOKSWITCH_ARI_URL: `http://127.0.0.1:${asterisk.ari.port}`,
        HOOKSWITCH_ARI_USER: asterisk.ari.username,
        HOOKSWITCH_ARI_PASSWORD: asterisk.ari.secret,
        HOOKSWITCH_ARI_CONTEXT: 'internal',
        HOOKSWITCH_ARI_CODECS: 'ulaw,alaw',
        HOOKSWITCH_EXTENSIONS: '1001-1199',
        HOOKSWITCH_SIP_DOMAIN: '127.0.0.1',
        HOOKSWITCH_SIP_PORT: String(asterisk.sipPort),
        HOOKSWITCH_SIP_WS_URL: 'wss://pbx.example.org:8089/ws',
        HOOKSWITCH_STUN_URLS: 'stun:stun.example.org:3478',
        HOOKSWITCH_TURN_URLS: 'turn:turn.example.org:3478,turns:turn.example.org:5349',
        HOOKSWITCH_TURN_SECRET: 'shared with coturn',
      },
    })
    for (const json of [ANA, BEA]) {
      expect(await requestJson(`${stack.url}/auth/register`, { json })).toMatchObject({ status: 201 })
    }
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  afterAll(async () => {
    await stack?.stop()
    await asterisk?.stop()
  })

  const logIn = ({ email, password }: typeof ANA) => login(stack, email, password)
  const requestConfig = (token: string): Promise<JsonReply> =>
    requestJson(`${stack.url}/api/config/webrtc`, { token })
  const issue = async (token: string) => {
    const { status, body } = await requestConfig(token)
    expect([status, body.message]).toEqual([200, undefined])
    return { user: String(body.sip_username), password: String(body.sip_password) }
  }
  async function phoneOf(
    { user, password }: BrowserLogin,
    answer: 'auto' | 'manual' = 'auto',
  ): Promise<Phone> {
    const phone = await startPhone({ ...asterisk, secretOf: () => password }, user, { answer })
    closing.push(() => phone.stop())
    return phone
  }
  async function browserOf(credentials: BrowserLogin): Promise<BrowserPhone> {
    const browser = await registerBrowser(asterisk.webSocketUrl, credentials)
    closing.push(browser.close)
    return browser
  }
  const statusOf = async (credentials: BrowserLogin) => (await browserOf(credentials)).status
  /** An object of Asterisk, as ARI shows it. */
  async function ariObject(type: string, id: string): Promise<Record<string, string>> {
    const { port, username, secret } = asterisk.ari
    const auth = Buffer.from(`${username}:${secret}`).toString('base64')
    const { body } = await requestJson(
      `http://127.0.0.1:${port}/ari/asterisk/config/dynamic/res_pjsip/${type}/${id}`,
      { headers: { Authorization: `Basic ${auth}` } },
    )
    if (!Array.isArray(body)) return {}
    return Object.fromEntries(body.map(({ attribute, value }) => [attribute, value]))
  }
  const authsOf = async (extension: string) => (await ariObject('endpoint', extension)).auth?.split(',') ?? []
  const database = () => openDatabase(`sqlite:${join(stack.data, 'hookswitch.db')}`)

  test('let a browser register at an endpoint of its own, and keep those of the desk phone valid', async () => {
    const session = await logIn(ANA)
    const { access: token } = session
    const { status, body, headers } = await requestConfig(token)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({
      sip_username: '1004-web',
      auth_username: '1004-web',
      caller_id: '1004',
      sip_domain: '127.0.0.1',
      websocket_url: 'wss://pbx.example.org:8089/ws',
      ice_servers: [
        { urls: ['stun:stun.example.org:3478'] },
        {
          urls: ['turn:turn.example.org:3478', 'turns:turn.example.org:5349'],
          username: expect.stringMatching(/^\d+:\d+$/),
          credential: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
        },
      ],
    })
    const browser = { user: '1004-web', password: String(body.sip_password) }
    const own = await requestJson(`${stack.url}/sip/credentials`, { token })
    const desk = { user: '1004', password: String(own.body.password) }
    expect(desk.password).not.toBe(browser.password)
    expect([await statusOf(desk), await statusOf(browser)]).toEqual([200, 200])
    expect(await statusOf({ ...browser, password: desk.password })).toBe(401)
    expect(await statusOf({ ...desk, password: browser.password })).toBe(401)
    expect(await statusOf({ ...desk, password: 'neither of them' })).toBe(401)
    expect(await authsOf('1004')).toEqual(['1004'])

    await logout(stack, session)
    await waitUntil('they are revoked', async () => (await authsOf('1004-web')).length === 1)
    await waitUntil('they are refused', async () => (await statusOf(browser)) === 401, 4_000)
    expect(await statusOf(desk)).toBe(200)
  })

  test('are lent to a page by the surface of our own as well', async () => {
    const session = await logIn(ANA)
    const lent = await requestJson(`${stack.url}/api/v1/phone/credentials`, {
      method: 'POST',
      token: session.access,
    })
    expect([lent.status, lent.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(lent.body).toMatchObject({
      extension: '1004',
      display_name: 'ana',
      sip_username: '1004-web',
      auth_username: '1004-web',
      sip_domain: '127.0.0.1',
      socket_path: 'wss://pbx.example.org:8089/ws',
      ice_servers: [{ urls: ['stun:stun.example.org:3478'] }, { credential: expect.any(String) }],
    })
    expect(Date.parse(String(lent.body.expires_at))).toBeGreaterThan(Date.now())
    expect(await statusOf({ user: '1004-web', password: String(lent.body.sip_password) })).toBe(200)

    const user1 = await login(stack, 'user1')
    const post = (token: string) =>
      requestJson(`${stack.url}/api/v1/phone/credentials`, { method: 'POST', token })
    expect(await post(user1.access)).toMatchObject({ status: 501, body: { code: 'not_supported' } })
    expect((await requestJson(`${stack.url}/api/v1/phone/credentials`, { method: 'POST' })).status).toBe(401)
    await logout(stack, session)
    expect((await post(session.access)).status).toBe(401)
    await waitUntil('they are revoked', async () => (await authsOf('1004-web')).length === 1)
  })

  test('are new for each request and each user; an extension has at most three, and the oldest is revoked', async () => {
    await waitUntil('no credentials are issued', async () => (await authsOf('1004-web')).length <= 1)
    const [ana, bea] = [await logIn(ANA), await logIn(BEA)]
    const first = await issue(ana.access)
    const more = await Promise.all([issue(ana.access), issue(ana.access)])
    const last = await issue(ana.access)
    const beas = await issue(bea.access)
    const all = [first, ...more, last, beas]
    expect(new Set(all.map(({ password }) => password)).size).toBe(5)
    expect(beas.user).not.toBe(first.user)
    await waitUntil('the oldest is refused', async () => (await statusOf(first)) === 401, 4_000)
    for (const one of [...more, last, beas]) expect(await statusOf(one)).toBe(200)
    expect(await statusOf({ ...beas, user: first.user })).toBe(401)
    expect(await authsOf(first.user)).toHaveLength(4)
    await Promise.all([logout(stack, ana), logout(stack, bea)])
  })

  test('end with the session within seconds, and disconnect the browser that is registered with them', async () => {
    await waitUntil(
      'all earlier credentials are revoked',
      async () => (await authsOf('1004-web')).length <= 1,
    )
    const [ending, staying] = [await logIn(ANA), await logIn(BEA)]
    const [one, other] = [await issue(ending.access), await issue(staying.access)]
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200])
    await waitUntil('the browser is registered', async () =>
      /transport=ws/i.test((await ariObject('aor', one.user)).contact ?? ''),
    )
    await logout(stack, ending)
    await waitUntil('it is refused', async () => (await statusOf(one)) === 401, 4_000)
    await waitUntil(
      'the browser is unregistered',
      async () => (await ariObject('aor', one.user)).contact === '',
      4_000,
    )
    expect(await authsOf(one.user)).toEqual([one.user])
    expect((await ariObject('aor', other.user)).contact).toMatch(/transport=ws/i)
    expect(await statusOf(other)).toBe(200)
    expect((await requestConfig(ending.access)).status).toBe(401)
    await logout(stack, staying)
  })

  test('end when they expire', async () => {
    const { access } = await logIn(ANA)
    const credentials = await issue(access)
    expect(await statusOf(credentials)).toBe(200)
    const db = await database()
    await db.query.updateTable('webrtc_credentials').set({ expires_at: 1 }).execute()
    await db.close()
    await waitUntil('it is refused', async () => (await statusOf(credentials)) === 401, 4_000)
  })

  test('leave nothing in Asterisk when the API is killed while it issues them', async () => {
    const { access } = await logIn(ANA)
    await waitUntil('no credentials are issued', async () => (await authsOf('1004-web')).length <= 1)
    await asterisk.freeze()
    const cut = requestConfig(access).catch(() => undefined)
    const db = await database()
    const storedCredentials = () => db.query.selectFrom('webrtc_credentials').selectAll().execute()
    await waitUntil('issuing has started', async () =>
      (await storedCredentials()).some(({ state }) => state === 'issuing'),
    )
    stack.signal('api', 'SIGKILL')
    asterisk.thaw()
    await cut
    await waitUntil('they are removed', async () => (await storedCredentials()).length === 0, 25_000)
    await db.close()
    expect(await authsOf('1004-web')).toEqual(['1004-web'])
    expect(await statusOf(await issue(access))).toBe(200)
  })

  test('are 501 for an extension that the API did not provision; the message names the other route', async () => {
    const user1 = await login(stack, 'user1')
    expect(await requestConfig(user1.access)).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining('/sip/credentials') },
    })
    const admin = await login(stack, 'admin')
    expect((await requestConfig(admin.access)).status).toBe(501)
    const json = { username: 'nobody1', password: 'correct horse', role: 'user' }
    await requestJson(`${stack.url}/api/agents`, {
      token: admin.access,
      json: { name: 'Nobody', username: json.username, password: json.password },
    })
    const withoutExtension = await login(stack, json.username, json.password)
    expect(await requestConfig(withoutExtension.access)).toMatchObject({
      status: 409,
      body: { message: 'you have no extension to register' },
    })
  })

  describe('of an extension with a desk phone', () => {
    /** Ana's desk phone and browser, both registered, and a colleague's phone. */
    async function registerBoth() {
      const session = await logIn(ANA)
      const client = await loginV1Client(stack, ANA.email, ANA.password)
      const browser = await browserOf(await issue(session.access))
      const { body } = await requestJson(`${stack.url}/sip/credentials`, { token: session.access })
      const desk = await phoneOf({ user: '1004', password: String(body.password) }, 'manual')
      const stream = await client.follow('users-state')
      closing.push(stream.close)
      const state = () =>
        (stream.messages.at(-1)?.states as Record<string, { state: string }>)?.['1004']?.state
      await waitUntil('she is there', () => state() === 'Idle')
      return { session, client, browser, desk, state }
    }

    test('both ring for one call, which carries its id, and the one that is not picked up stops', async () => {
      const { client, browser, desk, state } = await registerBoth()
      const other = await phoneOf({ user: '1001', password: asterisk.phoneSecret })
      await other.dial('1004')
      await waitUntil('both ring', () => desk.state() === 'ringing' && browser.isRinging())
      await waitUntil('presence shows it', () => state() === 'Ringing')
      const calls = await client.calls()
      expect(calls).toMatchObject([{ state: 'ringing', direction: 'internal', to: { number: '1004' } }])
      expect(sipHeader(browser.invites[0] ?? '', 'X-Hookswitch-Call')).toBe(calls[0]?.id)
      expect(calls[0]?.legs.map(({ extension }) => extension)).toEqual(['1001', '1004', '1004'])

      await desk.accept()
      await waitUntil('the browser stops', () => !browser.isRinging())
      expect(browser.lastCancelReason()).toMatch(/cause=26|elsewhere/)
      await waitUntil('she talks', () => state() === 'Up')
      await other.hangup()
      expect(await client.history(calls[0]?.id ?? '')).toMatchObject({ outcome: 'answered' })
      await waitUntil('she is idle again', () => state() === 'Idle')
    })

    test('the browser alone rings for a call that is placed with it, and knows the call', async () => {
      const { client, browser, desk } = await registerBoth()
      const placed = await client.request('/calls', { json: { number: '1001', device: 'browser' } })
      expect(placed.status).toBe(202)
      await waitUntil('the browser rings', () => browser.isRinging())
      expect(sipHeader(browser.invites[0] ?? '', 'X-Hookswitch-Call')).toBe(placed.body.id)
      expect(desk.state()).toBe('idle')
      browser.reject(603)
      expect(await client.history(String(placed.body.id))).toMatchObject({ outcome: 'own_declined' })
      expect(browser.invites).toHaveLength(1)
    })

    test('both ring for a call that is placed with any device', async () => {
      const { client, browser, desk } = await registerBoth()
      const id = await client.dial('1001')
      await waitUntil('both ring', () => desk.state() === 'ringing' && browser.isRinging())
      expect(sipHeader(browser.invites[0] ?? '', 'X-Hookswitch-Call')).toBe(id)
      await client.command(id, 'decline')
      await waitUntil('neither rings', () => desk.state() === 'idle' && !browser.isRinging())
    })

    test('the browser counts as her phone without the desk phone, and without it there is no call from one', async () => {
      const { client, browser, desk, state } = await registerBoth()
      await desk.stop()
      const id = await client.dial('1001')
      await waitUntil('the browser rings', () => browser.isRinging())
      expect(state()).not.toBe('Unavailable')
      await client.command(id, 'hangup')
      await waitUntil('it stops', () => !browser.isRinging() && state() === 'Idle')
      browser.close()
      await waitUntil('she is away', () => state() === 'Unavailable')
      expect(await client.request('/calls', { json: { number: '1001', device: 'browser' } })).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail: 'no browser is registered as a phone of this extension' },
      })
    })

    test.each(['1001', '1004', '600', '700'])('the browser cannot dial %s by SIP', async (number) => {
      const session = await logIn(ANA)
      const browser = await browserOf(await issue(session.access))
      expect(browser.status).toBe(200)
      expect(await browser.invite(number)).toBe(404)
      await logout(stack, session)
    })
  })

  test('are not logged', async () => {
    const { access } = await logIn(BEA)
    const { password } = await issue(access)
    expect(stack.logs()).not.toContain(password)
    expect(stack.logs()).not.toContain('shared with coturn')
  })
})
