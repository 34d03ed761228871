import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { login, requestJson, subscribeSse } from '../../support/http-client.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const IMPORTS = '/api/v1/account-imports'

describe('people of a PBX become users', () => {
  let pbx: FakeFreepbx
  let stack: Stack
  let env: Record<string, string>
  let admin: string
  beforeAll(async () => {
    pbx = await startFakeFreepbx()
    for (const number of ['3001', '3002', '3003', '3004', '3005']) add(number, `Person ${number}`)
    const phones = join(mkdtempSync(join(tmpdir(), 'phones-')), 'pjsip.conf')
    writeFileSync(phones, '[3501]\ntype=endpoint\ncallerid="Synced Person" <3501>\npassword=hush-hush\n')
    env = {
      HOOKSWITCH_ACCOUNT_SYNC_SOURCE: `pjsip:${phones}`,
      HOOKSWITCH_ACCOUNT_SYNC_SIGN_IN: 'phone',
      HOOKSWITCH_FREEPBX_URL: pbx.url,
      HOOKSWITCH_FREEPBX_CLIENT_ID: OAUTH_CLIENT.clientId,
      HOOKSWITCH_FREEPBX_CLIENT_SECRET: OAUTH_CLIENT.clientSecret,
    }
    stack = await startStack({ env })
    admin = (await login(stack, 'admin')).access
  })
  afterAll(async () => {
    await stack?.stop()
    await pbx?.stop()
  })

  const add = (number: string, name: string) =>
    pbx.extensions.set(number, { name, email: '', secret: `secret-${number}`, isApplied: true })
  const hookswitch = (...args: string[]) => runHookswitch(stack.data, args, { env })
  const send = (method: string, path: string, about: { token?: string; text?: string } = {}) =>
    fetch(`${stack.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${about.token ?? admin}`,
        ...(about.text === undefined ? {} : { 'Content-Type': 'text/csv' }),
      },
      ...(about.text === undefined ? {} : { body: about.text }),
    })
  // biome-ignore lint/suspicious/noExplicitAny: the documented shape
  const read = async (path: string): Promise<any> => (await send('GET', path)).json()
  const userOf = async (username: string) => {
    const { users } = await read(`/api/v1/users?q=${username}`)
    return users.find((one: { username: string }) => one.username === username)
  }

  it('by themselves, on the schedule of the settings', async () => {
    await waitUntil(
      'the scheduled import is done',
      async () => (await read(IMPORTS)).last_scheduled?.state === 'done',
    )
    expect(await read(IMPORTS)).toMatchObject({
      sources: ['freepbx', 'pjsip', 'csv'],
      schedule: { source: 'pjsip', interval_minutes: 60, sign_in: 'phone' },
      last_scheduled: { scheduled: true, done: 1, failed: 0 },
    })
    expect(await userOf('3501')).toMatchObject({ display_name: 'Synced Person', role: 'user' })
    expect(stack.logs()).not.toContain('hush-hush')
  })

  it('at the command line: first a plan, which changes nothing, then the same with --apply', async () => {
    const plan = await hookswitch('users', 'import', 'freepbx')
    expect(plan).toMatchObject({ code: 0, err: '' })
    expect(plan.out).toContain('create 5; nothing was changed: add --apply')
    expect(plan.out).toMatch(/create +3001 +3001 +Person 3001/)
    expect(await userOf('3001')).toBeUndefined()

    const applied = await hookswitch('users', 'import', 'freepbx', '--apply', '--sign-in', 'phone')
    expect(applied.out).toContain('create 5; 5 done')
    expect(await userOf('3001')).toMatchObject({ display_name: 'Person 3001', extension: '3001' })
    expect((await hookswitch('users', 'import', '--status')).out).toMatch(/last: freepbx, by hand, .*, done/)

    const json = JSON.parse((await hookswitch('users', 'import', 'freepbx', '--json')).out)
    expect(json).toMatchObject({ state: 'planned', total: 0, counts: { unchanged: 5 } })
    expect(`${plan.out}${applied.out}${JSON.stringify(json)}`).not.toContain('secret-3001')
  })

  it('at the command line: a plan names what it would disable, and what holds that back', async () => {
    await waitUntil(
      'the scheduled import has made its user',
      async () => (await userOf('3501')) !== undefined,
    )
    const file = join(mkdtempSync(join(tmpdir(), 'phones-')), 'pjsip.conf')
    writeFileSync(file, '[3601]\ntype=endpoint\n#include more.conf\n')
    const held = await hookswitch('users', 'import', 'pjsip', file, '--disable-missing', '--json')
    expect(JSON.parse(held.out).counts).toMatchObject({ disable: 0, conflict: 1 })
    const { out } = await hookswitch('users', 'import', 'pjsip', file, '--disable-missing')
    expect(out).toMatch(/conflict +3501 .*list_incomplete; line 3: #include is not followed/)
    expect(out).toContain('lines could not be read, so no missing user is disabled')
    const kept = await hookswitch('users', 'import', 'pjsip', file)
    expect(kept.out).toMatch(/unchanged +3501 .*missing; --disable-missing would disable this user/)

    const list = join(mkdtempSync(join(tmpdir(), 'people-')), 'people.csv')
    writeFileSync(list, 'extension,disabled\n3602,yes\n')
    const created = await hookswitch('users', 'import', 'csv', list)
    expect(created.out).toMatch(/create +3602 +3602 +- +disabled/)
    expect(created.out).toContain('create 1 (1 disabled)')

    const { code, err } = await hookswitch('users', 'import', 'asterisk')
    expect(code).toBe(2)
    expect(err).toContain('set HOOKSWITCH_AMI_HOST and HOOKSWITCH_AMI_CONFIG_SECRET')
  })

  it('no person signs in with an empty password, or one of another', async () => {
    for (const password of ['', ' ', '3001', 'secret-3002']) {
      const { status } = await requestJson(`${stack.base}/auth/login`, {
        json: { username: '3001', password },
      })
      expect([400, 401]).toContain(status)
    }
  })

  it('a person who vanished at the PBX loses sessions and streams within a second', async () => {
    const csv = 'username,extension\nvanishing,3102\nstaying,3103\n'
    await apply(await planOf('csv', csv))
    const vanishing = await userOf('vanishing')
    await fetch(`${stack.url}/api/v1/users/${vanishing.id}/password`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ password: 'correct horse' }),
    })
    const { access } = await login(stack, 'vanishing', 'correct horse')
    const stream = subscribeSse(stack, access)
    await waitUntil('the stream is open', () => stream.opens() > 0)
    const plan = await planOf('csv', 'username,extension\nstaying,3103\n', '&disable_missing=true')
    expect(plan.counts).toMatchObject({ disable: 1, unchanged: 1 })
    await apply(plan)
    await waitUntil('the stream has ended', () => stream.lostAt() !== undefined, 5_000)
    stream.close()
    const { status } = await fetch(`${stack.base}/profile`, {
      headers: { Authorization: `Bearer ${access}` },
    })
    expect(status).toBe(401)
    expect(await userOf('vanishing')).toMatchObject({ disabled: true })

    await apply(await planOf('csv', csv))
    expect(await userOf('vanishing')).toMatchObject({ disabled: false })
  })

  // biome-ignore lint/suspicious/noExplicitAny: the documented shape
  async function planOf(source: string, text?: string, query = ''): Promise<any> {
    const response = await send(
      'POST',
      `${IMPORTS}?source=${source}${query}`,
      text === undefined ? {} : { text },
    )
    expect(response.status).toBe(201)
    return response.json()
  }
  async function apply({ id }: { id: string }) {
    expect((await send('POST', `${IMPORTS}/${id}/apply`)).status).toBe(202)
    await waitUntil('it is applied', async () => (await read(`${IMPORTS}/${id}`)).state === 'done')
  }

  it('a PBX that is away or lists too few people disables no user', async () => {
    pbx.unlisted = 1
    expect((await send('POST', `${IMPORTS}?source=freepbx&disable_missing=true`)).status).toBe(503)
    pbx.unlisted = 0
    const some = [...pbx.extensions]
    for (const number of ['3003', '3004', '3005']) pbx.extensions.delete(number)
    const plan = await planOf('freepbx', undefined, '&disable_missing=true')
    expect(plan).toMatchObject({ mass_disable: true, counts: { disable: 0, conflict: 3 } })
    for (const [number, one] of some) pbx.extensions.set(number, one)
  })

  it('a plan is refused once users have changed, and to users who are no administrators', async () => {
    const { id } = await planOf('csv', 'extension\n3201\n')
    await hookswitch('users', 'add', 'between')
    const response = await send('POST', `${IMPORTS}/${id}/apply`)
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'conflict' }])
    expect(await userOf('3201')).toBeUndefined()

    const token = (await login(stack, 'user1')).access
    for (const [method, path] of [
      ['GET', IMPORTS],
      ['POST', `${IMPORTS}?source=freepbx`],
      ['GET', `${IMPORTS}/${id}`],
      ['GET', `${IMPORTS}/${id}/items`],
      ['POST', `${IMPORTS}/${id}/apply`],
    ] as const)
      expect((await send(method, path, { token })).status).toBe(403)
  })

  it('in the console: compares a list, filters the plan and applies it', async () => {
    const browser: ConsoleBrowser = await startConsoleBrowser(stack.url)
    try {
      const person = await browser.openPerson()
      const { page } = person
      await person.signIn('admin', '/console/admin?tab=import')
      await page.getByLabel('Source', { exact: true }).selectOption('csv')
      const file = join(mkdtempSync(join(tmpdir(), 'people-')), 'people.csv')
      writeFileSync(
        file,
        'username,name,extension,role,disabled\nzoe,Zoe Miller,3301,user,yes\nadmin,Other,3302,user,\nbad,Bad,3303,boss,\n',
      )
      await page.getByLabel('File', { exact: true }).setInputFiles(file)
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByText('Line 4: role is one of').waitFor()
      await page.getByRole('listitem').filter({ hasText: 'Zoe Miller' }).waitFor()
      await page.getByRole('listitem').filter({ hasText: 'New, disabled' }).waitFor()
      await page.getByLabel('State').selectOption('conflict')
      await page.getByText('Another user has this name.').waitFor()
      await page.getByRole('listitem').filter({ hasText: 'Zoe Miller' }).waitFor({ state: 'detached' })
      expect(await axeViolations(page)).toEqual([])
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/import.png`, fullPage: true })
      await page.getByRole('button', { name: 'Apply', exact: true }).click()
      await page.getByRole('dialog').getByText('1 new user is made disabled.').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
      await page.getByText('1 done.').waitFor()
      expect(await userOf('zoe')).toMatchObject({ extension: '3301', disabled: true })
      expectNoComplaints(person)
      if (process.env.SHOTS) {
        const small = await browser.openPerson({ theme: 'dark', viewport: { width: 390, height: 844 } })
        await small.signIn('admin', '/console/admin?tab=import')
        await small.page.getByText('Zoe Miller').waitFor()
        await small.page.screenshot({ path: `${process.env.SHOTS}/import-phone.png`, fullPage: true })
      }
    } finally {
      await browser.stop()
    }
  })
})
