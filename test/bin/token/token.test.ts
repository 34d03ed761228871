import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { freePort } from '../../support/free-port.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { createTokenTestbed, leakedSecrets, type TokenTestbed } from './token-testbed.ts'

let stack: Stack
let desk: TokenTestbed
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())
beforeEach(() => {
  desk = createTokenTestbed({
    MIKOPBX_API_URL: `${stack.url}/pbxcore/api/v3`,
    MIKOPBX_LOGIN: 'user2',
    MIKOPBX_PASSWORD: 'password',
  })
})
afterEach(() => desk.remove())

/** Requests the access log has of the routes of tokens. */
async function asked(verb = ''): Promise<number> {
  // Another request that is surely logged after those that are.
  const mark = `/mark-${Math.random()}`
  await requestJson(`${stack.url}${mark}`)
  const log = () => readFileSync(join(stack.data, 'log', 'access.log'), 'utf8')
  await waitUntil('the access log is written', () => log().includes(mark))
  return log().split(`"/pbxcore/api/v3/auth:${verb}`).length - 1
}
const sessions = (token: string) => requestJson(`${stack.url}/api/v1/sessions`, { token })
const live = async (token: string) =>
  JSON.stringify((await sessions(token)).body).split('"mikopbx"').length - 1
const tokenOf = async (args: string[] = []) => {
  const { code, out, err } = await desk.run(args)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  return out.trim()
}

