import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addKey, readKeys } from '../../../contract/keys.ts'
import { FOREIGN_SIGNATURES, UNREADABLE_TOKENS } from '../../contract/invalid-tokens.ts'
import { jsonTestSuite } from '../../contract/json-test-suite.ts'
import { mint, signJws, type TestKeys, type TokenChanges, validHeader } from '../../contract/mint-token.ts'
import { freePort } from '../../support/free-port.ts'
import { login, logout, requestJson, type SessionTokens } from '../../support/http-client.ts'
import { childrenOf, internetSocketsOf } from '../../support/process-tree.ts'
import { type RawHeaders, type RawReply, sendBytes, sendRaw } from '../../support/raw-http.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { FRAMES, HANDSHAKE, MESSAGE_IDS } from '../../support/stream-requests.ts'
import { FOREIGN_MEDIA_PATHS, INTERNAL_PATHS, INVALID_CHANNELS, NEAR_PUBLISH_PATHS } from './hostile-paths.ts'

const API = '/pbxcore/api/module-softphone-backend/v1'
const STREAM = `${API}/sub/users-state`
const OWN_STREAM = `${API}/sub/me`
const FILE = '/media/1001/hello.wav'
const PARTS = ['sidecar', 'api', 'nginx', 'redis'] as const

let stack: Stack
let forge: TestKeys
let user: SessionTokens
let admin: SessionTokens
let pids: number[] = []
let workers: number[] = []
/** A server that counts connections, for tokens that contain its URL. */
let listener: Server
let requestsToListener = 0
let watcher: NodeJS.Timeout
const internetSockets = new Set<string>()
/** The signature of every token that was sent or issued. */
const signatures = new Set<string>()

beforeAll(async () => {
  stack = await startStack()
  const keys = join(stack.data, 'keys')
  addKey(keys, 'EdDSA')
  const all = readKeys(keys)
  const [hmac, eddsa] = [all.find((key) => key.alg === 'HS256'), all.find((key) => key.alg === 'EdDSA')]
  if (hmac === undefined || eddsa === undefined) throw new Error('the stack has no keys')
  // Read anew each time: a forged token is valid for a minute, and the tests take longer on a busy machine.
  forge = {
    hmac,
    eddsa,
    get nowS() {
      return Math.floor(Date.now() / 1000)
    },
  }
  user = await login(stack)
  admin = await login(stack, 'admin')
  for (const token of [user.access, user.refresh, admin.access, admin.refresh]) recordSignature(token)
  await waitUntil('the new key is read', async () => (await media(mint(eddsa, forge.nowS))).status === 200)

  listener = createServer((_, res) => {
    requestsToListener += 1
    res.end('{}')
  })
  const port = await freePort()
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  layOut(join(stack.data, 'media'))
  pids = PARTS.map(stack.pid)
  workers = childrenOf(stack.pid('nginx'))
  watcher = setInterval(() => {
    for (const part of ['sidecar', 'api'] as const) {
      for (const line of internetSocketsOf(stack.pid(part))) internetSockets.add(`${part}: ${line}`)
    }
  }, 250)
})
afterAll(async () => {
  clearInterval(watcher)
  listener?.close()
  await stack?.stop()
})

/** Files that a hostile path may try to reach. */
function layOut(root: string) {
  const put = (path: string) => writeFileSync(join(root, path), `content of ${path}`)
  mkdirSync(join(root, '1001', 'sub'))
  mkdirSync(join(root, '1001', '.git'))
  mkdirSync(join(root, '10010'))
  for (const path of [
    '1001/.hidden',
    '1001/.git/config',
    '1001/hello.wav ',
    '1001/a;b',
    '10010/x',
    'root.txt',
    '.env',
  ]) {
    put(path)
  }
  put('1001/sub/ok.txt')
  put('1001/\u00fc.txt')
  symlinkSync('../1002/hello.wav', join(root, '1001', 'theirs.wav'))
  symlinkSync('../1002', join(root, '1001', 'theirs'))
  symlinkSync('/etc/passwd', join(root, '1001', 'passwd'))
}

