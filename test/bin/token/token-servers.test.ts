import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  accessTokenOf,
  createTokenTestbed,
  leakedSecrets,
  loginReply,
  type RequestHandler,
  refreshCookieOf,
  refusalReply,
  type ScriptedServer,
  selfSigned,
  startScriptedServer,
  type TokenTestbed,
} from './token-testbed.ts'

const PASSWORD = '12345 6789&Miko=PBX#1"\'<ü'
const places: ScriptedServer[] = []
const desks: TokenTestbed[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) desk.remove()
  for (const place of places.splice(0)) await place.close()
})

async function stand(answer: RequestHandler, tls?: { key: string; cert: string }, host = '127.0.0.1') {
  const place = await startScriptedServer(answer, tls)
  places.push(place)
  const url = `${tls ? 'https' : 'http'}://${host}:${place.port}/pbxcore/api/v3`
  const desk = createTokenTestbed({ MIKOPBX_API_URL: url, MIKOPBX_PASSWORD: PASSWORD })
  desks.push(desk)
  return { ...place, url, desk }
}
const verbs = ({ requests }: Pick<ScriptedServer, 'requests'>) =>
  requests.map(({ path }) => path.replace('/pbxcore/api/v3/auth:', ''))
const good = (number: number) => ({ code: 0, out: `${accessTokenOf(number)}\n`, err: '' })

describe('any server that speaks the document', () => {
  test('gets the form of the document and may give opaque tokens, odd cookies and messages: []', async () => {
    const here = await stand((_, count) => loginReply(count))
    expect(await here.desk.run()).toEqual(good(1))
    expect(here.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(here.requests[0]?.body))).toEqual({
      login: 'admin',
      password: PASSWORD,
      rememberMe: 'false',
    })
    // Cached by expiresIn, as an opaque token does not show its end.
    expect(await here.desk.run()).toEqual(good(1))
    expect(here.requests).toHaveLength(1)
    here.desk.expireToken()
    expect(await here.desk.run()).toEqual(good(2))
    expect(verbs(here)).toEqual(['login', 'refresh'])
    expect(here.requests[1]?.headers.cookie).toBe(`refreshToken=${refreshCookieOf(1)}`)
    expect(here.desk.cachedToken().cookie).toBe(refreshCookieOf(2))
  })

  test('may rotate no cookie, and send tokens of unknown life, which are used once', async () => {
    const here = await stand(({ path }, count) =>
      path.endsWith('login')
        ? loginReply(1, { expiresIn: null })
        : { body: loginReply(count, { expiresIn: null }).body },
    )
    for (const number of [1, 2, 3]) expect(await here.desk.run()).toEqual(good(number))
    expect(here.desk.cachedToken().cookie).toBe(refreshCookieOf(1))
  })

  test('is cached until the token’s own exp, not by expiresIn', async () => {
    const exp = Math.floor(Date.now() / 1000) + 5
    const jwt = ['{"alg":"none"}', JSON.stringify({ exp }), 'x'].map((one) =>
      Buffer.from(one).toString('base64url'),
    )
    const here = await stand((_, count) =>
      loginReply(count, { accessToken: jwt.join('.'), expiresIn: 99_999 }),
    )
    await here.desk.run()
    expect(here.desk.cachedToken().endsAt).toBe(exp)
  })

  test('refuses a kept cookie: then there is another login, or code 7 without a password', async () => {
    const here = await stand(({ path }, count) =>
      path.endsWith('refresh') ? refusalReply(401, 'Refresh token expired or not found') : loginReply(count),
    )
    await here.desk.run()
    here.desk.expireToken()
    const poor = await here.desk.run([], { MIKOPBX_PASSWORD: '' })
    expect(poor).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringMatching(/has ended \("Refresh token expired or not found"\)/),
    })
    expect(await here.desk.run()).toEqual(good(4))
    expect(verbs(here)).toEqual(['login', 'refresh', 'refresh', 'login'])
  })

  test('is logged out with --forget, by the token and the cookie; the cache is cleared even while the server is down', async () => {
    const here = await stand(({ path }) =>
      path.endsWith('logout') ? { body: { result: true } } : loginReply(1),
    )
    await here.desk.run()
    expect(await here.desk.run(['--forget'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/logged out/),
    })
    expect(here.requests[1]?.headers).toMatchObject({
      authorization: `Bearer ${accessTokenOf(1)}`,
      cookie: `refreshToken=${refreshCookieOf(1)}`,
    })
    await here.desk.run()
    await here.close()
    expect(await here.desk.run(['--forget', '--retries', '0'])).toMatchObject({ code: 3, out: '' })
    expect(() => here.desk.cachePath()).toThrow('nothing is kept')
  })
})

