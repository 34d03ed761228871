import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { requestJson } from '../../support/http-client.ts'
import { startSecondNode } from '../../support/second-node.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let pbx: FakeFreepbx
let stack: Stack
beforeAll(async () => {
  pbx = await startFakeFreepbx()
  stack = await startStack({ env: provisioner() })
})
afterAll(async () => {
  await stack?.stop()
  await pbx?.stop()
})

const provisioner = () => ({
  HOOKSWITCH_REGISTRATION: 'open',
  HOOKSWITCH_PROVISIONER: 'freepbx',
  HOOKSWITCH_FREEPBX_URL: pbx.url,
  HOOKSWITCH_FREEPBX_CLIENT_ID: OAUTH_CLIENT.clientId,
  HOOKSWITCH_FREEPBX_CLIENT_SECRET: OAUTH_CLIENT.clientSecret,
  HOOKSWITCH_EXTENSIONS: '1000-1199',
  HOOKSWITCH_SIP_DOMAIN: 'pbx.tudominio.com',
})
const register = (email: string, { url }: Pick<Stack, 'url'> = stack) =>
  requestJson(`${url}/auth/register`, { json: { email, password: 'secreto123' } })
const tokenOf = async (email: string) =>
  String(
    (await requestJson(`${stack.url}/auth/login`, { json: { email, password: 'secreto123' } })).body
      .access_token,
  )

/** Runs a curl line of the document against the stack. */
async function curl(line: string): Promise<Record<string, unknown>> {
  const command = line.replace('http://localhost:8000', stack.url).replace(/^curl/, 'curl -sS')
  return JSON.parse((await promisify(execFile)('sh', ['-c', command])).stdout)
}

describe('the documented flow', () => {
  test('the document’s curl lines register, log in and read the credentials', async () => {
    const registered = await curl(
      `curl -X POST http://localhost:8000/auth/register \\
        -H "Content-Type: application/json" \\
        -d '{"email": "usuario@ejemplo.com", "password": "secreto123"}'`,
    )
    // The demo's own users have 1000 to 1003.
    expect(registered).toEqual({
      id: expect.any(Number),
      email: 'usuario@ejemplo.com',
      sip_extension: '1004',
      is_active: true,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    const loggedIn = await curl(
      `curl -X POST http://localhost:8000/auth/login \\
        -H "Content-Type: application/json" \\
        -d '{"email": "usuario@ejemplo.com", "password": "secreto123"}'`,
    )
    expect(loggedIn).toMatchObject({ access_token: expect.any(String), token_type: 'bearer' })
    expect(loggedIn).not.toHaveProperty('refresh_token')
    const credentials = await curl(
      `curl http://localhost:8000/sip/credentials \\
        -H "Authorization: Bearer ${loggedIn.access_token}"`,
    )
    expect(credentials).toEqual({
      username: '1004',
      password: pbx.extensions.get('1004')?.secret,
      domain: 'pbx.tudominio.com',
      port: 5060,
      transport: 'udp',
      display_name: 'usuario',
      auth_username: '1004',
    })
  })

  test('errors have the document’s format', async () => {
    expect(await register('USUARIO@ejemplo.com')).toMatchObject({
      status: 409,
      body: { detail: 'Email already registered' },
    })
    expect(await register('nobody')).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'email'] }] },
    })
    const json = { email: 'usuario@ejemplo.com', password: 'wrong' }
    expect(await requestJson(`${stack.url}/auth/login`, { json })).toMatchObject({ status: 401 })
    expect(await requestJson(`${stack.url}/sip/nothing`)).toMatchObject({
      status: 404,
      body: { detail: 'Not Found' },
    })
    expect(await requestJson(`${stack.url}/sip/credentials`)).toMatchObject({ status: 401 })
  })

  test('the token works on other surfaces, with the extension', async () => {
    const token = await tokenOf('usuario@ejemplo.com')
    const profile = await requestJson(`${stack.url}/protected/profile`, { token })
    expect(profile).toMatchObject({ status: 200, body: { user: { extension: '1004', role: 'user' } } })
  })

  test('a provisioning link works again within a minute, as its response may be lost', async () => {
    const token = await tokenOf('usuario@ejemplo.com')
    const issued = await requestJson(`${stack.url}/sip/provisioning-links`, { method: 'POST', token })
    const url = String(issued.body.url)
    expect(url.startsWith(`${stack.url}/sip/provisioning.xml?ticket=`)).toBe(true)
    const res = await fetch(url)
    expect([res.status, res.headers.get('content-type'), res.headers.get('cache-control')]).toEqual([
      200,
      'application/xml',
      'no-store',
    ])
    expect(await res.text()).toContain(String(pbx.extensions.get('1004')?.secret))
    const again = await Promise.all([fetch(url), fetch(url)])
    expect(again.map(({ status }) => status)).toEqual([200, 200])
    expect(stack.logs()).not.toContain(new URL(url).searchParams.get('ticket'))
  })
})

