import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { project } from './support/build.ts'
import { ask, login } from './support/client.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

const MALLORY = {
  username: 'mallory',
  email: 'mallory@example.org',
  password: 'secreto123',
  extension: '4000',
}
const NUMBER = 'a username that is a number must be the account’s own extension'

test.each([
  ['an extension in full-width digits', { username: '１００２' }, 409, 'Username already exists'],
  ['an extension that somebody may get', { username: '1999' }, 400, NUMBER],
  ['an address', { username: 'victim@example.org' }, 400, 'a username with an @ is one’s own address'],
  ['a username in full-width letters', { username: 'ｕｓｅｒ2' }, 409, 'Username already exists'],
  [
    'a full-width spelling of an extension, as its own',
    { username: '１００２', extension: '1002' },
    409,
    'Username already exists',
  ],
])('VoIP: nobody registers by the name of %s', async (_, flaw, status, error) => {
  expect(await ask(`${stack.url}/api/register`, { json: { ...MALLORY, ...flaw } })).toMatchObject({
    status,
    body: { error },
  })
})

test('call centre: no agent is made with a number or with another’s name', async () => {
  const admin = await ask(`${stack.url}/api/auth/login`, {
    json: { username: 'admin', password: 'password' },
  })
  const add = (username: string) =>
    ask(`${stack.url}/api/agents`, {
      token: String(admin.body.token),
      json: { name: 'Mallory', username, password: 'secreto123' },
    })
  expect(await add('ｕｓｅｒ2')).toMatchObject({ status: 409, body: { message: 'Username already exists' } })
  expect(await add('１００２')).toMatchObject({ status: 409, body: { message: 'Username already exists' } })
  expect(await add('１９９９')).toMatchObject({ status: 400, body: { message: NUMBER } })
})

test.each([
  ['１００２', /that name or extension belongs to somebody already/],
  ['1999', /username that is a number/],
  ['ｕｓｅｒ2', /that name or extension belongs to somebody already/],
])('command line: no user is made by the name of %s', (name, said) => {
  const env = { ...process.env, HOOKSWITCH_DATA: stack.data }
  const words = [join(project, 'dist/hookswitch.js'), 'users', 'add', name]
  const { status, stderr } = spawnSync(process.execPath, words, {
    env,
    input: 'secreto123\n',
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([2, expect.stringMatching(said)])
})

test('the extension goes on logging in on every surface, however it is typed', async () => {
  const password = 'password'
  for (const username of ['1002', '１００２', ' user2 ']) {
    const replies = await Promise.all([
      ask(`${stack.base}/auth/login`, { json: { username, password } }),
      ask(`${stack.url}/pbxcore/api/v3/auth:login`, { json: { login: username, password } }),
      ask(`${stack.url}/api/login`, { json: { username, password } }),
      ask(`${stack.url}/auth/login`, { json: { email: username, password } }),
      ask(`${stack.url}/api/auth/login`, { json: { username, password } }),
    ])
    expect([username, ...replies.map(({ status }) => status)]).toEqual([username, 200, 200, 200, 200, 200])
  }
  const { body } = await ask(`${stack.base}/profile`, { token: (await login(stack, '1002')).access })
  expect(JSON.stringify(body)).toContain('user2')
})

test('of 30 who register at once with names that shadow each other one wins', async () => {
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, n) => {
      const own = { email: `race${n}@example.org`, password: 'secreto123' }
      const names = [
        { username: '5000', extension: '5000' },
        { username: '５０００', extension: '5000' },
        { username: `race${n}`, extension: '5000' },
      ]
      return ask(`${stack.url}/api/register`, { json: { ...own, ...names[n % 3] } })
    }),
  )
  const statuses = replies.map(({ status }) => status).sort()
  expect(statuses).toEqual([201, ...Array(29).fill(409)])
})
