import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { login, mediaStatus, requestJson } from '../../support/http-client.ts'
import { addCheapUsers, CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const attempt = (stack: Stack, username: string, password: string, headers: Record<string, string> = {}) =>
  requestJson(`${stack.base}/auth/login`, { json: { username, password }, headers })

describe('guessing', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({
      env: {
        HOOKSWITCH_LOGIN_PER_ACCOUNT: '4',
        HOOKSWITCH_LOGIN_PER_ADDRESS: '30',
        HOOKSWITCH_TRUSTED_PROXIES: '127.0.0.0/8',
      },
    })
  })
  afterAll(() => stack?.stop())

  const hookswitch = (...words: string[]) =>
    spawnSync(process.execPath, [join(project, 'dist/hookswitch.js'), 'users', ...words], {
      env: { ...process.env, HOOKSWITCH_DATA: stack.data },
      input: 'secreto123\n',
      encoding: 'utf8',
    })

  /** As if through the administrator's own proxy. */
  const from = (address: string) => ({ 'X-Forwarded-For': address })

  test('is stopped for an account where it comes from, by whichever of its names, even with the right password', async () => {
    for (const n of [1, 2, 3, 4]) {
      const { status } = await attempt(stack, n % 2 ? 'user1' : '1001', 'wrong', from('198.51.100.1'))
      expect(status).toBe(401)
    }
    const { status, headers, body } = await attempt(stack, 'USER1', 'password', from('198.51.100.1'))
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(body).toMatchObject({ success: false, error: 'Too many attempts' })
    // Its owner comes from elsewhere, and another account's owner from there.
    expect((await attempt(stack, '1001', 'password', from('198.51.100.9'))).status).toBe(200)
    expect((await attempt(stack, 'user2', 'password', from('198.51.100.1'))).status).toBe(200)
  })

  test.each([
    ['an account', 'user3'],
    ['an account that does not exist, so that a client cannot find out which accounts exist', 'ghost'],
  ])('is stopped for %s after ten times as many from everywhere', async (_, username) => {
    for (let n = 0; n < 40; n += 1)
      expect((await attempt(stack, username, 'wrong', from(`198.51.101.${n}`))).status).toBe(401)
    expect((await attempt(stack, username, 'password', from('198.51.101.99'))).status).toBe(429)
  })

  test('from everywhere locks no owner out of a network from which they have logged in', async () => {
    const home = from('192.0.2.1')
    const made = hookswitch('passwd', 'user3')
    expect([made.status, made.stderr]).toEqual([0, ''])
    expect((await attempt(stack, 'user3', 'secreto123', home)).status).toBe(200)
    for (let n = 0; n < 41; n += 1) await attempt(stack, 'user3', 'wrong', from(`198.51.105.${n}`))
    expect((await attempt(stack, 'user3', 'secreto123', from('192.0.2.2'))).status).toBe(429)
    expect((await attempt(stack, 'user3', 'secreto123', home)).status).toBe(200)
  })

  test.each([
    ['unlock', 'password', '203.0.113.60'],
    ['passwd', 'secreto123', '203.0.113.70'],
  ])('is forgotten at once by `users %s`', async (verb, right, address) => {
    const [here, elsewhere] = [from(address), from(address.replace('113', '114'))]
    for (let n = 0; n < 4; n += 1) await attempt(stack, 'user2', 'wrong', here)
    for (let n = 0; n < 40; n += 1) await attempt(stack, 'user2', 'wrong', from(`198.51.106.${n}`))
    expect((await attempt(stack, 'user2', 'password', here)).status).toBe(429)
    expect((await attempt(stack, 'user2', 'password', elsewhere)).status).toBe(429)
    expect(hookswitch(verb, '1002').status).toBe(0)
    expect((await attempt(stack, 'user2', right, here)).status).toBe(200)
    expect((await attempt(stack, 'user2', right, elsewhere)).status).toBe(200)
  })

  test('is stopped for an address, over many accounts', async () => {
    const statuses = []
    for (let n = 0; n < 31; n += 1)
      statuses.push((await attempt(stack, `name${n}`, 'wrong', from('203.0.113.7'))).status)
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401))
    expect(statuses[30]).toBe(429)
  })

  test('is stopped for one customer’s IPv6 network as for one address', async () => {
    let last = 0
    for (let n = 0; n < 31; n += 1) {
      last = (await attempt(stack, `six${n}`, 'wrong', from(`2001:db8:1:2::${n.toString(16)}`))).status
    }
    expect(last).toBe(429)
    expect((await attempt(stack, 'six99', 'wrong', from('2001:db8:1:3::1'))).status).toBe(401)
  })

  test('does not get past by a burst of 40 at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => attempt(stack, 'burst', 'wrong', from('198.51.102.1'))),
    )
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(4)
  })

  test('a right password starts the account afresh there', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 3; n += 1) await attempt(stack, 'admin', 'wrong', from('198.51.103.9'))
      expect((await attempt(stack, 'admin', 'password', from('198.51.103.9'))).status).toBe(200)
    }
  })

  test('only the last hop that a trusted proxy added is believed', async () => {
    for (let n = 0; n < 31; n += 1) {
      await attempt(stack, `spoof${n}`, 'wrong', from(`10.0.0.${n}, 203.0.113.99`))
    }
    expect((await attempt(stack, 'spoof-last', 'wrong', from('10.9.9.9, 203.0.113.99'))).status).toBe(429)
  })
})