describe('a failing PBX', () => {
  test('gets the extension once it works again', async () => {
    for (let n = 0; n < 3; n += 1) pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    const { status, body } = await register('later@ejemplo.com')
    expect([status, body.is_active]).toEqual([201, false])
    const token = await tokenOf('later@ejemplo.com')
    const waiting = await requestJson(`${stack.url}/sip/credentials`, { token })
    expect([waiting.status, Number(waiting.headers.get('retry-after'))]).toEqual([503, 5])
    const isReady = async () => (await requestJson(`${stack.url}/sip/credentials`, { token })).status === 200
    await waitUntil('the extension is ready', isReady, 40_000)
    expect(pbx.created.filter((number) => number === body.sip_extension)).toHaveLength(1)
  })

  test('that refuses an extension leaves no account behind', async () => {
    pbx.refusals.push('Can not add extension beyond the extensions license limit')
    expect(await register('refused@ejemplo.com')).toMatchObject({ status: 503 })
    expect(await register('refused@ejemplo.com')).toMatchObject({ status: 201 })
  })
})

test.each([
  ['an apostrophe, which the PBX does not get', "o'hara@ejemplo.com", ''],
  ['an accent, which the PBX does not get', 'josé@ejemplo.com', ''],
  ['a domain in Unicode, which the PBX gets in ASCII', 'ivan@пример.рф', 'ivan@xn--e1afmkfd.xn--p1ai'],
])('accepts an address with %s', async (_, email, pbxEmail) => {
  const made = await register(email)
  expect(made).toMatchObject({ status: 201, body: { email, is_active: true } })
  expect(pbx.extensions.get(String(made.body.sip_extension))).toMatchObject({ email: pbxEmail })
  expect(await register(email.toUpperCase())).toMatchObject({ status: 409 })
})

test('100 concurrent registrations at two nodes get 100 extensions', async () => {
  const node = await startSecondNode(stack, provisioner())
  try {
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, n) => register(`person${n}@ejemplo.com`, n % 2 === 0 ? stack : node)),
    )
    expect(made.map(({ status }) => status)).toEqual(Array(100).fill(201))
    const numbers = made.map(({ body }) => String(body.sip_extension))
    expect(new Set(numbers).size).toBe(100)
    for (const number of numbers) expect(pbx.extensions.has(number)).toBe(true)
    expect(new Set(pbx.created).size).toBe(pbx.created.length)
  } finally {
    await node.stop()
  }
})

test('deleting a user removes the extension from the PBX', async () => {
  const { body } = await register('leaving@ejemplo.com')
  const number = String(body.sip_extension)
  expect(pbx.extensions.has(number)).toBe(true)
  const admin = await requestJson(`${stack.url}/api/login`, {
    json: { username: 'admin', password: 'password' },
  })
  const token = String(admin.body.token)
  await requestJson(`${stack.url}/protected/admin/users/${body.id}`, { method: 'DELETE', token })
  await waitUntil('the extension is removed', () => !pbx.extensions.has(number), 30_000)
})

test('no log holds a secret', () => {
  const logs = stack.logs()
  expect(logs).toContain('extension')
  expect(logs).not.toContain('secreto123')
  expect(logs).not.toContain(OAUTH_CLIENT.clientSecret)
  for (const { secret } of pbx.extensions.values()) expect(logs).not.toContain(secret)
})

describe('registration by invitation', () => {
  let closed: Stack
  beforeAll(async () => {
    closed = await startStack({ demo: false, keepData: true })
  })
  afterAll(() => closed?.stop())

  test('is the default; without a provisioner registration answers 503', async () => {
    const json = { email: 'a@ejemplo.com', password: 'secreto123' }
    expect(await requestJson(`${closed.url}/auth/register`, { json })).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('no provisioner') },
    })
    const voip = { username: 'anna', extension: '1010', ...json }
    expect(await requestJson(`${closed.url}/api/register`, { json: voip })).toMatchObject({ status: 403 })
  })

  test('accepts an invitation of the command line once, and refuses any other request', async () => {
    const child = spawn(process.execPath, [join(project, 'dist', 'hookswitch.js'), 'invitations', 'add'], {
      env: { ...process.env, HOOKSWITCH_DATA: closed.data },
    })
    const invitation = /invitation: (inv_[\w-]+)/.exec(await text(child.stdout))?.[1]
    const env = {
      ...provisioner(),
      HOOKSWITCH_REGISTRATION: '',
      HOOKSWITCH_EXTENSIONS: '3000-3009',
    }
    const { data } = closed
    await closed.stop()
    closed = await startStack({ demo: false, data, env })
    const json = { email: 'a@ejemplo.com', password: 'secreto123', invitation }
    const url = `${closed.url}/auth/register`
    expect(await requestJson(url, { json: { ...json, invitation: 'inv_guessed' } })).toMatchObject({
      status: 403,
    })
    expect(await requestJson(url, { json })).toMatchObject({ status: 201, body: { sip_extension: '3000' } })
    expect(await requestJson(url, { json: { ...json, email: 'b@ejemplo.com' } })).toMatchObject({
      status: 403,
    })
  })
})
