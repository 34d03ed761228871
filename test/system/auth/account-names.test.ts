import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { login, mediaStatus, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
let pbx: FakeFreepbx
beforeAll(async () => {
  pbx = await startFakeFreepbx()
  stack = await startStack({
    env: {
      HOOKSWITCH_PROVISIONER: 'freepbx',
      HOOKSWITCH_FREEPBX_URL: pbx.url,
      HOOKSWITCH_FREEPBX_CLIENT_ID: OAUTH_CLIENT.clientId,
      HOOKSWITCH_FREEPBX_CLIENT_SECRET: OAUTH_CLIENT.clientSecret,
      HOOKSWITCH_EXTENSIONS: '1800-1899',
      HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
    },
  })
})
afterAll(async () => {
  await stack?.stop()
  await pbx?.stop()
})

function hookswitch(...words: string[]) {
  return spawnSync(process.execPath, [join(project, 'dist/hookswitch.js'), ...words], {
    env: { ...process.env, HOOKSWITCH_DATA: stack.data },
    input: 'secreto123\n',
    encoding: 'utf8',
  })
}

const FIVE_TIMES_200 = Array(5).fill(200)

/** What the login of each surface answers. */
async function everywhere(username: string, password: string): Promise<number[]> {
  const replies = await Promise.all([
    requestJson(`${stack.base}/auth/login`, { json: { username, password } }),
    requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, { json: { login: username, password } }),
    requestJson(`${stack.url}/api/login`, { json: { username, password } }),
    requestJson(`${stack.url}/auth/login`, { json: { email: username, password } }),
    requestJson(`${stack.url}/api/auth/login`, { json: { username, password } }),
  ])
  return replies.map(({ status }) => status)
}

const MALLORY = {
  username: 'mallory',
  email: 'mallory@example.org',
  password: 'secreto123',
  extension: '4000',
}
const NUMBER = 'a username that is a number must be the account’s own extension'

test.each([
  ['an extension in full-width digits', { username: '１００２' }, 409, 'Username already exists'],
  ['an extension that may be assigned later', { username: '1999' }, 400, NUMBER],
  ['an address', { username: 'victim@example.org' }, 400, 'a username with an @ is one’s own address'],
  ['a username in full-width letters', { username: 'ｕｓｅｒ2' }, 409, 'Username already exists'],
  [
    'a full-width spelling of an extension, as its own',
    { username: '１００２', extension: '1002' },
    409,
    'Extension already exists',
  ],
])('VoIP: registration with the name of %s is refused', async (_, difference, status, error) => {
  expect(
    await requestJson(`${stack.url}/api/register`, { json: { ...MALLORY, ...difference } }),
  ).toMatchObject({
    status,
    body: { error },
  })
})

describe.each([
  ['trimmed', ' user2 ', '\u00a0user2@example.org '],
  ['in another case', 'USER2', 'User2@Example.org'],
  ['in full-width letters', 'ｕｓｅｒ２', 'ｕｓｅｒ２@example.org'],
  ['with zero-width characters', 'us\u200ber2\u2060', '\ufeffuser2\u200d@example.org'],
])('a name of another account, %s, is taken', (_, username, address) => {
  const token = async () =>
    (await requestJson(`${stack.url}/api/auth/login`, { json: { username: 'admin', password: 'password' } }))
      .body.token as string // the documented shape
  const password = 'secreto123'
  const status = async (path: string, json: Record<string, unknown>, init: { method?: string } = {}) =>
    (await requestJson(`${stack.url}${path}`, { token: await token(), json, ...init })).status

  test('for an administrator who adds or changes an account', async () => {
    expect(await status('/api/v1/users', { username, password })).toBe(409)
    expect(await status('/api/v1/users', { username: 'v1-new', password, email: address })).toBe(409)
    expect(await status('/api/v1/users', { username: address, password, email: address })).toBe(409)
    const { body } = await requestJson(`${stack.url}/api/v1/users?q=user1`, { token: await token() })
    const [user] = body.users as { id: string }[] // the documented shape
    expect(await status(`/api/v1/users/${user?.id}`, { email: address }, { method: 'PATCH' })).toBe(409)
    expect(await status('/api/agents', { name: 'Two', username, password })).toBe(409)
    expect(await status('/api/v1/invitations', { deliver: 'link', email: address })).toBe(409)
  })

  test('for a person who registers, by an invitation or without', async () => {
    expect(await status('/auth/register', { email: address, password })).toBe(409)
    const own = { username: 'voip-new', email: 'voip-new@example.org', password, extension: '4900' }
    expect(await status('/api/register', { ...own, username })).toBe(409)
    expect(await status('/api/register', { ...own, email: address })).toBe(409)
    const invited = hookswitch('invitations', 'add')
    const [invitation = ''] = /inv_[\w-]+/.exec(invited.stdout) ?? []
    const accept = { token: invitation, password, email: 'crm-new@example.org' }
    expect(await status('/api/auth/register-invitation', { ...accept, username })).toBe(409)
    expect(
      await status('/api/auth/register-invitation', { ...accept, username: 'crm-new', email: address }),
    ).toBe(409)
    expect(await status('/auth/register', { email: address, password, invitation })).toBe(409)
  })

  test('on the command line', () => {
    expect(hookswitch('users', 'add', username)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('belongs to another user'),
    })
    expect(hookswitch('users', 'add', address).status).toBe(2)
    expect(hookswitch('invitations', 'add', '--email', address).status).toBe(2)
  })
})