describe('a morning at the office', () => {
  const data = mkdtempSync(join(tmpdir(), 'hs-'))
  let stack: Stack
  let names: string[] = []
  beforeAll(async () => {
    // Half the work of a real hash: many are under way at once.
    names = await addCheapUsers(data, 500, 19_456)
    const usual = {
      HOOKSWITCH_LOGIN_PER_ACCOUNT: '',
      HOOKSWITCH_LOGIN_PER_ADDRESS: '',
      HOOKSWITCH_MIKOPBX_LOGINS: '',
      HOOKSWITCH_MIKOPBX_REFRESHES: '',
    }
    stack = await startStack({ data, env: usual })
  })
  afterAll(() => stack?.stop())

  const tallied = (statuses: readonly number[]) =>
    Object.fromEntries(
      [...new Set(statuses)]
        .sort()
        .map((status) => [status, statuses.filter((one) => one === status).length]),
    )
  const api = () => `${stack.url}/pbxcore/api/v3`

  test('lets 500 people behind one address in at once, as they all know their passwords', async () => {
    const replies = await Promise.all(names.map((name) => attempt(stack, name, CHEAP_PASSWORD)))
    expect(tallied(replies.map(({ status }) => status))).toEqual({ 200: 500 })
  })

  test('lets them in on MikoPBX’s surface, where an address has ten failures alone', async () => {
    const replies = await Promise.all(
      names
        .slice(0, 100)
        .map((login) => requestJson(`${api()}/auth:login`, { json: { login, password: CHEAP_PASSWORD } })),
    )
    expect(tallied(replies.map(({ status }) => status))).toEqual({ 200: 100 })
  })

  test('lets 150 pages behind one address refresh at once on MikoPBX’s surface, and counts those that fail', async () => {
    const opened = await requestJson(`${api()}/auth:login`, {
      json: { login: names[2], password: CHEAP_PASSWORD },
    })
    const cookie = /^refreshToken=[^;]*/.exec(opened.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const refresh = (Cookie: string) =>
      requestJson(`${api()}/auth:refresh`, { method: 'POST', headers: { Cookie } }).then(
        ({ status }) => status,
      )
    expect(tallied(await Promise.all(Array.from({ length: 150 }, () => refresh(cookie))))).toEqual({
      200: 150,
    })
    const guesses = await Promise.all(Array.from({ length: 150 }, () => refresh('refreshToken=guessed')))
    expect(tallied(guesses)).toEqual({ 401: 100, 429: 50 })
  })

  test('lets one person in from 60 devices at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => attempt(stack, names[1] ?? '', CHEAP_PASSWORD)),
    )
    expect(tallied(replies.map(({ status }) => status))).toEqual({ 200: 60 })
  })

  test('leaves an account ten wrong guesses, and an address fifty, in a burst as one by one', async () => {
    const burst = await Promise.all(
      Array.from({ length: 300 }, () => attempt(stack, names[0] ?? '', 'wrong')),
    )
    expect(tallied(burst.map(({ status }) => status))).toEqual({ 401: 10, 429: 290 })
    const others = await Promise.all(
      Array.from({ length: 300 }, (_, n) => attempt(stack, names[100 + n] ?? '', 'wrong')),
    )
    expect(tallied(others.map(({ status }) => status))).toEqual({ 401: 40, 429: 260 })
    const miko = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        requestJson(`${api()}/auth:login`, { json: { login: names[100 + n], password: 'wrong' } }),
      ),
    )
    expect(tallied(miko.map(({ status }) => status))).toEqual({ 401: 10, 429: 40 })
  })
})

describe('a login', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack?.stop())

  test('takes the same time for an unknown user as for a wrong password', async () => {
    const time = async (username: string) => {
      const startedAt = performance.now()
      await attempt(stack, username, 'wrong')
      return performance.now() - startedAt
    }
    const known: number[] = []
    const unknown: number[] = []
    for (let n = 0; n < 25; n += 1) {
      known.push(await time('user1'))
      unknown.push(await time(`nobody${n}`))
    }
    const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
    const ratio = median(unknown) / median(known)
    // Without the dummy hash it would be about a tenth.
    expect(ratio).toBeGreaterThan(0.6)
    expect(ratio).toBeLessThan(1.6)
  })

  test('does not hold up other requests, however many log in at once', async () => {
    const { access } = await login(stack)
    const logins = Promise.all(Array.from({ length: 90 }, () => attempt(stack, 'user2', 'password')))
    let done = false
    const statuses = logins.then((all) => {
      done = true
      return all.map(({ status }) => status)
    })
    let served = 0
    while (!done) {
      expect((await requestJson(`${stack.base}/profile`, { token: access })).status).toBe(200)
      expect(await mediaStatus(stack, '1001/hello.wav', access)).toBe(200)
      served += 1
    }
    expect(await statuses).toEqual(Array(90).fill(200))
    // Ninety hashes, two at a time: a blocked loop would have let one or two through.
    expect(served).toBeGreaterThan(5)
  })
})