describe('trouble', () => {
  test.each<[string, RequestHandler, number, RegExp, number]>([
    ['a page of HTML', () => ({ body: '<html>Welcome</html>' }), 6, /not of this API \(200/, 1],
    ['a missing page', () => ({ status: 404, body: '<h1>Not Found</h1>' }), 6, /not of this API \(404/, 1],
    ['JSON of another API', () => ({ body: { token: 'x' } }), 6, /check MIKOPBX_API_URL/, 1],
    ['no token', () => loginReply(1, { accessToken: undefined }), 6, /holds no access token/, 1],
    ['a token of two lines', () => loginReply(1, { accessToken: 'a\nb: c' }), 6, /holds no access token/, 1],
    ['an endless answer', () => ({ body: ' '.repeat(3_000_000) }), 6, /not of this API/, 1],
    [
      'a failing server',
      () => refusalReply(500, 'Internal error'),
      6,
      /failed with 500 \("Internal error"\)/,
      1,
    ],
    ['a refusal', () => refusalReply(401, 'Invalid login'), 4, /invalid credentials \("Invalid login"\)/, 1],
    ['a refusal of a proxy', () => ({ status: 401, body: '<html>' }), 4, /"status 401"/, 1],
    ['a refusal with 200', () => refusalReply(200, 'No'), 4, /invalid credentials/, 1],
    [
      'too many tries for long',
      () => ({ status: 429, headers: { 'Retry-After': '3600' } }),
      8,
      /in 3600 s/,
      1,
    ],
    [
      'too many tries for no time',
      () => ({ status: 429, headers: { 'Retry-After': '0' } }),
      8,
      /again in 0 s/,
      3,
    ],
    ['a proxy alone', () => ({ status: 502, body: '<html>' }), 3, /API is away \(502\)/, 3],
    ['a server that hangs', () => 'hang', 3, /no answer from .* in 0.4 s/, 3],
    ['a lost connection', () => 'reset', 3, /no connection/, 3],
  ])('%s has its code, its line and its number of requests', async (_, answer, code, words, requests) => {
    const here = await stand(answer)
    const run = await here.desk.run(['--timeout', '0.4', '--retries', '2'])
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err).toMatch(words)
    expect(run.err.trim().split('\n')).toHaveLength(1)
    expect(here.requests).toHaveLength(requests)
  })

  test('that passes is waited for, as long as Retry-After asks', async () => {
    const here = await stand((_, count) => {
      if (count === 1) return { status: 503, headers: { 'Retry-After': '1' }, body: 'later' }
      return count === 2 ? 'reset' : loginReply(3)
    })
    expect(await here.desk.run()).toEqual(good(3))
    const [first = { at: 0 }, second = { at: 0 }] = here.requests
    expect(second.at - first.at).toBeGreaterThanOrEqual(1000)
  })

  test('an answer that stops in its middle times out as well', async () => {
    const here = await stand(() => ({ headers: { 'Content-Length': '5000' }, body: { result: true } }))
    expect(await here.desk.run(['--timeout', '0.4', '--retries', '0'])).toMatchObject({ code: 3, out: '' })
  })

  test.each([301, 302, 307, 308])('a redirect (%i) to another origin is not followed', async (status) => {
    const there = await stand(() => loginReply(1))
    const here = await stand(() => ({ status, headers: { Location: `${there.url}/auth:login?secret=1` } }))
    const { code, out, err } = await here.desk.run()
    expect({ code, out }).toEqual({ code: 6, out: '' })
    expect(err).toContain(`sends us on to ${there.url}/auth:login (${status}), not followed`)
    expect(there.requests).toEqual([])
  })

  test.each([
    ['an unknown flag', ['--fersh'], {}, /--fersh/],
    ['two that exclude each other', ['--fresh', '--forget'], {}, /not both/],
    ['no number', ['--timeout', 'soon'], {}, /--timeout is a number/],
    ['no retries below 0', ['--retries=-1'], {}, /--retries is 0 or more/],
    ['no URL', [], { MIKOPBX_API_URL: 'pbx.example' }, /MIKOPBX_API_URL: must be a URL/],
    [
      'a password in the URL',
      [],
      { MIKOPBX_API_URL: 'http://a:hidden-one@127.0.0.1' },
      /no user or password/,
    ],
    [
      'a missing file',
      [],
      { MIKOPBX_PASSWORD: '', MIKOPBX_PASSWORD_FILE: 'hidden-one' },
      /file it names cannot be read/,
    ],
    ['two passwords', [], { MIKOPBX_PASSWORD_FILE: '/nowhere' }, /keep one/],
  ])('of usage, %s, is one line and code 2', async (_, args, env: Record<string, string>, words) => {
    const here = await stand(() => loginReply(1))
    const run = await here.desk.run(args, env)
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(run.err).toMatch(words)
    expect(run.err.trim().split('\n')).toHaveLength(1)
    expect(leakedSecrets(run.err, ['hidden-one', PASSWORD])).toEqual([])
    expect(here.requests).toEqual([])
  })

  test('our own settings are none of its business', async () => {
    const here = await stand(() => loginReply(1))
    const env = { HOOKSWITCH_DATA: '/dev/null/no', HOOKSWITCH_ACCESS_TTL: 'x', REDIS_URL_FILE: '/nowhere' }
    expect(await here.desk.run([], env)).toEqual(good(1))
  })
})

describe('TLS', () => {
  let certificate: Awaited<ReturnType<typeof selfSigned>>
  beforeAll(async () => {
    certificate = await selfSigned()
  })
  afterAll(() => certificate?.remove())

  test.each(['127.0.0.1', 'localhost', 'mikopbx.localhost'])(
    'of %s may be self-signed, which is reported',
    async (host) => {
      const here = await stand((_, count) => loginReply(count), certificate, host)
      const { code, out, err } = await here.desk.run()
      expect({ code, out }).toEqual({ code: 0, out: `${accessTokenOf(1)}\n` })
      expect(err).toMatch(/^hookswitch token: accepting the unverified certificate of .* loopback\n$/)
    },
  )

  // 0.0.0.0 leads to this machine, too, but not by a name that promises so.
  test('of another host has to be verified: with its authority, or not at all with --insecure', async () => {
    const here = await stand(() => loginReply(1), certificate, '0.0.0.0')
    const run = await here.desk.run([], { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    expect(run).toMatchObject({ code: 5, out: '' })
    expect(run.err).toMatch(
      /cannot be verified \(DEPTH_ZERO_SELF_SIGNED_CERT\): .*NODE_EXTRA_CA_CERTS.*--insecure/,
    )
    expect(here.requests).toEqual([])

    expect(await here.desk.run([], { NODE_EXTRA_CA_CERTS: certificate.file })).toEqual(good(1))
    const lenient = await here.desk.run(['--insecure', '--fresh'])
    expect(lenient).toMatchObject({ code: 0, out: `${accessTokenOf(1)}\n` })
    expect(lenient.err).toMatch(/accepting the unverified certificate .*--insecure/)
  })

  test('with a server that has none is code 5, and a password without it is warned of', async () => {
    const here = await stand(() => loginReply(1))
    const run = await here.desk.run([], { MIKOPBX_API_URL: here.url.replace('http:', 'https:') })
    expect(run).toMatchObject({ code: 5, out: '', err: expect.stringMatching(/no encrypted connection/) })
    const plain = await here.desk.run([], { MIKOPBX_API_URL: here.url.replace('127.0.0.1', '0.0.0.0') })
    expect(plain).toMatchObject({ code: 0, err: expect.stringMatching(/is not encrypted/) })
  })
})

describe('secrets', () => {
  test('are in no line of --debug, even when a server repeats them', async () => {
    const echo: RequestHandler = ({ path, body }, count) => {
      const said = new URLSearchParams(body).get('password') ?? ''
      if (path.endsWith('login') && count === 1) return { status: 503, body: `<p>${said} ${body}</p>` }
      if (path.endsWith('login'))
        return loginReply(count, { note: [said, body, JSON.stringify(said), accessTokenOf(count)] })
      return refusalReply(
        403,
        `no ${refreshCookieOf(2)} of "${refreshCookieOf(2).slice(3, 17)}" \u001b[31m\r\nhookswitch token: all is well`,
      )
    }
    const here = await stand(echo)
    const first = await here.desk.run(['--debug'])
    here.desk.expireToken()
    const last = await here.desk.run(['--debug'], { MIKOPBX_PASSWORD: '' })
    expect([first.code, last.code]).toEqual([0, 7])
    const said = first.err + last.err
    expect(said).toContain('> login=admin&password=[struck]&rememberMe=false')
    expect(said).toContain('> Cookie: refreshToken=[struck]')
    const encoded = new URLSearchParams({ '': PASSWORD }).toString().slice(1)
    expect(leakedSecrets(said, [PASSWORD, encoded, accessTokenOf(2), refreshCookieOf(2)])).toEqual([])
    // Nor does a server get to write lines of its own.
    expect(said).not.toContain('\u001b')
    expect(last.err.split('\n').filter((line) => line.startsWith('hookswitch token:'))).toHaveLength(1)
  })

  test('may come from a file, without its last newline', async () => {
    const here = await stand(() => loginReply(1))
    const file = `${here.desk.cache}.password`
    writeFileSync(file, ` ${PASSWORD} \n`)
    expect(await here.desk.run([], { MIKOPBX_PASSWORD: '', MIKOPBX_PASSWORD_FILE: file })).toEqual(good(1))
    expect(new URLSearchParams(here.requests[0]?.body).get('password')).toBe(` ${PASSWORD} `)
  })
})

describe('what is kept', () => {
  test.each<[string, (path: string) => void]>([
    ['damaged', (path) => writeFileSync(path, '{"url":')],
    ['of another shape', (path) => writeFileSync(path, '{"accessToken":"x\\ny"}')],
    [
      'a link',
      (path) => {
        writeFileSync(`${path}.real`, '{}', { mode: 0o600 })
        rmSync(path)
        symlinkSync(`${path}.real`, path)
      },
    ],
  ])('is not used when it is %s, which is reported once', async (_, spoil) => {
    const here = await stand((_asked, count) => loginReply(count))
    await here.desk.run()
    spoil(here.desk.cachePath())
    const { code, out, err } = await here.desk.run()
    expect({ code, out }).toEqual({ code: 0, out: `${accessTokenOf(2)}\n` })
    expect(err).toMatch(/^hookswitch token: ignoring [^\n]*\n$/)
    expect(await here.desk.run()).toEqual(good(2))
  })

  test('is kept apart by URL and login', async () => {
    const here = await stand((_, count) => loginReply(count))
    expect(await here.desk.run()).toEqual(good(1))
    expect(await here.desk.run([], { MIKOPBX_LOGIN: 'other' })).toEqual(good(2))
    expect(await here.desk.run([], { MIKOPBX_API_URL: here.url.replace('/v3', '/v3/x') })).toEqual(good(3))
    expect(await here.desk.run()).toEqual(good(1))
  })

  test('cannot be kept: then the token comes all the same', async () => {
    const here = await stand((_, count) => loginReply(count))
    for (const number of [1, 2]) {
      const { code, out, err } = await here.desk.run([], { XDG_CACHE_HOME: '/dev/null' })
      expect({ code, out }).toEqual({ code: 0, out: `${accessTokenOf(number)}\n` })
      expect(err).toMatch(/the token is not kept/)
    }
  })

  test('is not locked for good by a run that was killed, and nothing but the token stays', async () => {
    const here = await stand((_, count) => loginReply(count))
    await here.desk.run()
    const lock = here.desk.cachePath().replace('.json', '.lock')
    mkdirSync(lock)
    const minuteAgo = Date.now() / 1000 - 60
    utimesSync(lock, minuteAgo, minuteAgo)
    const all = await Promise.all(Array.from({ length: 6 }, () => here.desk.run(['--fresh'])))
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    expect(readdirSync(dirname(lock))).toHaveLength(1)
  })
})