const recordSignature = (token: string) => {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (signature.length >= 20) signatures.add(signature)
}
const bearer = (token: string) => ['Authorization', `Bearer ${token}`] as const
const sse = ['Accept', 'text/event-stream'] as const
const media = (token: string, path = FILE) => sendRaw(stack, { path, headers: [bearer(token)] })
const stream = (token: string, more: RawHeaders = []) =>
  sendRaw(stack, { path: STREAM, headers: [bearer(token), sse, ...more] })
const isRefusal = (status: number) => [400, 401, 403].includes(status)
/** The response is a file or a stream, not a refusal. */
const disclosesContent = ({ text }: RawReply) => /RIFF|content of|text\/event-stream|root:/.test(text)

/** Uses a token at every endpoint, by header and by query; if a header cannot carry it, by query alone. */
const PLACES: readonly (readonly [name: string, method: string, path: string, inQuery: boolean])[] = [
  ['a file', 'GET', FILE, false],
  ['a file, by query', 'GET', `${FILE}?authorization=`, true],
  ['a file, as a link', 'GET', `${FILE}?link=`, true],
  ['a stream', 'GET', STREAM, false],
  ['a stream, by query', 'GET', `${STREAM}?authorization=`, true],
  ['a stream, as a ticket', 'GET', `${STREAM}?ticket=`, true],
  ['the profile', 'GET', `${API}/profile`, false],
  ['a new token', 'POST', `${API}/auth/refresh`, false],
]

async function everywhere(token: string): Promise<Record<string, number>> {
  recordSignature(token)
  // A blank at its end is no part of a header's value (RFC 9110 §5.5).
  const fitsHeader = !/[\r\n\0]|[ \t]$/.test(token)
  const tries = PLACES.filter(([, , , inQuery]) => inQuery || fitsHeader).map(
    async ([name, method, path, inQuery]) => {
      const accept = path.startsWith(STREAM) ? [sse] : []
      const reply = await sendRaw(stack, {
        method,
        path: inQuery ? path + encodeURIComponent(token) : path,
        headers: inQuery ? accept : [bearer(token), ...accept],
        ...(method === 'POST' ? { body: '' } : {}),
      })
      return [name, disclosesContent(reply) ? 200 : reply.status] as const
    },
  )
  return Object.fromEntries(await Promise.all(tries))
}
const notRefused = (statuses: Record<string, number>) =>
  Object.entries(statuses).filter(([, status]) => !isRefusal(status))

describe('message ids, before there is any message', () => {
  test.each<[string, RawHeaders, string?]>(MESSAGE_IDS)(
    '%s, from many clients at once, ends no worker',
    async (_, headers, query = '') => {
      const ways: RawHeaders[] = [
        [sse],
        HANDSHAKE,
        [...HANDSHAKE, ['Sec-WebSocket-Protocol', 'ws+meta.nchan'] as const],
      ]
      const replies = await Promise.all(
        Array.from({ length: 48 }, (_, n) =>
          sendRaw(stack, {
            // A user's own channel stays without a message for longest.
            path: (n % 2 === 0 ? STREAM : OWN_STREAM) + query,
            headers: [bearer(user.access), ...(ways[n % 3] ?? []), ...headers],
          }),
        ),
      )
      expect(
        replies.map(({ status }) => status).filter((status) => ![101, 200, 400].includes(status)),
      ).toEqual([])
      expect(childrenOf(stack.pid('nginx'))).toEqual(workers)
    },
  )

  test.each(FRAMES)('a WebSocket client that sends %s ends no worker', async (_, frame) => {
    const tries = Array.from({ length: 12 }, () =>
      sendRaw(stack, { path: STREAM, headers: [bearer(user.access), ...HANDSHAKE], next: frame }),
    )
    for (const { status } of await Promise.all(tries)) expect(status).toBe(101)
    expect(childrenOf(stack.pid('nginx'))).toEqual(workers)
  })

  test('and the sidecar counts no stream afterwards', async () => {
    await waitUntil('all streams are gone', async () => (await streams()) === 0)
  })

  test.each<[string, RawHeaders]>([
    ['the word alone', [['Upgrade', 'websocket']]],
    [
      'no key',
      [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Version', '13'],
      ],
    ],
    [
      'a short key',
      [...HANDSHAKE.slice(0, 2), ['Sec-WebSocket-Key', 'AA=='], ['Sec-WebSocket-Version', '13']],
    ],
    ['an old version', [...HANDSHAKE.slice(0, 3), ['Sec-WebSocket-Version', '8']]],
    ['no Connection', [['Upgrade', 'websocket'], ...HANDSHAKE.slice(2)]],
  ])('half a WebSocket handshake (%s) is no stream, and leaves none behind', async (_, headers) => {
    // It is a plain GET then, which the API answers after a change: there is none.
    const reply = await sendRaw(stack, {
      path: STREAM,
      headers: [bearer(user.access), ...headers],
      timeoutMs: 500,
    })
    expect(reply).toEqual({ status: 0, text: '' })
    expect(await streams()).toBe(0)
  })
})

