import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { project } from '../../support/build.ts'
import { axeViolations } from '../../support/console/axe.ts'
import { type ConsoleBrowser, startConsoleBrowser } from '../../support/console/console-page.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { type JsonReply, login, mediaStatus, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const GIVEN = 'given by the administrator'
const CHOSEN = 'chosen by its person'

let pbx: FakeFreepbx
let stack: Stack
let db: Database
let browser: ConsoleBrowser
let admin: string
beforeAll(async () => {
  pbx = await startFakeFreepbx()
  stack = await startStack({
    env: {
      HOOKSWITCH_LOGIN_PER_ACCOUNT: '10',
      HOOKSWITCH_PROVISIONER: 'freepbx',
      HOOKSWITCH_FREEPBX_URL: pbx.url,
      HOOKSWITCH_FREEPBX_CLIENT_ID: OAUTH_CLIENT.clientId,
      HOOKSWITCH_FREEPBX_CLIENT_SECRET: OAUTH_CLIENT.clientSecret,
      HOOKSWITCH_EXTENSIONS: '1800-1899',
      HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
    },
  })
  db = await openDatabase(defaultDatabaseUrl(stack.data))
  browser = await startConsoleBrowser(stack.url)
  admin = (await login(stack, 'admin')).access
})
afterAll(async () => {
  await browser?.stop()
  await db?.close()
  await stack?.stop()
  await pbx?.stop()
})

const hookswitch = (password: string, ...words: string[]) =>
  spawnSync(process.execPath, [join(project, 'dist/hookswitch.js'), ...words], {
    env: { ...process.env, HOOKSWITCH_DATA: stack.data },
    input: `${password}\n`,
    encoding: 'utf8',
  })
const send = (path: string, json: Record<string, unknown>, init: { method?: string; token?: string } = {}) =>
  requestJson(`${stack.url}${path}`, { json, ...init })
const v1 = (path: string, json: Record<string, unknown>, method = 'POST', token = admin) =>
  send(`/api/v1/${path}`, json, { method, token })

/** A user with a password that has to be replaced. */
async function addUser(username: string, mustChange = true): Promise<string> {
  const made = await v1('users', { username, password: GIVEN, must_change_password: mustChange })
  expect(made).toMatchObject({ status: 201, body: { must_change_password: mustChange } })
  return String(made.body.id)
}
const change = (login: string, password: string, next: string) =>
  send('/api/v1/sign-in/password-change', { login, password, new_password: next })

/** What the login of each surface answers. */
const everywhere = (username: string, password: string): Promise<JsonReply[]> =>
  Promise.all([
    requestJson(`${stack.base}/auth/login`, { json: { username, password } }),
    send('/pbxcore/api/v3/auth:login', { login: username, password }),
    send('/api/login', { username, password }),
    send('/auth/login', { email: username, password }),
    send('/api/auth/login', { username, password }),
  ])
const statuses = (replies: readonly JsonReply[]) => replies.map(({ status }) => status)

