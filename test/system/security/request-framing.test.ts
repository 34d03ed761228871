import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, mediaStatus, publish, requestJson, type SessionTokens } from '../../support/http-client.ts'
import { childrenOf } from '../../support/process-tree.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { HANDSHAKE } from '../../support/stream-requests.ts'
import {
  type LegitimateClients,
  type LegitimateUser,
  quantile,
  startLegitimateClients,
} from './legitimate-clients.ts'
import { converse } from './raw-conversation.ts'
import { type HostileRequest, hostileRequests, wellFormedRequests } from './request-framing.ts'

const API = '/pbxcore/api/module-softphone-backend/v1'
const PARTS = ['sidecar', 'api', 'nginx', 'redis'] as const

let stack: Stack
let one: SessionTokens
let other: SessionTokens
let pids: number[]
let workers: number[]
/** The content of each extension's file. */
const contents: Record<string, string> = {}
/** A file of user1 that is only requested without a token. */
const secret = `mark-of-second-${randomBytes(8).toString('hex')}`
beforeAll(async () => {
  // One worker, so that all requests share the same pool of connections to the sidecar.
  stack = await startStack({ env: { HOOKSWITCH_NGINX_WORKERS: '1' } })
  const media = join(stack.data, 'media')
  for (const extension of ['1000', '1001', '1002', '1003']) {
    contents[extension] = `mark-of-${extension}-${randomBytes(8).toString('hex')} `.repeat(60)
    writeFileSync(join(media, extension, 'hello.wav'), contents[extension])
  }
  writeFileSync(join(media, '1001', 'second.wav'), secret)
  one = await login(stack, 'user1')
  other = await login(stack, 'user2')
  pids = PARTS.map(stack.pid)
  workers = childrenOf(stack.pid('nginx'))
})
afterAll(() => stack?.stop())

/** Sends a request's head alone, whatever body it announces, and disconnects when an answer has begun. */
function sendHead(lines: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
    socket.once('data', () => socket.destroy())
    socket.on('error', () => {})
    socket.once('close', () => resolve())
    socket.setTimeout(3_000, () => socket.destroy())
    socket.write(`${[...lines, 'Host: x'].join('\r\n')}\r\n\r\n`, 'latin1')
  })
}

describe('a GET that announces a body and sends none', () => {
  test.each([1, 60, 95, 120, 200, 700])(
    'of %i bytes: no other request is answered wrongly or fails',
    async (length) => {
      const wrong: string[] = []
      for (let round = 0; round < 10; round += 1) {
        await sendHead([
          'GET /media/1001/hello.wav HTTP/1.1',
          `Authorization: Bearer ${one.access}`,
          `Content-Length: ${length}`,
        ])
        const [own, foreign, without] = await Promise.all([
          mediaStatus(stack, '1002/hello.wav', other.access),
          mediaStatus(stack, '1002/hello.wav', one.access),
          mediaStatus(stack, '1001/hello.wav'),
        ])
        if (own !== 200) wrong.push(`their own file: ${own}`)
        if (foreign !== 403) wrong.push(`another user's file: ${foreign}`)
        if (without !== 401) wrong.push(`without a token: ${without}`)
      }
      expect(wrong).toEqual([])
    },
  )
})

const sidOf = ({ access }: SessionTokens): string =>
  JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()).sid
const streams = async () => Number((await requestJson(`${stack.url}/_gate/ready`)).body.streams)