describe('a token of a real Hookswitch', () => {
  test('comes alone out of $(hookswitch token) and opens the API', async () => {
    const script = 'TOKEN=$(node dist/hookswitch.js token) && printf "<%s>" "$TOKEN"'
    const { stdout } = await promisify(execFile)('sh', ['-c', script], {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        XDG_CACHE_HOME: desk.cache,
        MIKOPBX_API_URL: `${stack.url}/pbxcore/api/v3/`,
        MIKOPBX_PASSWORD: 'password',
      },
    })
    const token = /^<([\w.-]+)>$/.exec(stdout)?.[1] ?? ''
    expect((await sessions(token)).status).toBe(200)
  })

  test('is cached for its owner alone, and the next run sends no request', async () => {
    const token = await tokenOf()
    expect((await sessions(token)).status).toBe(200)
    expect(statSync(desk.cachePath()).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(desk.cachePath())).mode & 0o777).toBe(0o700)
    const before = await asked()
    expect(await tokenOf()).toBe(token)
    expect((await desk.run([], { MIKOPBX_PASSWORD: '' })).out).toBe(`${token}\n`)
    expect(await asked()).toBe(before)
  })

  test('is renewed by the cookie near its end, and the rotated cookie by the next one', async () => {
    const first = await tokenOf()
    const logins = await asked('login')
    const seen = [desk.cachedToken().cookie]
    for (const _ of [1, 2, 3]) {
      desk.expireToken()
      const { code, out } = await desk.run([], { MIKOPBX_PASSWORD: '' })
      expect(code).toBe(0)
      expect((await sessions(out.trim())).status).toBe(200)
      seen.push(desk.cachedToken().cookie)
    }
    expect(new Set(seen).size).toBe(4)
    expect(await asked('login')).toBe(logins)
    expect((await sessions(first)).status).toBe(200)
  })

  test('is the same for ten runs at once, of one login and of one refresh', async () => {
    const ten = () => Promise.all(Array.from({ length: 10 }, () => tokenOf()))
    const [logins, refreshes] = [await asked('login'), await asked('refresh')]
    const first = new Set(await ten())
    expect(first.size).toBe(1)
    desk.expireToken()
    const second = new Set(await ten())
    expect(second.size).toBe(1)
    expect([await asked('login'), await asked('refresh')]).toEqual([logins + 1, refreshes + 1])
    for (const token of [...first, ...second]) expect((await sessions(token)).status).toBe(200)
  })

  test('is a new one with --fresh, beside the old one', async () => {
    const old = await tokenOf()
    const before = await live(old)
    const fresh = await tokenOf(['--fresh'])
    expect(fresh).not.toBe(old)
    expect(await live(old)).toBe(before + 1)
    expect(await tokenOf()).toBe(fresh)
  })

  test('is good no more after --forget, which also works when it has run out', async () => {
    for (const aged of [false, true]) {
      const token = await tokenOf()
      if (aged) desk.expireToken()
      expect(await desk.run(['--forget'])).toMatchObject({
        code: 0,
        out: '',
        err: expect.stringMatching(/logged out/),
      })
      await waitUntil('the token is refused', async () => (await sessions(token)).status === 401)
      expect(() => desk.cachePath()).toThrow('nothing is kept')
    }
    expect(await desk.run(['--forget'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/nothing is kept/),
    })
  })

  test('needs another login once its session was ended, and a password for that', async () => {
    const token = await tokenOf()
    await requestJson(`${stack.url}/pbxcore/api/v3/auth:logout`, { method: 'POST', token })
    desk.expireToken()
    const { code, out, err } = await desk.run([], { MIKOPBX_PASSWORD: '' })
    expect({ code, out }).toEqual({ code: 7, out: '' })
    expect(err).toMatch(/session has ended .*set MIKOPBX_PASSWORD/)
    expect((await sessions(await tokenOf())).status).toBe(200)
  })

  test('is not taken from a file that others may read', async () => {
    const token = await tokenOf()
    chmodSync(desk.cachePath(), 0o644)
    const { code, out, err } = await desk.run()
    expect(code).toBe(0)
    expect(out.trim()).not.toBe(token)
    expect(err).toMatch(/^hookswitch token: ignoring .*others may read or write it\n$/)
    expect(statSync(desk.cachePath()).mode & 0o777).toBe(0o600)
    expect(await tokenOf()).toBe(out.trim())
  })

  test('is in no line of --debug, nor is the cookie', async () => {
    const logins = await desk.run(['--debug'])
    const before = desk.cachedToken()
    desk.expireToken()
    const refreshes = await desk.run(['--debug'])
    const after = desk.cachedToken()
    const logouts = await desk.run(['--debug', '--forget'])
    const said = logins.err + refreshes.err + logouts.err
    expect(said).toMatch(/auth:login.*auth:refresh.*auth:logout/s)
    expect(said).toContain('refreshToken=[struck]; Path=/; HttpOnly; SameSite=Strict')
    expect(leakedSecrets(said, [before.accessToken, before.cookie, after.accessToken, after.cookie])).toEqual(
      [],
    )
    expect(said).not.toContain('password=password')
  })

  test.each([
    [
      'a wrong password',
      { MIKOPBX_PASSWORD: 'not-it' },
      4,
      /invalid credentials \("Invalid login or password"\)/,
    ],
    ['an unknown user', { MIKOPBX_LOGIN: 'nobody' }, 4, /check MIKOPBX_LOGIN \(nobody\)/],
    ['a place that is none', { MIKOPBX_API_URL: 'URL/nowhere' }, 6, /check MIKOPBX_API_URL/],
    ['a server that is down', { MIKOPBX_API_URL: 'DOWN' }, 3, /refuses connections: start the server/],
    ['no password', { MIKOPBX_PASSWORD: '' }, 2, /MIKOPBX_PASSWORD is not set/],
  ])(
    '%s is reported in one line, with an exit code of its own',
    async (_, flaw: Record<string, string>, code, words) => {
      const url = flaw.MIKOPBX_API_URL?.replace('URL', stack.url).replace(
        'DOWN',
        `http://127.0.0.1:${await freePort()}`,
      )
      const before = await asked('login')
      const run = await desk.run(['--retries', '1'], { ...flaw, ...(url ? { MIKOPBX_API_URL: url } : {}) })
      expect(run).toMatchObject({ code, out: '' })
      expect(run.err).toMatch(words)
      expect(run.err.trim().split('\n')).toHaveLength(1)
      expect(await asked('login')).toBe(before + (code === 4 ? 1 : 0))
    },
  )
})