describe('a new password', () => {
  test.each([
    ['that is too short', 'short'],
    ['that is common', 'TrustNo1'],
    ['that is the own name', 'weak-one@example.org'],
  ])('%s is refused wherever a person or an administrator sets one', async (_, password) => {
    const email = 'weak-one@example.org'
    const username = 'weak-one'
    const words = /8 characters|common|consist of a name/
    const { stdout } = hookswitch('', 'invitations', 'add', '--email', email)
    const [token = ''] = /inv_[\w-]+/.exec(stdout) ?? []
    const owner = await addUser(username, false)
    const own = (await login(stack, username, GIVEN)).access
    expect((await v1(`users/${owner}`, { email: 'other@example.org' }, 'PATCH')).status).toBe(200)

    const refused = [
      await send('/auth/register', { email, password }),
      await send('/api/register', { username: 'weak-two', email, password, extension: '4000' }),
      await send('/api/auth/register-invitation', { token, username: 'weak-three', password }),
      await v1('users', { username: 'weak-four', email, password }),
      await send('/api/agents', { name: 'W', username: 'weak-five', email, password }, { token: admin }),
    ]
    expect(statuses(refused)).toEqual([422, 400, 400, 400, 400])
    for (const { body } of refused) expect(JSON.stringify(body)).toMatch(words)

    const weak = password === email ? username : password
    const changed = [
      await v1('me/password', { current_password: GIVEN, new_password: weak }, 'PUT', own),
      await v1(`users/${owner}/password`, { password: weak }, 'PUT'),
    ]
    expect(statuses(changed)).toEqual([400, 400])
    for (const { body } of changed) expect(JSON.stringify(body)).toMatch(words)
    for (const [password, ...command] of [
      [weak === username ? `cli-${username}` : weak, 'users', 'add', `cli-${username}`],
      [weak, 'users', 'passwd', username],
    ] as const) {
      const { status, stderr } = hookswitch(password, ...command)
      expect([status, stderr]).toEqual([2, expect.stringMatching(words)])
    }
    expect((await v1(`users/${owner}`, {}, 'DELETE')).status).toBe(204)
  })
})