describe('many requests with hostile framing', () => {
  /** A failing test prints it, so that the run can be repeated. */
  const SEED = 20_261_129
  const COUNT = 2_000
  let people: LegitimateUser[] = []
  let bystanders: LegitimateClients
  const leaked: string[] = []
  const misjudged: string[] = []
  const misplaced: string[] = []
  const failed: string[] = []
  let answered = 0
  /** Clients that disconnected before they got an answer: the end of their stream may go unnoticed. */
  let impatient = 0
  let calm: number[] = []
  let stormy: number[] = []

  beforeAll(async () => {
    people = []
    for (const [username, extension] of [
      ['user2', '1002'],
      ['user3', '1003'],
      ['admin', '1000'],
    ] as const) {
      const session = username === 'user2' ? other : await login(stack, username)
      people.push({ session, sid: sidOf(session), extension, isAdmin: username === 'admin' })
    }
    bystanders = startLegitimateClients(stack, people, contents)
    await waitUntil('all streams are open', () => bystanders.followers.every(({ opens }) => opens() === 1))

    await rain(wellFormedRequests(SEED, 400, one.access))
    calm = bystanders.drainTimings()
    answered = 0
    await rain(hostileRequests(SEED, COUNT, one.access))
    stormy = bystanders.drainTimings()
    await bystanders.stop()
  })
  afterAll(() => {
    for (const follower of bystanders?.followers ?? []) follower.close()
  })

  /** Sends the requests, eight at a time. */
  async function rain(requests: readonly HostileRequest[]) {
    const waiting = requests.values()
    const client = async () => {
      for (const request of waiting) await send(request)
    }
    await Promise.all(Array.from({ length: 8 }, client))
  }

  async function send({
    bytes,
    maxResponses,
    timeoutMs,
    isSigned,
    isStream,
    bodyPattern,
    expectedStatus,
  }: HostileRequest) {
    const { responses, text } = await converse(stack, bytes, {
      expected: maxResponses,
      timeoutMs: timeoutMs,
    })
    const note = (list: string[], error: string) =>
      list.push(
        `${error}\n  sent: ${printable(bytes.toString('latin1'))}\n  came: ${printable(text).slice(0, 400)}`,
      )

    const foreign = [secret, 'mark-of-1000', 'mark-of-1002', 'mark-of-1003', ...people.map(({ sid }) => sid)]
    const own = ['mark-of-1001', 'said-', 'text/event-stream', '"username":"user1"', sidOf(one)]
    for (const word of [...foreign, ...(isSigned ? [] : own)]) if (text.includes(word)) note(leaked, word)

    const [first] = responses
    if (first !== undefined) answered += 1
    else if (isStream) impatient += 1
    if (!isSigned && first?.status === 101) note(leaked, 'a WebSocket without a token')
    // If the client disconnected too early, there is no answer to check.
    if (expectedStatus !== undefined && first !== undefined && first.status !== expectedStatus)
      note(misjudged, `${first.status} instead of ${expectedStatus}`)

    if (responses.length > maxResponses)
      note(misplaced, `${responses.length} answers, at most ${maxResponses} expected`)
    if (first?.status === 200 && first.body !== '' && !bodyPattern.test(first.body))
      note(misplaced, 'an answer to another request')
    for (const { body } of responses) {
      if (body.startsWith('mark-of-1001') && !contents['1001']?.startsWith(body))
        note(misplaced, 'a file with something else in it')
    }
    if (responses.some(({ status }) => [500, 502, 503, 504].includes(status))) note(failed, 'a 5xx')
  }

  const printable = (text: string) => JSON.stringify(text.replaceAll(one.access, '<token of user1>'))
  const sample = (list: readonly string[]) => ({ seed: SEED, count: list.length, first: list.slice(0, 5) })
  const none = { seed: SEED, count: 0, first: [] }

  test('no answer holds another user’s file or data, and without a token there is no stream', () => {
    expect(sample(leaked)).toEqual(none)
  })

  test('a request with harmless framing gets the usual verdict', () => {
    expect(sample(misjudged)).toEqual(none)
    // Polls wait for a change, and unfinished bodies for their end.
    expect(answered).toBeGreaterThan(COUNT * 0.6)
  })

  test('no answer belongs to another request', () => {
    expect(sample(misplaced)).toEqual(none)
  })

  test('no hostile request makes the gate or the API fail', () => {
    expect(sample(failed)).toEqual(none)
  })

  test('all requests of three other users get their own correct answers', () => {
    expect(sample(bystanders.wrongResponses)).toEqual(none)
    expect(stormy.length).toBeGreaterThan(100)
  })

  test('the streams of the other users stay open and receive every message once, in order', () => {
    const { published, followers } = bystanders
    // Numbers without a gap: no hostile request has published anything.
    expect(gaps(published)).toEqual([])
    expect(published.length).toBeGreaterThan(20)
    for (const { messages, opens, lostAt } of followers) {
      expect({ opens: opens(), lostAt: lostAt() }).toEqual({ opens: 1, lostAt: undefined })
      const seen = messages.map(({ seq }) => Number(seq))
      expect(gaps(seen)).toEqual([])
      expect(seen).toEqual(expect.arrayContaining([...published]))
    }
  })
  const gaps = (numbers: readonly number[]) =>
    numbers.filter((number, n) => n > 0 && number !== (numbers[n - 1] ?? 0) + 1)

  test('the other users wait at most three times as long as beside well-formed requests', () => {
    // The allowance is for a busy machine; a gate request that waits for a body takes 2 s.
    const ALLOWANCE_MS = 200
    const most = 3 * quantile(calm, 0.5) + ALLOWANCE_MS
    expect(quantile(stormy, 0.5)).toBeLessThan(most)
    expect(quantile(stormy, 0.95)).toBeLessThan(most)
  })

  test('afterwards the sidecar counts the streams that are really open', async () => {
    await waitUntil('three streams are left', async () => (await streams()) <= 3 + impatient, 10_000)
    expect(await streams()).toBeGreaterThanOrEqual(3)
    for (const follower of bystanders.followers) follower.close()
    await waitUntil('no stream is left', async () => (await streams()) <= impatient, 10_000)
    expect(impatient).toBeLessThan(COUNT * 0.05)
  })

  test('no process has died, and none was replaced', () => {
    expect(PARTS.map(stack.pid)).toEqual(pids)
    expect(childrenOf(stack.pid('nginx'))).toEqual(workers)
    expect(stack.output()).not.toMatch(/ended \(/)
    expect(stack.logs()).not.toMatch(/exited on signal|\bsignal \d|Assertion|\[alert\]|\[emerg\]/)
  })
})

describe('a GET that takes no body', () => {
  /** Problem details (RFC 9457): files, and streams of v1. */
  const inProblemWords = (status: number, head: string, body: string) => {
    expect(head).toMatch(/\ncontent-type: application\/problem\+json/i)
    expect(JSON.parse(body)).toMatchObject({ status, title: expect.any(String) })
  }
  /** The format of the softphone document. */
  const inSoftphoneWords = (_: number, head: string, body: string) => {
    expect(head).toMatch(/\ncontent-type: application\/json/i)
    expect(JSON.parse(body)).toEqual({
      success: false,
      error: expect.any(String),
      timestamp: expect.any(Number),
    })
  }
  /** The document of the socket defines no format for this. */
  const inAnyWords = () => {}

  const sse = ['Accept: text/event-stream']
  const handshake = HANDSHAKE.map(([name, value]) => `${name}: ${value}`)
  const places = [
    ['a media file', '/media/1001/hello.wav', [], 200, inProblemWords],
    ['a recording', '/pbxcore/softphone/recordings/1001/hello.wav', [], 200, inProblemWords],
    ['sub/users-state by EventSource', `${API}/sub/users-state`, sse, 200, inSoftphoneWords],
    ['sub/users-state by WebSocket', `${API}/sub/users-state`, handshake, 101, inSoftphoneWords],
    ['sub/users-state by a poll', `${API}/sub/users-state`, [], 200, inSoftphoneWords],
    ['streams/me by EventSource', '/api/v1/streams/me', sse, 200, inProblemWords],
    ['streams/me by WebSocket', '/api/v1/streams/me', handshake, 101, inProblemWords],
    ['the socket /ws', '/ws?extension=1001', handshake, 101, inAnyWords],
  ] as const

  beforeAll(async () => {
    // A poll is answered at once if there is a snapshot.
    expect([201, 202]).toContain((await publish(stack, { states: {} })).status)
  })

  describe.each(places)('of %s', (_, path, headers, good, inWords) => {
    async function answer(token: string | undefined, lines: readonly string[], body = '') {
      const head = [
        `GET ${path} HTTP/1.1`,
        'Host: x',
        ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
        ...headers,
        ...lines,
      ]
      const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
      const { responses } = await converse(stack, bytes, { timeoutMs: 3_000 })
      return responses[0] ?? { status: 0, head: '', body: '' }
    }

    test.each([
      ['5 bytes, which it carries', ['Content-Length: 5'], 'hello', 400],
      ['5 bytes, which it does not carry', ['Content-Length: 5'], '', 400],
      ['64 kB', ['Content-Length: 65536'], '', 400],
      ['a byte more than 64 kB', ['Content-Length: 65537'], '', 413],
      ['100 MB', ['Content-Length: 99999999'], '', 413],
      ['chunks, which it carries', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n', 400],
      ['chunks, which never end', ['Transfer-Encoding: chunked'], '5\r\nhe', 400],
    ] as const)('that announces %s is refused before it is judged', async (_, lines, body, status) => {
      for (const token of [one.access, undefined]) {
        const refusal = await answer(token, lines, body)
        expect({ token: token !== undefined, status: refusal.status }).toEqual({
          token: token !== undefined,
          status,
        })
        inWords(status, refusal.head, refusal.body)
      }
    })

    test.each([
      ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello'],
      ['the same length twice', ['Content-Length: 5', 'Content-Length: 5'], 'hello'],
      ['a list of lengths', ['Content-Length: 1, 1'], 'h'],
      ['a length with a sign', ['Content-Length: +1'], 'h'],
      ['a negative length', ['Content-Length: -1'], ''],
      ['a hexadecimal length', ['Content-Length: 0x10'], ''],
      ['a length with a blank before its colon', ['Content-Length : 5'], 'hello'],
      ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ] as const)('that announces %s is refused by nginx', async (_, lines, body) => {
      for (const token of [one.access, undefined]) expect((await answer(token, lines, body)).status).toBe(400)
    })

    test('that announces no bytes gets the usual verdict', async () => {
      expect((await answer(one.access, ['Content-Length: 0'])).status).toBe(good)
      expect((await answer(undefined, ['Content-Length: 0'])).status).toBe(401)
    })
  })
})