test('call centre: no agent is made with a number or with another’s name', async () => {
  const admin = await requestJson(`${stack.url}/api/auth/login`, {
    json: { username: 'admin', password: 'password' },
  })
  const add = (username: string) =>
    requestJson(`${stack.url}/api/agents`, {
      token: String(admin.body.token),
      json: { name: 'Mallory', username, password: 'secreto123' },
    })
  expect(await add('ｕｓｅｒ2')).toMatchObject({ status: 409, body: { message: 'Username already exists' } })
  expect(await add('１００２')).toMatchObject({ status: 409, body: { message: 'Username already exists' } })
  expect(await add('１９９９')).toMatchObject({ status: 400, body: { message: NUMBER } })
})

test('command line and call centre: a username that is an address is the account’s own address', async () => {
  expect(hookswitch('users', 'add', 'chief@example.org').status).toBe(0)
  const register = (difference: Record<string, string>) =>
    requestJson(`${stack.url}/api/register`, { json: { ...MALLORY, ...difference } })
  expect(await register({ email: 'Chief@example.org' })).toMatchObject({
    status: 409,
    body: { error: 'Email already exists' },
  })
  const me = await requestJson(`${stack.url}/api/login`, {
    json: { username: 'chief@example.org', password: 'secreto123' },
  })
  expect(me).toMatchObject({ status: 200, body: { user: { email: 'chief@example.org' } } })
})

test.each([
  ['１００２', /that name belongs to another user already/],
  ['1999', /username that is a number/],
  ['ｕｓｅｒ2', /that name belongs to another user already/],
])('command line: creating a user with the name of %s is refused', (name, message) => {
  const { status, stderr } = hookswitch('users', 'add', name)
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
})

test('the extension goes on logging in on every surface, however it is typed', async () => {
  const password = 'password'
  for (const username of ['1002', '１００２', ' user2 ', 'user2\u00a0', 'user2\r\n', '\u200bUser2']) {
    expect([username, ...(await everywhere(username, password))]).toEqual([username, ...FIVE_TIMES_200])
  }
  const { body } = await requestJson(`${stack.base}/profile`, { token: (await login(stack, '1002')).access })
  expect(JSON.stringify(body)).toContain('user2')
})

test.each([
  ['of a domain in Unicode', 'ivan@пример.рф', 'Ivan@xn--e1afmkfd.xn--p1ai', '4101'],
  ['of a domain in punycode', 'ivan@xn--bcher-kva.example', 'ivan@bücher.example', '4102'],
  ['with an accent', 'jos\u00e9@example.org', 'jose\u0301@Example.org', '4103'],
  ['with an apostrophe', "o'hara+x@example.org", "O'Hara+x@example.org", '4104'],
  ['with a sign that few use', 'a!b@example.org', ' A!B@example.org\u200b', '4105'],
])(
  'an address %s is taken on every surface, and is the same however it is spelled',
  async (_, email, spelled, extension) => {
    const password = 'pa\u00dfw\u00f6rter'
    const register = (address: string, username: string) =>
      requestJson(`${stack.url}/api/register`, { json: { username, email: address, password, extension } })
    expect(await register(email, `one${extension} `)).toMatchObject({
      status: 201,
      body: { user: { email, username: `one${extension}` } },
    })
    expect(await register(spelled, `two${extension}`)).toMatchObject({ status: 409 })

    const admin = await requestJson(`${stack.url}/api/auth/login`, {
      json: { username: 'admin', password: 'password' },
    })
    const crm = (path: string, json: Record<string, unknown>) =>
      requestJson(`${stack.url}/api/${path}`, { json, token: String(admin.body.token) })
    const taken = { status: 409, body: { message: 'This address has an account already' } }
    expect(await crm('auth/invite', { email: spelled, role: 'AGENT' })).toMatchObject(taken)
    expect(await crm('auth/invite', { email: `new.${email}`, role: 'AGENT' })).toMatchObject({ status: 201 })
    const agent = { name: 'Two', username: `two${extension}`, password, email: spelled }
    expect(await crm('agents', agent)).toMatchObject({ status: 409 })
    const ofLead = { name: 'Ada King', phone: `+4930${extension}77` }
    expect(await crm('leads', { ...ofLead, email })).toMatchObject({ status: 201, body: { email } })
    const found = await requestJson(`${stack.url}/api/leads?email=${encodeURIComponent(spelled)}`, {
      token: String(admin.body.token),
    })
    expect(found).toMatchObject({ status: 200 })
    expect(JSON.stringify(found.body)).toContain(`+4930${extension}77`)
    const invited = hookswitch('invitations', 'add', '--email', spelled)
    expect([invited.status, invited.stderr]).toEqual([
      2,
      'hookswitch: that email address belongs to another user already\n',
    ])
    const other = hookswitch('invitations', 'add', '--email', `cli.${email}`)
    expect([other.status, other.stderr]).toEqual([0, ''])

    for (const typed of [email, spelled])
      expect([typed, ...(await everywhere(typed, password))]).toEqual([typed, ...FIVE_TIMES_200])
    // Another keyboard composes the same letters of a password of two signs each.
    expect(await everywhere(email, password.normalize('NFD'))).toEqual(FIVE_TIMES_200)
  },
)