const streams = async () => Number((await requestJson(`${stack.url}/_gate/ready`)).body.streams)

describe('an invalid token opens nothing at any endpoint', () => {
  test('while a valid one passes, so that the refusals prove something', async () => {
    const good = mint(forge.hmac, forge.nowS)
    expect(await everywhere(good)).toMatchObject({
      'a file': 200,
      'a file, by query': 200,
      'a file, as a link': 403,
      'a stream': 200,
      'a stream, by query': 200,
      'a stream, as a ticket': 401,
      'a new token': 403,
    })
    expect((await requestJson(`${stack.base}/profile`, { token: user.access })).status).toBe(200)
  })

  test.each([...UNREADABLE_TOKENS, ...FOREIGN_SIGNATURES])('%s', async (_, make) => {
    const token = make(forge)
    if (token === undefined) return
    expect(notRefused(await everywhere(token))).toEqual([])
  })

  test.each<[string, (nowS: number) => TokenChanges]>([
    ['expired', (nowS) => ({ claims: { iat: nowS - 60, exp: nowS } })],
    ['expired in 1970', () => ({ claims: { iat: 0, exp: 1 } })],
    ['issued in a minute', (nowS) => ({ claims: { iat: nowS + 60, exp: nowS + 120 } })],
    ['valid in a minute', (nowS) => ({ claims: { nbf: nowS + 60 } })],
    ['valid to the year 9999', () => ({ claims: { exp: 253_402_300_799 } })],
    ['valid for longer than the maximum', (nowS) => ({ claims: { exp: nowS + 30 * 86_400 + 1 } })],
  ])('%s', async (_, changesAt) => {
    expect(notRefused(await everywhere(mint(forge.hmac, forge.nowS, changesAt(forge.nowS))))).toEqual([])
  })

  test('of another kind opens no file and no stream', async () => {
    for (const typ of ['rt+jwt', 'ml+jwt']) {
      const { 'a new token': _, ...statuses } = await everywhere(
        mint(forge.hmac, forge.nowS, { header: { typ } }),
      )
      expect(notRefused(statuses)).toEqual([])
    }
  })

  test('of a session that has ended', async () => {
    const gone = await login(stack)
    expect((await logout(stack, gone)).status).toBe(200)
    await waitUntil('the sidecar knows the revocation', async () => (await media(gone.access)).status === 401)
    expect(notRefused(await everywhere(gone.access))).toEqual([])
    expect(notRefused(await everywhere(gone.refresh))).toEqual([])
  })

  test('that names a URL, which no process requests', async () => {
    const address = listener.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/keys`
    for (const header of [
      { jku: url },
      { x5u: url },
      { kid: url },
      { jku: url, kid: undefined },
      { iss: url },
    ]) {
      expect(notRefused(await everywhere(mint(forge.hmac, forge.nowS, { header })))).toEqual([])
    }
    for (const claims of [{ iss: url }, { aud: [url] }, { sub: url, iss: `${url}/.well-known` }]) {
      expect(notRefused(await everywhere(mint(forge.hmac, forge.nowS, { claims })))).toEqual([])
    }
    expect(requestsToListener).toBe(0)
  })

  test.each([...jsonTestSuite])('%s as a signed payload', async (_, bytes) => {
    const token = signJws(forge.hmac, validHeader(forge.hmac), bytes)
    // The two largest are more than nginx takes in one line.
    if (token.length > 8_000) return expect((await media(token)).status).toBe(400)
    expect(notRefused(await everywhere(token))).toEqual([])
  })
})

describe('one credential per request', () => {
  const good = () => user.access
  const other = () => admin.access
  test.each<[string, () => string, () => RawHeaders]>([
    ['twice in the query', () => `?authorization=${good()}&authorization=${other()}`, () => []],
    ['twice in the query, alike', () => `?authorization=${good()}&authorization=${good()}`, () => []],
    ['its name in capitals', () => `?Authorization=${good()}`, () => []],
    ['its name percent-encoded', () => `?%61uthorization=${good()}`, () => []],
    ['a second spelling beside it', () => `?authorization=${good()}&AUTHORIZATION=${good()}`, () => []],
    ['its name with a blank', () => `?authorization%20=${good()}`, () => []],
    ['its value encoded twice', () => `?authorization=${good().replaceAll('.', '%252E')}`, () => []],
    ['another one in the header', () => `?authorization=${good()}`, () => [bearer(other())]],
    ['a bad one in the header', () => `?authorization=${good()}`, () => [bearer('x')]],
    ['a bad one in the query', () => '?authorization=x', () => [bearer(good())]],
    ['an empty one in the query', () => '?authorization=', () => [bearer(good())]],
    ['a link beside it', () => `?link=${good()}`, () => [bearer(good())]],
    ['a ticket beside it', () => '?ticket=abc', () => [bearer(good())]],
    ['another name', () => `?access_token=${good()}`, () => []],
    ['yet another name', () => `?token=${good()}`, () => []],
    ['a fragment', () => `#authorization=${good()}`, () => []],
    ['a cookie', () => '', () => [['Cookie', `authorization=${good()}; access_token=${good()}`]]],
    ['a header of another name', () => '', () => [['X-Authorization', `Bearer ${good()}`]]],
    ['a proxy’s header', () => '', () => [['Proxy-Authorization', `Bearer ${good()}`]]],
    ['a header spelled with _', () => '', () => [['X_Authorization', `Bearer ${good()}`]]],
    ['a WebSocket protocol', () => '', () => [['Sec-WebSocket-Protocol', `bearer, ${good()}`]]],
    ['two headers', () => '', () => [bearer(good()), bearer(good())]],
    ['two headers, one of another scheme', () => '', () => [bearer(good()), ['authorization', 'Basic eDp5']]],
    ['a header folded over two lines', () => '', () => [['Authorization', `Bearer\r\n ${good()}`]]],
    ['a header with a blank before its colon', () => '', () => [['Authorization ', `Bearer ${good()}`]]],
    ['two tokens in one header', () => '', () => [['Authorization', `Bearer ${good()} ${good()}`]]],
    ['a list in one header', () => '', () => [['Authorization', `Bearer ${good()}, Bearer ${good()}`]]],
    [
      'Basic',
      () => '',
      () => [['Authorization', `Basic ${Buffer.from(`user1:${good()}`).toString('base64')}`]],
    ],
    ['no scheme', () => '', () => [['Authorization', good()]]],
    ['a tab after the scheme', () => '', () => [['Authorization', `Bearer\t${good()}`]]],
    ['a tab after a blank', () => '', () => [['Authorization', `Bearer  \t${good()}`]]],
    ['a control character', () => '', () => [['Authorization', `Bearer ${good()}\x01`]]],
    ['an escape sequence', () => '', () => [['Authorization', `\x1b[2JBearer ${good()}`]]],
    ['a header of 7 kB', () => '', () => [bearer(`${good()}${'A'.repeat(7_000)}`)]],
    [
      'a path, a query and a header as long as nginx takes',
      () => `${'/a'.repeat(2_000)}?x=${'a'.repeat(4_000)}`,
      () => [bearer('b'.repeat(8_165))],
    ],
    ['nothing', () => '', () => []],
  ])('%s is refused', async (_, query, headers) => {
    for (const [path, more] of [
      [FILE, []],
      [STREAM, [sse]],
    ] as const) {
      const reply = await sendRaw(stack, { path: path + query(), headers: [...headers(), ...more] })
      expect(disclosesContent(reply)).toBe(false)
      // The long path is no channel, so that the API answers.
      expect([400, 401, 403, ...(query().startsWith('/a') ? [404] : [])]).toContain(reply.status)
    }
  })

  test('a query and a header of the maximum length are refused, not answered 503', async () => {
    for (const [path, more] of [
      [FILE, []],
      [STREAM, [sse]],
    ] as const) {
      const query = 'a'.repeat(8_170 - path.length)
      const headers = [bearer('b'.repeat(8_165)), ...more]
      expect((await sendRaw(stack, { path: `${path}?x=${query}`, headers })).status).toBe(401)
    }
  })

  test('the API accepts the header alone, not the query that a file accepts', async () => {
    const reply = await sendRaw(stack, { path: `${API}/profile?authorization=${good()}` })
    expect(reply.status).toBe(401)
  })
})