describe('a password that must be changed', () => {
  test('opens a session on no surface before it is replaced; then the new one does, on each', async () => {
    await addUser('maria')
    const refused = await everywhere('maria', GIVEN)
    expect(statuses(refused)).toEqual([403, 403, 403, 403, 403])
    expect(refused[1]?.body).toMatchObject({ code: 'password_change_required' })
    for (const { body } of refused) expect(JSON.stringify(body)).toMatch(/password must be changed/)
    expect(statuses(await everywhere('maria', 'wrong'))).toEqual([401, 401, 401, 401, 401])

    expect(await change('maria', 'wrong', CHOSEN)).toMatchObject({
      status: 401,
      body: { code: 'credentials_wrong' },
    })
    expect(await change('maria', GIVEN, GIVEN)).toMatchObject({ status: 400 })
    expect(await change('maria', GIVEN, 'maria-maria')).toMatchObject({ status: 400 })
    const changed = await change(' MARIA ', GIVEN, CHOSEN)
    expect(changed).toMatchObject({
      status: 200,
      body: { session_token: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })

    const sessionToken = String(changed.body.session_token)
    expect(await send('/pbxcore/api/v3/auth:login', { sessionToken })).toMatchObject({ status: 200 })
    expect(await send('/pbxcore/api/v3/auth:login', { sessionToken })).toMatchObject({ status: 401 })
    expect(statuses(await everywhere('maria', CHOSEN))).toEqual([200, 200, 200, 200, 200])
    expect(statuses(await everywhere('maria', GIVEN))).toEqual([401, 401, 401, 401, 401])
    expect(await change('maria', CHOSEN, 'yet another one')).toMatchObject({ status: 409 })
  })

  test('is set by a command or an administrator, ends all sessions, and outdates a ticket', async () => {
    const id = await addUser('nils')
    const { body } = await change('nils', GIVEN, CHOSEN)
    const ticket = String(body.session_token)
    const session = await login(stack, 'nils', CHOSEN)
    expect(
      await v1(`users/${id}/password`, { password: GIVEN, must_change_password: true }, 'PUT'),
    ).toMatchObject({
      status: 204,
    })
    expect(await mediaStatus(stack, 'x.wav', session.access)).toBe(401)
    expect((await send('/pbxcore/api/v3/auth:login', { sessionToken: ticket })).status).toBe(401)
    expect(statuses(await everywhere('nils', GIVEN))).toEqual([403, 403, 403, 403, 403])

    expect(hookswitch(CHOSEN, 'users', 'passwd', 'nils').status).toBe(0)
    expect((await login(stack, 'nils', CHOSEN)).access).toBeTruthy()
    expect(hookswitch(GIVEN, 'users', 'passwd', 'nils', '--must-change').status).toBe(0)
    expect(statuses(await everywhere('nils', GIVEN))).toEqual([403, 403, 403, 403, 403])
    expect(hookswitch('', 'users', 'list').stdout).toMatch(/nils.*must change password/)
  })

  test('is replaced once by several at the same time', async () => {
    await addUser('olga')
    const replies = await Promise.all(
      Array.from({ length: 4 }, (_, n) => change('olga', GIVEN, `${CHOSEN} ${n}`)),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    const winner = replies.findIndex(({ status }) => status === 200)
    expect((await login(stack, 'olga', `${CHOSEN} ${winner}`)).access).toBeTruthy()
  })

  test('is guessed no faster than a login permits', async () => {
    await addUser('petra')
    const tries = []
    for (let n = 0; n < 12; n += 1) tries.push((await change('petra', `guess ${n}`, CHOSEN)).status)
    expect(tries.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(tries.slice(10)).toEqual([429, 429])
  })

  test('is asked for by the sign-in page, which then opens the console', async () => {
    await addUser('rosa')
    const person = await browser.openPerson()
    const { page } = person
    const signIn = async (target: Page, password: string) => {
      await target.goto('/console/')
      await target.fill('input[name=login]', 'rosa')
      await target.fill('input[name=password]', password)
      await target.click('button[type=submit]')
    }
    await signIn(page, GIVEN)
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'step.png') })
    await page.fill('input[name=password]', 'trustno1')
    await page.click('button[type=submit]')
    await page.getByText('must not be a common one').waitFor()
    await page.fill('input[name=password]', CHOSEN)
    await page.click('button[type=submit]')
    await page.waitForSelector('nav')
    await person.close()
  })

  test('is set in the administration unless it is unchecked, and shown there', async () => {
    const person = await browser.openPerson()
    const { page } = person
    await person.signIn('admin', '/console/admin')
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByLabel('Username', { exact: true }).fill('sven')
    await page.getByLabel('Password', { exact: true }).fill(GIVEN)
    expect(await page.getByLabel(/has to replace this password/).isChecked()).toBe(true)
    if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'add.png') })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'sven' })
    await row.getByText('Must change the password').waitFor()
    expect(statuses(await everywhere('sven', GIVEN))).toEqual([403, 403, 403, 403, 403])
    await row.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Set password …' }).click()
    await page.getByLabel('New password').fill(CHOSEN)
    await page.getByLabel(/has to replace this password/).uncheck()
    if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'set.png') })
    await page.getByRole('button', { name: 'Save' }).click()
    await row.getByText('Must change the password').waitFor({ state: 'detached' })
    expect((await login(stack, 'sven', CHOSEN)).access).toBeTruthy()
    await person.close()
  })
})

test('a password that is verified elsewhere is not replaced here, and each answer names the place', async () => {
  const id = await addUser('tina', false)
  const { access } = await login(stack, 'tina', GIVEN)
  const person = await browser.openPerson()
  await person.signIn('tina', '/console/me', GIVEN)
  const change = { password_authority: 'directory' } as const
  await db.query.updateTable('users').set(change).where('id', '=', Number(id)).execute()

  const own = { current_password: GIVEN, new_password: CHOSEN }
  const replies = [
    await v1('me/password', own, 'PUT', access),
    await v1(`users/${id}/password`, { password: CHOSEN }, 'PUT'),
  ]
  for (const reply of replies)
    expect(reply).toMatchObject({ status: 409, body: { detail: expect.stringContaining('directory') } })
  const me = await requestJson(`${stack.url}/api/v1/me`, { token: access })
  expect(me.body).toMatchObject({ password_authority: 'directory' })
  expect(hookswitch(CHOSEN, 'users', 'passwd', 'tina')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('directory'),
  })
  await person.page.reload()
  await person.page.getByText('Your password is the one of your company account').waitFor()
  expect(await person.page.getByLabel('Current password').count()).toBe(0)
  await person.close()
})