test('of 30 who register at once with names that shadow each other one wins', async () => {
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, n) => {
      const own = { email: `race${n}@example.org`, password: 'secreto123' }
      const names = [
        { username: '5000', extension: '5000' },
        { username: '５０００', extension: '5000' },
        { username: `race${n}`, extension: '5000' },
      ]
      return requestJson(`${stack.url}/api/register`, { json: { ...own, ...names[n % 3] } })
    }),
  )
  const statuses = replies.map(({ status }) => status).sort()
  expect(statuses).toEqual([201, ...Array(29).fill(409)])
})

describe('a number that another person had', () => {
  const files = (extension: string) => join(stack.data, 'media', extension)
  const recorded = (extension: string) => {
    mkdirSync(join(files(extension), '2025'), { recursive: true })
    writeFileSync(join(files(extension), '2025', 'old.wav'), 'RIFF')
    return `${extension}/2025/old.wav`
  }
  const add = (name: string, extension: string, ...more: string[]) =>
    hookswitch('users', 'add', name, '--extension', extension, ...more)
  const admin = async () => {
    const { body } = await requestJson(`${stack.url}/api/auth/login`, {
      json: { username: 'admin', password: 'password' },
    })
    return String(body.token)
  }
  const agentOf = async (username: string, token: string) => {
    const { body } = await requestJson(`${stack.url}/api/agents?limit=500`, { token })
    const agents = body as unknown as { id: number; username: string }[]
    return agents.find((one) => one.username === username)?.id
  }

  test('is assigned through no surface while quarantined, and no other user can read its files', async () => {
    const path = recorded('1003')
    const gone = hookswitch('users', 'delete', 'user3', '--force')
    expect([gone.status, gone.stdout]).toEqual([0, expect.stringContaining(files('1003'))])

    expect(add('zoe', '1003')).toMatchObject({ status: 2, stderr: expect.stringContaining(files('1003')) })
    const register = { username: 'zoe', email: 'zoe@example.org', password: 'secreto123', extension: '1003' }
    const registered = await requestJson(`${stack.url}/api/register`, { json: register })
    expect(registered).toMatchObject({ status: 409, body: { error: 'Extension already exists' } })
    const token = await admin()
    const made = { name: 'Zoe', username: 'zoe', password: 'secreto123', extension: '1003' }
    expect(await requestJson(`${stack.url}/api/agents`, { token, json: made })).toMatchObject({ status: 409 })
    expect(
      (await requestJson(`${stack.url}/api/agents`, { token, json: { ...made, extension: '4200' } })).status,
    ).toBe(201)
    const patched = await requestJson(`${stack.url}/api/agents/${await agentOf('zoe', token)}`, {
      method: 'PUT',
      token,
      json: { extension: '1003' },
    })
    expect(patched.status).toBe(409)
    expect(hookswitch('users', 'extension', 'zoe', '1003')).toMatchObject({ status: 2 })
    expect(await mediaStatus(stack, path, (await login(stack, 'zoe', 'secreto123')).access)).toBe(403)
  })

  test('is assigned by a command with --reuse, which names the folder', async () => {
    expect(add('yve', '1003', '--reuse')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`warning: ${files('1003')} holds files already`),
    })
    expect((await login(stack, 'yve', 'secreto123')).access).toBeTruthy()
  })

  test('rests, too, where its person got another one, who alone may have it back', async () => {
    const path = recorded('4300')
    for (const [name, extension] of [
      ['wim', '4300'],
      ['vera', '4301'],
    ] as const)
      expect(add(name, extension).status).toBe(0)
    expect(hookswitch('users', 'extension', 'wim', '4302')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(files('4300')),
    })
    expect(hookswitch('users', 'extension', 'vera', '4300')).toMatchObject({ status: 2 })
    expect(await mediaStatus(stack, path, (await login(stack, 'vera', 'secreto123')).access)).toBe(403)
    expect(hookswitch('users', 'extension', 'wim', '4300')).toMatchObject({ status: 0 })
    expect(await mediaStatus(stack, path, (await login(stack, 'wim', 'secreto123')).access)).toBe(200)
  })
})