describe('a path', () => {
  /** 404 if there is no such path, 405 if it has another method. */
  const never = (reply: RawReply) => {
    expect(disclosesContent(reply)).toBe(false)
    expect([400, 401, 403, 404]).toContain(reply.status)
  }
  test.each([...FOREIGN_MEDIA_PATHS])('to %s is denied for a user’s token', async (path) => {
    never(await media(user.access, path))
    never(
      await sendRaw(stack, { path: `${path}${path.includes('?') ? '&' : '?'}authorization=${user.access}` }),
    )
  })

  test.each([
    '/media/.env',
    '/media/1001/.hidden',
    '/media/1001/.git/config',
    '/media/1001/passwd',
    '/media/1001/theirs.wav',
  ])('to %s is denied even for an admin’s token, as hidden files and links are', async (path) =>
    never(await media(admin.access, path)),
  )

  test.each([
    ['/media/1001/hello.wav', 200],
    ['/media/%31001/hello.wav', 200],
    ['/media/1002/../1001/hello.wav', 200],
    ['//media//1001/./hello.wav', 200],
    ['/media/1001/sub/ok.txt', 200],
    ['/media/1001/%C3%BC.txt', 200],
    ['/media/1001/\u00fc.txt', 200],
    ['/media/1001/a;b', 200],
    ['/pbxcore/softphone/recordings/1001/hello.wav', 200],
    ['/media/1001/missing.wav', 404],
  ])('%s is the user’s own, however it is spelled: %i', async (path, status) => {
    expect((await media(user.access, path)).status).toBe(status)
  })

  test.each([
    '1001/hello.wav%20',
    '1001/./sub/../hello.wav%20',
    '1001/sub/ok.txt',
    '1002/hello.wav',
    '1001/hello.wav/',
  ])('a link to one file does not open %s', async (path) => {
    const link = mint(forge.hmac, forge.nowS, {
      header: { typ: 'ml+jwt' },
      claims: { path: '1001/hello.wav' },
    })
    recordSignature(link)
    expect((await sendRaw(stack, { path: `${FILE}?link=${link}` })).status).toBe(200)
    never(await sendRaw(stack, { path: `/media/${path}?link=${link}` }))
  })

  // The API signs links to the recording of a call for its parties, so that another user's folder is allowed.
  test.each([
    '../1002/hello.wav',
    '/1002/hello.wav',
    '1001/../1002/hello.wav',
    '1001/theirs.wav',
    '1001/.hidden',
    '1002/.hidden',
  ])('a link that was signed for %s opens nothing', async (path) => {
    const link = mint(forge.hmac, forge.nowS, { header: { typ: 'ml+jwt' }, claims: { path } })
    recordSignature(link)
    never(await sendRaw(stack, { path: `/media/${path}?link=${link}` }))
  })
})

