import { HANDSHAKE } from '../../support/stream-requests.ts'

const API = '/pbxcore/api/module-softphone-backend/v1'
const SSE = 'Accept: text/event-stream'
const SOCKET = HANDSHAKE.map(([name, value]) => `${name}: ${value}`)

/** How a correct answer begins, so that an answer to another request is noticed. */
const BODY_PATTERNS = {
  file: /^mark-of-1001-/,
  stream: /^(?::|id:|data:|event:|$)/,
  poll: /^\{"/,
  inside: /^$/,
  health: /^\{"status":"ok"/,
  ready: /^\{"ready":/,
  metrics: /^# HELP /,
  sessions: /^\{"sessions":\[/,
  profile: /^\{"success":true,"user":\{"id":\d+,"username":"user1"/,
  socket: /^$/,
  publisher: /^$/,
}
type Kind = keyof typeof BODY_PATTERNS

interface Target {
  kind: Kind
  path: string
  headers?: readonly string[]
}

const TARGETS: readonly Target[] = [
  { kind: 'file', path: '/media/1001/hello.wav' },
  { kind: 'file', path: '/pbxcore/softphone/recordings/1001/hello.wav' },
  { kind: 'stream', path: `${API}/sub/users-state`, headers: [SSE] },
  { kind: 'stream', path: '/api/v1/streams/me', headers: [SSE] },
  { kind: 'stream', path: `${API}/sub/users-state`, headers: SOCKET },
  { kind: 'stream', path: '/api/v1/streams/me', headers: SOCKET },
  { kind: 'poll', path: `${API}/sub/users-state` },
  { kind: 'inside', path: '/_gate/media' },
  { kind: 'inside', path: '/_gate/channel' },
  { kind: 'inside', path: '/_gate/closed' },
  { kind: 'health', path: '/_gate/health' },
  { kind: 'ready', path: '/_gate/ready' },
  { kind: 'metrics', path: '/_gate/metrics' },
  { kind: 'sessions', path: '/api/v1/sessions' },
  { kind: 'profile', path: '/protected/profile' },
  { kind: 'socket', path: '/ws?extension=1001', headers: SOCKET },
  { kind: 'publisher', path: `${API}/pub/users-state` },
]

/** As many bytes as nginx's next gate request has before its Authorization header, and before that header's value. */
const QUESTION = 'GET /check-media-access HTTP/1.1\r\nHost: gate\r\n'
const CHANNEL_QUESTION = QUESTION.replace('media', 'channel')
const LENGTHS = [QUESTION, CHANNEL_QUESTION].flatMap((head) => [
  String(head.length),
  String(head.length + 'Authorization: '.length),
  String(head.length + 'Authorization: Bearer '.length),
])
const VALUES = ['0', '1', ...LENGTHS, '99999999', '+1', '-1', '1, 1', '0x10'] as const

/** Each framing header, and values that have a meaning in it. */
const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['Content-Length', ['', '5', '65537', '18446744073709551617', '1 1', '5;x']],
  ['Content-Length', []],
  ['Transfer-Encoding', ['chunked', 'Chunked', 'identity', 'gzip, chunked', 'chunked, chunked', 'xchunked']],
  ['Transfer-Encoding', ['chunked', 'chunked', 'chunked', 'chunked', '\x0bchunked', 'chunked;x=1']],
  ['Expect', ['100-continue', '100-Continue', '200-ok']],
  ['Connection', ['close', 'keep-alive', 'upgrade', 'Authorization', 'Content-Length, X-Hs-Target', 'TE']],
  ['Upgrade', ['websocket', 'h2c', 'TLS/1.0']],
  ['TE', ['trailers', 'chunked']],
  ['Keep-Alive', ['timeout=1, max=1']],
  ['Trailer', ['Authorization', 'X-Hs-Target']],
  ['Proxy-Connection', ['keep-alive', 'close']],
  ['HTTP2-Settings', ['AAMAAABkAAQAoAAAAAIAAAAA']],
]
const HARMLESS_HEADERS = ['TE', 'Keep-Alive', 'Trailer', 'Proxy-Connection', 'HTTP2-Settings']

type FormatHeader = (name: string, value: string) => string
const HEADER_FORMATS: readonly (readonly [title: string, spell: FormatHeader])[] = [
  ['plain', (name, value) => `${name}: ${value}`],
  ['plain', (name, value) => `${name}: ${value}`],
  ['plain', (name, value) => `${name}: ${value}`],
  ['lower case', (name, value) => `${name.toLowerCase()}: ${value}`],
  ['blank before the colon', (name, value) => `${name} : ${value}`],
  ['folded', (name, value) => `${name}:\r\n ${value}`],
  ['tabs', (name, value) => `${name}:\t${value}\t`],
  ['a line of its own before it', (name, value) => `X: 1\n${name}: ${value}`],
  ['bare CR', (name, value) => `X: 1\r${name}: ${value}`],
  ['underscore', (name, value) => `${name.replaceAll('-', '_')}: ${value}`],
]

/** What follows the first request in the same write. None of it carries a token. */
const SECONDS: readonly string[] = [
  'GET /media/1002/hello.wav HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /media/1001/second.wav HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /api/v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET ${API}/sub/users-state HTTP/1.1\r\nHost: x\r\n${SSE}\r\n\r\n`,
  'POST /stream-closed HTTP/1.0\r\n\r\n',
  'GET /check-media-access HTTP/1.1\r\nHost: gate\r\nX-Hs-Target: GET 1002/hello.wav\r\n\r\n',
  `GET /check-channel-access HTTP/1.1\r\nX-Hs-Target: GET users-state\r\nX-Hs-Conn: ${'0'.repeat(32)}\r\n\r\n`,
  'GET /check-media-access HTTP/1.1\r\nX: ',
  'HTTP/1.1 204 No Content\r\n\r\n',
]

const CHUNKS: readonly ((text: string) => string)[] = [
  (text) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
  (text) => `${text.length.toString(16)};a=b;"c"\r\n${text}\r\n0;x\r\n\r\n`,
  (text) => `${text.length.toString(16)}\r\n${text}\r\n0\r\nAuthorization: x\r\nContent-Length: 5\r\n\r\n`,
  (text) => `${text.length.toString(16)}\n${text}\n0\n\n`,
  (text) => `zz\r\n${text}\r\n0\r\n\r\n`,
  (text) => `-1\r\n${text}\r\n0\r\n\r\n`,
  (text) => `0x5\r\n${text}\r\n0\r\n\r\n`,
  (text) => `ffffffffffffffff\r\n${text}\r\n0\r\n\r\n`,
  (text) => `${(text.length + 9).toString(16)}\r\n${text}`,
  () => '5\r\nhe',
  () => '0\r\n',
  () => '',
]

/** Values of Authorization that the sidecar might parse as a request, or nginx as an answer. */
const REQUEST_LINES: readonly string[] = [
  'GET /check-media-access HTTP/1.1',
  'Bearer GET /check-media-access HTTP/1.1',
  'POST /stream-closed HTTP/1.0',
  'GET /ready HTTP/1.1',
  'HTTP/1.1 204 No Content',
]

export interface HostileRequest {
  bytes: Buffer
  /** The maximum number of answers. */
  maxResponses: number
  timeoutMs: number
  /** Whether the request has user1's valid token. */
  isSigned: boolean
  /** Whether it may open a stream. */
  isStream: boolean
  /** How the body of a 200 to the first request begins. */
  bodyPattern: RegExp
  /** The required status if the framing is harmless; undefined if several are correct. */
  expectedStatus: number | undefined
}

/** A seeded generator of numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Pick = <T>(from: readonly T[]) => T

function createPick(seed: number): Pick {
  const random = createRandom(seed)
  return <T>(from: readonly T[]) => {
    if (from.length === 0) throw new Error('there is nothing to pick from')
    // The index is valid, as `random` is below 1.
    return from[Math.floor(random() * from.length)] as T
  }
}

/** Requests with hostile framing, the same ones for the same seed. One in four belongs to an attempted theft. */
export function hostileRequests(seed: number, count: number, token: string): HostileRequest[] {
  const pick = createPick(seed)
  const requests: HostileRequest[] = []
  while (requests.length < count) {
    requests.push(
      ...(pick([1, 2, 3, 4, 5, 6, 7]) === 1 ? smugglingPair(pick, token) : [randomRequest(pick, token)]),
    )
  }
  return requests
}

/**
 * Two requests in sequence: the first announces as many bytes as the second one's gate request has before its
 * credential. A sidecar that waits for them would parse that credential as a gate request.
 */
function smugglingPair(pick: Pick, token: string): HostileRequest[] {
  const length = `Content-Length: ${pick(LENGTHS)}`
  const own = pick(TARGETS.filter(({ kind }) => kind === 'file' || kind === 'stream'))
  const foreign: Target = { kind: 'file', path: '/media/1002/hello.wav' }
  const common = {
    maxResponses: 1,
    timeoutMs: 100,
    bodyPattern: BODY_PATTERNS.file,
    expectedStatus: undefined,
  }
  return [
    {
      ...common,
      bytes: compose('GET', own, '1.1', `Bearer ${token}`, [length], ''),
      isSigned: true,
      isStream: own.kind === 'stream',
      bodyPattern: BODY_PATTERNS[own.kind],
    },
    {
      ...common,
      bytes: compose('GET', foreign, '1.1', pick(REQUEST_LINES), [], ''),
      isSigned: false,
      isStream: false,
      expectedStatus: 401,
    },
  ]
}

/** The same requests without hostile framing. */
export function wellFormedRequests(seed: number, count: number, token: string): HostileRequest[] {
  const pick = createPick(seed)
  return Array.from({ length: count }, () => {
    const target = pick(TARGETS)
    const credential = pick([`Bearer ${token}`, undefined])
    const isSigned = credential !== undefined
    return {
      bytes: compose('GET', target, '1.1', credential, [], ''),
      maxResponses: 1,
      timeoutMs: pick([50, 100, 300]),
      isSigned,
      isStream: isSigned && target.kind === 'stream',
      bodyPattern: BODY_PATTERNS[target.kind],
      expectedStatus: expectedStatus(target, isSigned),
    }
  })
}

function randomRequest(pick: Pick, token: string): HostileRequest {
  const target = pick(TARGETS)
  const credential = pick([
    `Bearer ${token}`,
    `Bearer ${token}`,
    undefined,
    'Bearer x.y.z',
    pick(REQUEST_LINES),
  ])
  const isSigned = credential === `Bearer ${token}`
  const method = methodFor(pick, target, isSigned)
  const version = pick(['1.1', '1.1', '1.1', '1.1', '1.1', '1.1', '1.1', '1.0', '1.0', '0.9'])
  const [name, own] = pick(HEADERS)
  const value = pick([...VALUES, ...own, ...own, ...own])
  const [headerFormat, formatHeader] = pick(HEADER_FORMATS)
  const times = pick(['once', 'once', 'once', 'twice', 'twice, another value', 'and Content-Length'])
  const lines = [
    formatHeader(name, value),
    ...(times === 'twice' ? [formatHeader(name, value)] : []),
    ...(times === 'twice, another value' ? [formatHeader(name, pick(VALUES))] : []),
    ...(times === 'and Content-Length' ? ['Content-Length: 5'] : []),
  ]
  const rest = restFor(pick, name, value)
  // In HTTP/1.0 an Upgrade is ignored (RFC 9110 §7.8): what is left is a plain GET.
  const isPoll = version === '1.0' && target.headers === SOCKET
  const common = {
    isSigned,
    isStream: isSigned && target.kind === 'stream' && !isPoll,
    bodyPattern: isPoll && target.kind === 'stream' ? BODY_PATTERNS.poll : BODY_PATTERNS[target.kind],
    timeoutMs: pick([50, 100, 300]),
  }
  if (version === '0.9') {
    const query = isSigned ? `${target.path.includes('?') ? '&' : '?'}authorization=${token}` : ''
    const bytes = Buffer.from(`${method} ${target.path}${query}\r\n${rest}`, 'latin1')
    return { ...common, bytes, maxResponses: 1 + requestsIn(rest), expectedStatus: undefined }
  }
  const isWellFormed = headerFormat === 'plain' || headerFormat === 'lower case'
  const meansNothing =
    rest === '' &&
    version === '1.1' &&
    method === 'GET' &&
    times === 'once' &&
    isWellFormed &&
    (HARMLESS_HEADERS.includes(name) || (name === 'Content-Length' && value === '0'))
  return {
    ...common,
    bytes: compose(method, target, version, credential, lines, rest),
    maxResponses: 1 + requestsIn(rest),
    expectedStatus: meansNothing ? expectedStatus(target, isSigned) : undefined,
  }
}

/** A DELETE of one's sessions would end the token that the other requests need. */
function methodFor(pick: Pick, { kind }: Target, isSigned: boolean): string {
  const method = pick(['GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'FOO'])
  return method === 'DELETE' && isSigned && kind === 'sessions' ? 'FOO' : method
}

function compose(
  method: string,
  { path, headers = [] }: Target,
  version: string,
  credential: string | undefined,
  lines: readonly string[],
  rest: string,
): Buffer {
  const head = [
    `${method} ${path} HTTP/${version}`,
    'Host: 127.0.0.1',
    ...(credential === undefined ? [] : [`Authorization: ${credential}`]),
    ...headers,
    ...lines,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${rest}`, 'latin1')
}

/** A body, a part of it, one that is a request itself, or a second request. */
function restFor(pick: Pick, name: string, value: string): string {
  const second = pick(SECONDS)
  if (name === 'Transfer-Encoding' && /chunked/i.test(value)) {
    const body = pick(CHUNKS)(pick(['hello', second]))
    return body + pick(['', second])
  }
  const length = /^\d{1,4}$/.test(value) ? Number(value) : 5
  const whole = second.repeat(Math.ceil(length / second.length)).slice(0, length)
  return pick(['', '', 'hello', whole, whole + second, second])
}

/** Lines that nginx may parse as a request if it does not read them as a body. */
const requestsIn = (text: string) =>
  text === '' ? 0 : 1 + text.split('\n').filter((line) => /^\S+ \S+/.test(line)).length

function expectedStatus({ kind, headers }: Target, isSigned: boolean): number | undefined {
  switch (kind) {
    case 'inside':
      return 404
    case 'health':
    case 'ready':
    case 'metrics':
      return 200
    case 'publisher':
      return 405
    case 'file':
    case 'sessions':
    case 'profile':
      return isSigned ? 200 : 401
    case 'stream':
      return isSigned ? (headers === SOCKET ? 101 : 200) : 401
    case 'poll':
      // The API answers a poll at once or after a change.
      return isSigned ? undefined : 401
    case 'socket':
      // A session has at most five sockets.
      return isSigned ? undefined : 401
  }
}
