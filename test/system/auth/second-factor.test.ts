import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { HOTP, Secret } from 'otpauth'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { project } from '../../support/build.ts'
import { axeViolations } from '../../support/console/axe.ts'
import { type ConsoleBrowser, startConsoleBrowser } from '../../support/console/console-page.ts'
import { freePort } from '../../support/free-port.ts'
import { type JsonReply, login, requestJson, subscribeSse } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const PASSWORD = 'eleven grey otters'
const nowStep = () => Math.floor(Date.now() / 30_000)
/** Waits for a moment after which a code of the step before is accepted for a while. */
const beEarlyInStep = () => waitUntil('a step begins', () => Date.now() % 30_000 < 12_000)

describe('a second factor', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  let origin: string
  beforeAll(async () => {
    const port = await freePort()
    origin = `http://localhost:${port}`
    stack = await startStack({
      env: {
        HOOKSWITCH_PORT: String(port),
        HOOKSWITCH_PUBLIC_URL: origin,
        HOOKSWITCH_SECOND_FACTOR_ROLES: 'supervisor',
      },
    })
    browser = await startConsoleBrowser(origin)
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  const hookswitch = (words: string[], input = '') =>
    spawnSync(process.execPath, [join(project, 'dist/hookswitch.js'), ...words], {
      env: { ...process.env, HOOKSWITCH_DATA: stack.data },
      input,
      encoding: 'utf8',
    })
  const v1 = (path: string, json: unknown, token?: string) =>
    requestJson(`${stack.url}/api/v1${path}`, { json, ...(token === undefined ? {} : { token }) })
  const signIn = (username: string, password = PASSWORD) =>
    v1('/sign-in/password', { login: username, password })
  const answer = (challenge: unknown, proof: object) => v1('/sign-in/second-factor', { challenge, ...proof })
  /** Exchanges a session token, as a page does. */
  const open = (reply: JsonReply) =>
    requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, {
      json: { sessionToken: reply.body.session_token },
    })
  const accessOf = ({ body }: JsonReply) => String((body.data as { accessToken: string }).accessToken) // documented

  async function addUser(username: string, role = 'user'): Promise<void> {
    const made = hookswitch(['users', 'add', username, '--role', role], `${PASSWORD}\n`)
    expect([made.status, made.stderr]).toEqual([0, ''])
  }
  /** Adds an authenticator app, confirmed by the code of the step before: the current one is still unused. */
  async function enrol(username: string) {
    const { access } = await login(stack, username, PASSWORD)
    const begun = await v1('/me/totp', { current_password: PASSWORD }, access)
    expect(begun.status).toBe(200)
    const secret = Secret.fromBase32(String(begun.body.secret))
    const code = (step: number) => HOTP.generate({ secret, counter: step })
    await beEarlyInStep()
    const confirmed = await v1('/me/totp/confirm', { code: code(nowStep() - 1) }, access)
    expect(confirmed.status).toBe(200)
    return { access, code, recoveryCodes: confirmed.body.recovery_codes as string[] }
  }
  async function addAppPassword(access: string, name = 'Phone') {
    const { status, body } = await v1('/me/app-passwords', { name, current_password: PASSWORD }, access)
    expect([status, body.password]).toEqual([201, expect.stringMatching(/^hsapp(-[a-z2-7]{4}){6}$/)])
    return { id: String(body.id), password: String(body.password) }
  }

  it('is asked for at the sign-in; a code works once, also for two requests at the same moment', async () => {
    await addUser('tara')
    const before = await signIn('tara')
    expect((await open(before)).status).toBe(200)
    const { code } = await enrol('tara')

    const challenged = await signIn('tara')
    expect(challenged).toMatchObject({
      status: 403,
      body: { code: 'second_factor_required', methods: ['totp', 'recovery_code'], enrol: false },
    })
    const second = await signIn('tara')
    const right = { code: code(nowStep()) }
    const both = await Promise.all([
      answer(challenged.body.challenge, right),
      answer(second.body.challenge, right),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
    const won = both.find(({ status }) => status === 200) as JsonReply // one of them is
    const opened = await open(won)
    expect(opened.status).toBe(200)
    // Neither the token nor the challenge works again.
    expect((await open(won)).status).toBe(401)
    expect((await answer(challenged.body.challenge, { code: code(nowStep() + 1) })).status).not.toBe(500)
    expect((await signIn('tara', 'wrong')).status).toBe(401)
    expect(stack.logs()).not.toContain(String(won.body.session_token))
  })

  it('is accepted for the account of its challenge alone, and a challenge ends with its tries and with a reset', async () => {
    await addUser('ulla')
    await addUser('vera')
    const ulla = await enrol('ulla')
    const vera = await enrol('vera')
    const { challenge } = (await signIn('ulla')).body
    // The code and the recovery codes of another account.
    expect((await answer(challenge, { code: vera.code(nowStep()) })).status).toBe(401)
    expect((await answer(challenge, { recovery_code: vera.recoveryCodes[0] })).status).toBe(401)
    for (let n = 0; n < 3; n += 1) expect((await answer(challenge, { code: '000000' })).status).toBe(401)
    expect((await answer(challenge, { code: ulla.code(nowStep()) })).status).toBe(404)
    expect((await answer('0'.repeat(64), { code: ulla.code(nowStep()) })).status).toBe(404)

    const fresh = (await signIn('ulla')).body
    const recovery = { recovery_code: ulla.recoveryCodes[0]?.toUpperCase() }
    expect((await answer(fresh.challenge, recovery)).status).toBe(200)
    expect((await answer((await signIn('ulla')).body.challenge, recovery)).status).toBe(401)

    const last = (await signIn('ulla')).body
    expect(hookswitch(['users', 'reset-factors', 'ulla']).status).toBe(0)
    expect((await answer(last.challenge, { recovery_code: ulla.recoveryCodes[1] })).status).toBe(404)
    await waitUntil('the session has ended', async () => {
      const { status } = await requestJson(`${stack.url}/api/v1/me`, { token: ulla.access })
      return status === 401
    })
    expect((await signIn('ulla')).status).toBe(200)
  })

  it('is added first where the role must have one, and cannot be the last one removed', async () => {
    await addUser('wanda', 'supervisor')
    const challenged = await signIn('wanda')
    expect(challenged).toMatchObject({ status: 403, body: { methods: [], enrol: true } })
    const { challenge } = challenged.body
    expect((await answer(challenge, { code: '000000' })).status).toBe(409)
    const other = (await signIn('wanda')).body.challenge
    const begun = await v1('/sign-in/enrolment/totp', { challenge })
    const secret = Secret.fromBase32(String(begun.body.secret))
    const code = HOTP.generate({ secret, counter: nowStep() })
    const enrolled = await v1('/sign-in/enrolment', { challenge, code })
    expect(enrolled).toMatchObject({ status: 200, body: { recovery_codes: expect.any(Array) } })
    // A second sign-in by the password alone must not add a factor of its own.
    expect((await v1('/sign-in/enrolment/totp', { challenge: other })).status).toBe(409)
    const access = accessOf(await open(enrolled))
    const removed = await v1('/me/totp/remove', { current_password: PASSWORD }, access)
    expect(removed).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })

  it('is refused in the words of each surface, which an app password opens with fewer rights', async () => {
    await addUser('xenia', 'admin')
    const { access } = await enrol('xenia')
    const { id, password: appPassword } = await addAppPassword(access)
    const logins: Record<string, (password: string) => Promise<JsonReply>> = {
      softphone: (password) =>
        requestJson(`${stack.base}/auth/login`, { json: { username: 'xenia', password } }),
      crm: (password) =>
        requestJson(`${stack.url}/api/auth/login`, { json: { username: 'xenia', password } }),
      voip: (password) => requestJson(`${stack.url}/api/login`, { json: { username: 'xenia', password } }),
      onboarding: (password) =>
        requestJson(`${stack.url}/auth/login`, { json: { email: 'xenia', password } }),
      mikopbx: (password) =>
        requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, { json: { login: 'xenia', password } }),
    }
    for (const [surface, logIn] of Object.entries(logins)) {
      const refused = await logIn(PASSWORD)
      expect([surface, refused.status]).toEqual([surface, 403])
      expect(JSON.stringify(refused.body)).toContain('app password')
      expect([surface, (await logIn(appPassword)).status]).toEqual([surface, 200])
      expect([surface, (await logIn(`${appPassword.slice(0, -4)}aaaa`)).status]).toEqual([surface, 401])
    }
    expect((await signIn('xenia', appPassword)).status).toBe(401)

    const device = (await login(stack, 'xenia', appPassword)).access
    const me = (path: string, json: unknown) => v1(path, json, device)
    const current = { current_password: PASSWORD }
    expect((await requestJson(`${stack.url}/api/v1/users`, { token: device })).status).toBe(403)
    expect((await me('/me/totp', current)).status).toBe(403)
    expect((await me('/me/app-passwords', { name: 'More', ...current })).status).toBe(403)
    expect((await me('/me/recovery-codes', current)).status).toBe(403)
    const change = await requestJson(`${stack.url}/api/v1/me/password`, {
      method: 'PUT',
      token: device,
      json: { ...current, new_password: 'battery staple' },
    })
    expect(change.status).toBe(403)
    // Nor does it stand in for the password.
    expect((await v1('/me/recovery-codes', { current_password: appPassword }, access)).status).toBe(403)

    const stream = subscribeSse(stack, device)
    await waitUntil('the stream is open', () => stream.opens() > 0)
    const revokedAt = performance.now()
    const revoked = await requestJson(`${stack.url}/api/v1/me/app-passwords/${id}`, {
      method: 'DELETE',
      token: access,
    })
    expect(revoked.status).toBe(204)
    await waitUntil('the stream is cut', () => stream.lostAt() !== undefined)
    stream.close()
    // The promise is a second; a loaded machine gets more.
    expect((stream.lostAt() ?? 0) - revokedAt).toBeLessThan(5_000)
    expect((await requestJson(`${stack.url}/api/v1/me`, { token: device })).status).toBe(401)
    expect((await requestJson(`${stack.url}/api/v1/me`, { token: access })).status).toBe(200)
    expect(
      (await requestJson(`${stack.base}/auth/login`, { json: { username: 'xenia', password: appPassword } }))
        .status,
    ).toBe(401)
  })

  /** An authenticator of Chromium, which approves everything. */
  async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
  }

  describe('by a passkey', () => {
    async function openWithAuthenticator(): Promise<{ page: Page; close(): Promise<void> }> {
      const { context, page, close } = await browser.openPerson()
      await addAuthenticator(context, page)
      await page.goto(origin)
      return { page, close }
    }
    // As text: the code runs in the page.
    const create = (page: Page, options: unknown) =>
      page.evaluate(`navigator.credentials
        .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}) })
        .then((it) => it.toJSON())`)
    const get = (page: Page, options: unknown) =>
      page.evaluate(`navigator.credentials
        .get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })
        .then((it) => it.toJSON())`)

    it('signs in without a username, and as a second factor; a response works once, for its own ceremony', async () => {
      await addUser('yara')
      await addUser('zoe')
      const { access } = await login(stack, 'yara', PASSWORD)
      const { page, close } = await openWithAuthenticator()
      const begun = await v1('/me/passkeys/options', { current_password: PASSWORD }, access)
      const made = { name: 'Laptop', passkey: await create(page, begun.body.options) }
      // Another account, and another session, cannot use the ceremony.
      expect((await v1('/me/passkeys', made, (await login(stack, 'zoe', PASSWORD)).access)).status).toBe(403)
      const again = await v1('/me/passkeys/options', { current_password: PASSWORD }, access)
      const passkey = await create(page, again.body.options)
      const added = await v1('/me/passkeys', { name: 'Laptop', passkey }, access)
      expect(added).toMatchObject({ status: 200, body: { recovery_codes: expect.any(Array) } })
      expect((await v1('/me/passkeys', { name: 'Laptop', passkey }, access)).status).toBe(403)

      const alone = await get(page, (await v1('/sign-in/passkey/options', {})).body.options)
      const { challenge } = (await signIn('yara')).body
      // A response to a sign-in is no answer to a challenge; the attempt has used it up.
      expect((await answer(challenge, { passkey: alone })).status).toBe(401)
      expect((await v1('/sign-in/passkey', { passkey: alone })).status).toBe(401)
      const next = await get(page, (await v1('/sign-in/passkey/options', {})).body.options)
      const signedIn = await v1('/sign-in/passkey', { passkey: next })
      expect(signedIn.status).toBe(200)
      expect((await v1('/sign-in/passkey', { passkey: next })).status).toBe(401)
      const me = await requestJson(`${stack.url}/api/v1/me`, { token: accessOf(await open(signedIn)) })
      expect(me.body.username).toBe('yara')

      const options = await v1('/sign-in/passkey/options', { challenge })
      const proof = await get(page, options.body.options)
      expect((await answer(challenge, { passkey: proof })).status).toBe(200)

      // Of another account: her challenge does not accept it.
      await enrol('zoe')
      const hers = (await signIn('zoe')).body.challenge
      const foreign = await get(
        page,
        (await v1('/sign-in/passkey/options', { challenge: (await signIn('yara')).body.challenge })).body
          .options,
      )
      expect((await answer(hers, { passkey: foreign })).status).toBe(401)
      await close()
    })
  })

  describe('in the console', () => {
    const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
    async function enterPassword(page: Page, username: string): Promise<void> {
      await page.goto(`${origin}/`)
      await page.fill('input[name=login]', username)
      await page.fill('input[name=password]', PASSWORD)
      await page.click('button[type=submit]')
    }
    const secretOn = async (page: Page) => {
      const [, secret = ''] = /Secret: ([A-Z2-7]{32})/.exec(await page.innerText('body')) ?? []
      return Secret.fromBase32(secret)
    }

    it('a person adds an app at the sign-in, and signs in with its next code or with a recovery code', async () => {
      await addUser('abby', 'supervisor')
      const { page, close, context } = await browser.openPerson()
      await enterPassword(page, 'abby')
      await button(page, 'Authenticator app').click()
      await page.getByAltText('QR code for the authenticator app').waitFor()
      expect(await axeViolations(page)).toEqual([])
      const secret = await secretOn(page)
      await page.getByLabel('Code of the app').fill('000000')
      await button(page, 'Confirm').click()
      await page.getByText('It is wrong, or was used before').waitFor()
      await beEarlyInStep()
      await page.getByLabel('Code of the app').fill(HOTP.generate({ secret, counter: nowStep() - 1 }))
      await button(page, 'Confirm').click()
      await page.getByText('Your recovery codes').waitFor()
      const [recovery = ''] = /[a-z2-7]{4}(-[a-z2-7]{4}){3}/.exec(await page.innerText('body')) ?? []
      await button(page, 'I have stored them').click()
      await page.waitForSelector('nav')

      await context.clearCookies()
      await enterPassword(page, 'abby')
      await page.getByText('Enter the code of your authenticator app').waitFor()
      expect(await axeViolations(page)).toEqual([])
      await page.getByLabel('Code of the app').fill(HOTP.generate({ secret, counter: nowStep() }))
      await button(page, 'Continue').click()
      await page.waitForSelector('nav')

      await context.clearCookies()
      await enterPassword(page, 'abby')
      await button(page, 'Use a recovery code').click()
      await page.getByLabel('Recovery code').fill(recovery)
      await button(page, 'Continue').click()
      await page.waitForSelector('nav')
      await close()
    })

    it('a person adds a passkey and an app password, and signs in with the passkey alone', async () => {
      await addUser('cora')
      const { context, page, close } = await browser.openPerson()
      await addAuthenticator(context, page)
      await enterPassword(page, 'cora')
      await page.waitForSelector('nav')
      await page.goto(`${origin}/console/me`)
      await button(page, 'Add a passkey').click()
      await page.getByLabel('Name of the passkey').fill('Laptop')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Current password').fill(PASSWORD)
      await dialog.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('Your recovery codes').waitFor()
      await button(page, 'I have stored them').click()
      await button(page, 'Remove Laptop').waitFor()
      expect(await axeViolations(page)).toEqual([])

      await button(page, 'Make an app password').click()
      await dialog.getByLabel('Name of the device').fill('Desk phone')
      await dialog.getByLabel('Current password').fill(PASSWORD)
      await dialog.getByRole('button', { name: 'Make an app password' }).click()
      await dialog.getByText('It is shown only once').waitFor()
      const [appPassword = ''] = /hsapp(-[a-z2-7]{4}){6}/.exec(await dialog.innerText()) ?? []
      await button(page, 'Done').click()
      expect((await login(stack, 'cora', appPassword)).access).not.toBe('')
      await button(page, 'Revoke Desk phone').click()
      await dialog.getByRole('button', { name: 'Revoke' }).click()
      await button(page, 'Revoke Desk phone').waitFor({ state: 'detached' })

      await context.clearCookies()
      await page.goto(`${origin}/`)
      await button(page, 'Sign in with a passkey').click()
      await page.waitForSelector('nav')
      await close()
    })
  })
})