describe('smuggled headers', () => {
  const lies: RawHeaders = [
    ['X-Hs-Target', 'GET 1001/hello.wav'],
    ['X_Hs_Target', 'GET 1001/hello.wav'],
    ['x-hs-target', 'GET users-state'],
    ['X-Hs-Query', 'authorization=x'],
    ['X-Hs-Conn', '0'.repeat(32)],
    ['X-Hs-Cohort', 'gate'],
    ['X-Original-URI', '/media/1001/hello.wav'],
    ['X-Original-URL', '/media/1001/hello.wav'],
    ['X-Rewrite-URL', '/media/1001/hello.wav'],
    ['X-Forwarded-Uri', '/media/1001/hello.wav'],
    ['X-Forwarded-Method', 'GET'],
    ['X-HTTP-Method-Override', 'GET'],
    ['X-Real-IP', '127.0.0.1'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Accel-Redirect', '/media/1001/hello.wav'],
    ['X-Request-Id', '0'.repeat(32)],
    ['Host', 'gate'],
  ]
  test.each(lies)('%s: %s changes no verdict', async (name, value) => {
    const headers = [bearer(user.access), [name, value]] as const
    expect((await sendRaw(stack, { path: FILE, headers })).status).toBe(200)
    expect((await sendRaw(stack, { path: '/media/1002/hello.wav', headers })).status).toBe(403)
    expect((await sendRaw(stack, { path: FILE, headers: [[name, value]] })).status).toBe(401)
    expect((await sendRaw(stack, { path: STREAM, headers: [[name, value], sse] })).status).toBe(401)
    expect((await sendRaw(stack, { path: `${API}/profile`, headers: [[name, value]] })).status).toBe(401)
  })

  test('a stream that has ended is removed, whatever its query was', async () => {
    for (const query of ['', '?', '?x=1', '?authorization=', '?last_event_id=1:'].map((one) =>
      one.startsWith('?auth') ? one + user.access : one,
    )) {
      expect(
        disclosesContent(await sendRaw(stack, { path: STREAM + query, headers: [bearer(user.access), sse] })),
      ).toBe(true)
    }
    await waitUntil('the streams are gone', async () => (await streams()) === 0)
  })

  test('a stream’s own channel cannot be chosen by its client', async () => {
    const conn = 'f'.repeat(32)
    expect(
      (
        await stream(user.access, [
          ['X-Hs-Conn', conn],
          ['X-Request-Id', conn],
        ])
      ).status,
    ).toBe(200)
    // That the sidecar follows its end is asserted after all of this.
  })

  test.each([
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 44'],
    ['a length and chunks', 'Content-Length: 44\r\nTransfer-Encoding: chunked'],
    ['chunks of another spelling', 'Transfer-Encoding: xchunked'],
    ['chunks named twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'],
    ['a length with a sign', 'Content-Length: +44'],
  ])('a second request hidden behind %s is not answered', async (_, lengths) => {
    const hidden = `GET ${FILE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.access}\r\n\r\n`
    const { text } = await sendBytes(
      stack,
      Buffer.from(
        `POST ${API}/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${lengths}\r\n\r\n0\r\n\r\n${hidden}`,
      ),
      Buffer.from('\r\n'),
    )
    expect(text).not.toContain('RIFF')
  })
})

describe('methods', () => {
  const methods = [
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'MKCOL',
    'MOVE',
    'get',
    'PURGE',
  ]
  test.each(methods)('%s of a file or a stream is refused for every user', async (method) => {
    for (const path of [FILE, STREAM, `${FILE}?authorization=${user.access}`]) {
      const reply = await sendRaw(stack, { method, path, headers: [bearer(admin.access), sse], body: '' })
      expect(disclosesContent(reply)).toBe(false)
      expect([400, 401, 403, 405]).toContain(reply.status)
    }
  })
  test('a file is still there after all of them', async () => {
    expect((await media(user.access)).status).toBe(200)
  })
  test('HEAD of a file shows as little as GET without a token', async () => {
    const ask = (headers: RawHeaders) => sendRaw(stack, { method: 'HEAD', path: FILE, headers })
    expect([(await ask([])).status, (await ask([bearer(user.access)])).status]).toEqual([401, 200])
  })
})

describe('channel names', () => {
  test.each([...INVALID_CHANNELS])('%j is no stream for a user or an admin', async (name) => {
    for (const { access } of [user, admin]) {
      const reply = await sendRaw(stack, { path: `${API}/sub/${name}`, headers: [bearer(access), sse] })
      expect(disclosesContent(reply)).toBe(false)
      expect([400, 401, 403, 404]).toContain(reply.status)
    }
  })

  test.each(['sub/users-state', 'sub//users-state', 'x/../sub/users-state', 'sub/users%2dstate'])(
    'as %s the one there is needs a token all the same',
    async (path) => {
      expect((await sendRaw(stack, { path: `${API}/${path}`, headers: [sse] })).status).toBe(401)
      expect(
        (await sendRaw(stack, { path: `${API}/${path}`, headers: [bearer(user.access), sse] })).status,
      ).toBe(200)
    },
  )
})

describe('publishing', () => {
  const json = ['Content-Type', 'application/json'] as const
  const post = (headers: RawHeaders, path = '/pub/users-state', body = '{"a":1}') =>
    sendRaw(stack, { method: 'POST', path: API + path, headers: [json, ...headers], body })

  test.each([
    ['a page', ['Origin', 'https://evil.example']],
    ['a page of this host', ['Origin', 'http://127.0.0.1']],
    ['a page without an origin', ['Origin', 'null']],
    ['a page’s link', ['Referer', 'https://evil.example/']],
    ['a page’s fetch', ['Sec-Fetch-Site', 'same-origin']],
    ['a page of another site', ['Sec-Fetch-Site', 'cross-site']],
    ['a proxy', ['X-Forwarded-For', '203.0.113.9']],
    ['a proxy that claims to be local', ['X-Forwarded-For', '127.0.0.1']],
    ['a proxy of the standard', ['Forwarded', 'for=127.0.0.1']],
    ['a proxy that tells its name', ['Via', '1.1 proxy']],
    ['a proxy with an address', ['X-Real-IP', '127.0.0.1']],
  ] as const)('from %s is refused, with and without a token', async (_, header) => {
    for (const headers of [[header], [header, bearer(admin.access)]])
      expect((await post(headers)).status).toBe(403)
  })

  test.each([...NEAR_PUBLISH_PATHS])('from a remote page or proxy as %s is refused', async (path) => {
    const { status } = await post([['X-Forwarded-For', '203.0.113.9']], path)
    expect([400, 403, 404]).toContain(status)
  })

  test.each([
    ['more than 1 MB', 413, 'POST', '/pub/users-state', JSON.stringify({ a: 'x'.repeat(1_100_000) })],
    ['no JSON', 400, 'POST', '/pub/users-state', '{"a":'],
    ['a list', 400, 'POST', '/pub/users-state', '[]'],
    ['nothing', 400, 'POST', '/pub/users-state', ''],
    ['something by GET', 405, 'GET', '/pub/users-state', ''],
    ['something by PUT', 405, 'PUT', '/pub/users-state', '{}'],
    ['something by DELETE', 405, 'DELETE', '/pub/users-state', ''],
    ['to another channel', 404, 'POST', '/pub/other', '{}'],
    ['to a connection', 404, 'POST', `/pub/conn/${'0'.repeat(32)}`, '{}'],
    ['to a gate', 404, 'POST', '/pub/gate/x', '{}'],
  ])('%s is refused: %i', async (_, status, method, path, body) => {
    expect((await sendRaw(stack, { method, path: API + path, headers: [json], body })).status).toBe(status)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'JSON called %j, as a page’s form could send it, is refused',
    async (type) => {
      const reply = await sendRaw(stack, {
        method: 'POST',
        path: `${API}/pub/users-state`,
        headers: [['Content-Type', type]],
        body: '{}',
      })
      expect(reply.status).toBe(400)
    },
  )

  test('has delivered no message by all of these requests', async () => {
    const { text } = await stream(user.access)
    expect(text).not.toContain('data:')
  })
})

describe('an internal path is not found', () => {
  test.each([...INTERNAL_PATHS])('%s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const reply = await sendRaw(stack, {
        method,
        path,
        headers: [bearer(admin.access), ['X-Hs-Target', 'GET 1001/hello.wav'], ['X-Hs-Conn', '0'.repeat(32)]],
        body: '',
      })
      expect([400, 403, 404, 405]).toContain(reply.status)
    }
  })

  test.each(['health', 'ready', 'metrics'])('/_gate/%s is for this machine’s own programs', async (name) => {
    const from = async (...headers: (readonly [string, string])[]) =>
      (await sendRaw(stack, { path: `/_gate/${name}`, headers })).status
    expect(await from()).toBe(200)
    expect(await from(['Origin', 'https://evil.example'])).toBe(403)
    expect(await from(['X-Forwarded-For', '127.0.0.1'])).toBe(403)
  })
})

