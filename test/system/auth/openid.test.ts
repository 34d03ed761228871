import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { freePort } from '../../support/free-port.ts'
import { browseTo } from '../../support/openid/browse.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OpenIdServer,
  startOpenIdServer,
} from '../../support/openid/openid-server.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const REFUSED = /Failed to load resource: the server responded with a status of (400|401)/
const PROVIDER = '/api/v1/sign-in/providers'

describe('sign-in through an OpenID provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openid-'))
  let stack: Stack
  let browser: ConsoleBrowser
  let server: OpenIdServer
  /** `sid` of the newest sign-in. */
  let providerSession = ''
  beforeAll(async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    server = await startOpenIdServer({
      redirectUri: `${url}${PROVIDER}/corp/callback`,
      logoutUri: `${url}${PROVIDER}/corp/backchannel-logout`,
    })
    server.changeIdToken = (claims) => {
      providerSession = String(claims.sid)
      return claims
    }
    writeFileSync(join(folder, 'secret'), `${CLIENT_SECRET}\n`)
    const corp = {
      ...{ id: 'corp', name: 'Corp', issuer: server.issuer, client_id: CLIENT_ID },
      ...{ client_secret_file: 'secret', allow_http_loopback: true, create_accounts: true },
      roles: { leads: 'supervisor' },
    }
    const away = { id: 'away', name: 'Away', issuer: `http://127.0.0.1:${await freePort()}`, client_id: 'x' }
    const providers = [corp, { ...away, allow_http_loopback: true }]
    writeFileSync(join(folder, 'providers.json'), JSON.stringify({ providers }))
    stack = await startStack({
      env: {
        HOOKSWITCH_PORT: String(port),
        HOOKSWITCH_PUBLIC_URL: url,
        HOOKSWITCH_PROVIDERS_FILE: join(folder, 'providers.json'),
      },
    })
    browser = await startConsoleBrowser(stack.url)
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => {
    server.person = { sub: 'lea-1', preferred_username: 'lea', name: 'Lea Sommer', groups: ['leads'] }
  })

  /** @returns what is behind `#` of the page where a sign-in ends, and the cookie of that browser */
  async function signIn() {
    const cookies = new Map<string, string>()
    const end = `${stack.url}/console/signed-in`
    const url = await browseTo(`${stack.url}${PROVIDER}/corp/start`, end, cookies)
    const cookie = `hookswitch-sign-in=${cookies.get('hookswitch-sign-in')}`
    return { answer: new URLSearchParams(url.hash.slice(1)), cookie }
  }
  const exchange = (ticket: string | null, cookie: string) =>
    fetch(`${stack.url}/pbxcore/api/v3/auth:login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', cookie },
      body: JSON.stringify({ sessionToken: ticket }),
    })
  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    return {
      status: response.status,
      body: (await response.json().catch(() => ({}))) as Record<string, string>,
    } // each is checked
  }

  test('a ticket works once, in the browser that signed in', async () => {
    const { answer, cookie } = await signIn()
    const ticket = answer.get('ticket')
    expect((await exchange(ticket, cookie)).status).toBe(200)
    expect((await exchange(ticket, cookie)).status).toBe(401)
    const other = await signIn()
    expect((await exchange(other.answer.get('ticket'), '')).status).toBe(401)
    expect((await exchange(other.answer.get('ticket'), other.cookie)).status).toBe(401)
    const third = await signIn()
    expect((await exchange(third.answer.get('ticket'), cookie)).status).toBe(401)
  })

  test('a person with the name or the unverified address of a local administrator does not reach it', async () => {
    server.person = { sub: 'mallory', preferred_username: 'Admin', email: 'admin@example.org' }
    expect((await signIn()).answer.get('error')).toBe('taken')
    await waitUntil('it is in the security log', () => stack.logs().includes('authn_provider_login_fail'))
  })

  test('the account of a provider has no password', async () => {
    await signIn()
    for (const password of ['password', ' ', '0'])
      expect(
        (await post('/pbxcore/api/module-softphone-backend/v1/auth/login', { username: 'lea', password }))
          .status,
      ).toBe(401)
  })

  test('a provider that is away is a page with 503 and a way to try again, in the language of the browser', async () => {
    const response = await fetch(`${stack.url}${PROVIDER}/away/start`, {
      headers: { 'Accept-Language': 'es' },
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain(`<a href="${PROVIDER}/away/start">Intentarlo de nuevo</a>`)
  })

  test('a logout token that is forged, or sent again, is refused', async () => {
    const send = async (token: string) =>
      fetch(`${stack.url}${PROVIDER}/corp/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
      })
    const forged = await send(await server.logoutToken({ sub: 'lea-1' }, { foreign: true }))
    expect(forged.status).toBe(400)
    expect(await forged.json()).toMatchObject({ error: 'invalid_request' })
    const token = await server.logoutToken({ sub: 'unknown' })
    expect((await send(token)).status).toBe(200)
    expect((await send(token)).status).toBe(400)
  })

  test('signs in by the page, lets a phone sign in, and the provider ends both', async () => {
    const started = await post('/api/v1/sign-in/device', { client_name: 'Desk phone' })
    expect(started.status).toBe(200)
    const { device_code = '', user_code = '', verification_uri_complete = '' } = started.body
    const poll = () =>
      post('/api/v1/sign-in/device/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code,
      })
    expect(await poll()).toEqual({ status: 400, body: { error: 'authorization_pending' } })

    const person = await browser.openPerson()
    const { page } = person
    await page.goto(verification_uri_complete)
    await page.getByRole('link', { name: 'Sign in with Corp' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Sign in with Corp' }).click()
    await page.waitForSelector('nav')
    expect(page.url()).toBe(verification_uri_complete)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Desk phone').waitFor()
    await page.getByText(user_code).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.getByText('The device is signed in as you').waitFor()

    // The interval of 5 s has passed while the page opened, or passes now.
    let tokens = await poll()
    if (tokens.status === 400) {
      await new Promise((resolve) => setTimeout(resolve, 10_500))
      tokens = await poll()
    }
    expect(tokens.status).toBe(200)
    expect((await poll()).body.error).toBe('expired_token')
    const ofPhone = async (path: string, token = '') =>
      fetch(`${stack.base}${path}`, {
        method: path === '/auth/refresh' ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${token}` },
      })
    const profile = await ofPhone('/profile', tokens.body.access_token)
    expect(await profile.json()).toMatchObject({ user: { username: 'lea', role: 'supervisor' } })
    expect((await ofPhone('/auth/refresh', tokens.body.refresh_token)).status).toBe(200)

    await server.logOut('lea-1', providerSession)
    await page.getByText('you signed out at the sign-in service').waitFor()
    expect((await ofPhone('/profile', tokens.body.access_token)).status).toBe(401)
    expect((await ofPhone('/auth/refresh', tokens.body.refresh_token)).status).toBe(401)
    expectNoComplaints(person, [REFUSED])
    await person.close()
  })

  test('another person’s answer does not sign a browser in: the page offers to start again', async () => {
    const { answer } = await signIn()
    const person = await browser.openPerson()
    await person.page.goto(`/console/signed-in#ticket=${answer.get('ticket')}`)
    await person.page.getByText('began in another browser').waitFor()
    expect(person.page.url()).toBe(`${stack.url}/console/signed-in`)
    expect(await axeViolations(person.page)).toEqual([])
    await person.close()
  })

  test('no log has a ticket, a code or a state', async () => {
    const { answer } = await signIn()
    const logs = stack.logs()
    expect(logs).not.toContain(answer.get('ticket'))
    expect(logs).not.toMatch(/[?&](code|state)=[\w-]{20}/)
    expect(logs).not.toContain(CLIENT_SECRET)
  })
})