describe('tokens in the wrong place', () => {
  test.each([
    ['in the path', (token: string) => `/media/${token}/hello.wav`],
    ['behind the file’s name', (token: string) => `${FILE};authorization=${token}`],
    ['behind an encoded question mark', (token: string) => `${FILE}%3Fauthorization=${token}`],
    ['as a channel', (token: string) => `${API}/sub/${token}`],
    ['in the path of the API', (token: string) => `${API}/profile/${token}`],
    ['in an unknown path', (token: string) => `/x/${token}`],
  ])('%s open nothing', async (_, path) => {
    const reply = await sendRaw(stack, {
      path: path(user.access),
      headers: [['Referer', `http://x/?authorization=${user.access}`], sse],
    })
    expect(disclosesContent(reply)).toBe(false)
    expect([400, 401, 403, 404]).toContain(reply.status)
  })
})

describe('after all of this', () => {
  test('a good token passes as before', async () => {
    expect((await media(user.access)).status).toBe(200)
    expect((await stream(user.access)).status).toBe(200)
    expect((await requestJson(`${stack.base}/profile`, { token: user.access })).status).toBe(200)
  })

  test('a service of this machine publishes as before, and clients with old message ids receive it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const json = JSON.stringify({ round })
      const reply = await sendRaw(stack, {
        method: 'POST',
        path: `${API}/pub/users-state`,
        headers: [['Content-Type', 'application/json']],
        body: json,
      })
      expect([201, 202]).toContain(reply.status)
      const ids = MESSAGE_IDS.filter(([, headers]) => !headers.some(([name]) => name.startsWith('If-')))
      const replies = await Promise.all(ids.map(([, headers]) => stream(user.access, headers)))
      expect(replies.filter((one) => !disclosesContent(one))).toEqual([])
      expect(childrenOf(stack.pid('nginx'))).toEqual(workers)
    }
  })

  test('no process has died, and none was replaced', () => {
    expect(PARTS.map(stack.pid)).toEqual(pids)
    expect(childrenOf(stack.pid('nginx'))).toEqual(workers)
    expect(stack.output()).not.toMatch(/ended \(/)
    expect(stack.logs()).not.toMatch(/exited on signal|Assertion|\[alert\]/)
  })

  test('the sidecar counts no stream', async () => {
    await waitUntil('all streams are gone', async () => (await streams()) === 0)
  })

  test('neither the sidecar nor the API listens on a network socket', () => {
    expect([...internetSockets]).toEqual([])
    expect(internetSocketsOf(stack.pid('nginx'))).not.toEqual([])
    expect(requestsToListener).toBe(0)
  })

  test('no log holds ten characters in a row of any signature', () => {
    const pieces = new Set<string>()
    for (const word of new Set(stack.logs().split(/[^\w-]+/))) {
      for (let at = 0; at + 10 <= word.length; at += 1) pieces.add(word.slice(at, at + 10))
    }
    const leaked = [...signatures].filter((signature) =>
      Array.from({ length: signature.length - 9 }, (_, at) => signature.slice(at, at + 10)).some((piece) =>
        pieces.has(piece),
      ),
    )
    expect(leaked).toEqual([])
    expect(signatures.size).toBeGreaterThan(500)
  })
})
