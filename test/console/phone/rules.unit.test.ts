import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { backoffMs } from '../../../console/app/backoff.ts'
import { endReason } from '../../../console/phone/end-reason.ts'
import {
  createIceReadiness,
  withoutHiddenAddresses,
  withPbxAsDtlsClient,
} from '../../../console/phone/ice.ts'
import { readQuality } from '../../../console/phone/quality.ts'
import { createTaskQueue } from '../../../console/phone/task-queue.ts'
import { project } from '../../support/build.ts'

test('a wait before an attempt is never longer than 30 s or shorter than a quarter of a second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, random) => {
        const wait = backoffMs(n, undefined, random)
        expect(wait).toBeGreaterThanOrEqual(250)
        expect(wait).toBeLessThanOrEqual(30_000)
        expect(backoffMs(n + 1, undefined, random)).toBeGreaterThanOrEqual(wait)
      },
    ),
  )
})

test('tasks run one after another, also behind a failed one', async () => {
  const queue = createTaskQueue()
  const log: string[] = []
  const task = (name: string, fails = false) =>
    queue.run(async () => {
      log.push(`${name} begins`)
      await Promise.resolve()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
    })
  const results = await Promise.allSettled([task('a'), task('b', true), task('c')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

describe('ICE', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['a host candidate alone', ['host'], 1_000],
    ['a reflexive candidate after it', ['host', 'srflx'], 300],
    ['more host candidates', ['host', 'host', 'host'], 1_000],
    ['a relay candidate', ['relay'], 300],
  ])('%s: the SDP is sent in time', (_, types, ms) => {
    const ready = vi.fn()
    const onCandidate = createIceReadiness()
    for (const type of types) onCandidate(type, ready)
    vi.advanceTimersByTime(ms - 1)
    expect(ready).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(ready).toHaveBeenCalledTimes(1)
  })

  test('a new offer has a time of its own', () => {
    const [first, second] = [vi.fn(), vi.fn()]
    const onCandidate = createIceReadiness()
    onCandidate('host', first)
    vi.advanceTimersByTime(1_000)
    onCandidate('host', second)
    vi.advanceTimersByTime(1_000)
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1])
  })
})

describe('an SDP with hidden addresses', () => {
  const sdp = (...lines: string[]) =>
    ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', ...lines, 'a=sendrecv', ''].join('\r\n')
  const waiting = 'a=candidate:hidden 1 udp 1 192.0.2.1 9 typ host'

  test.each([
    ['an address', 'a=candidate:1 1 udp 1 192.0.2.7 5004 typ host', '192.0.2.7'],
    ['an IPv6 address', 'a=candidate:1 1 udp 1 2001:db8::7 5004 typ host', '198.51.100.1'],
    ['no candidate', 'a=recvonly', '0.0.0.0'],
  ])('with %s changes in its connection address alone', (_, line, expected) => {
    expect(withoutHiddenAddresses(sdp(line), '192.0.2.1')).toBe(sdp(line).replace('0.0.0.0', expected))
  })

  test('has one candidate for all names of mDNS, at an address of the PBX', () => {
    const names = [1, 2].map(
      (n) => `a=candidate:${n} 1 udp 2113937151 f0-${n}.local 5004 typ host generation 0`,
    )
    expect(withoutHiddenAddresses(sdp(...names), '192.0.2.1')).toBe(
      sdp(waiting).replace('0.0.0.0', '198.51.100.1'),
    )
  })

  test('keeps what is not hidden', () => {
    const [name, address] = [
      'a=candidate:1 1 udp 9 f00.local 5004 typ host',
      'a=candidate:2 1 udp 8 203.0.113.5 5004 typ srflx raddr 0.0.0.0 rport 0',
    ]
    expect(withoutHiddenAddresses(sdp(name, address), '192.0.2.1')).toBe(
      sdp(waiting, address).replace('0.0.0.0', '203.0.113.5'),
    )
  })
})

test('the PBX begins the DTLS handshake if it leaves the choice to the browser', () => {
  const offer = (setup: string) => `m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=setup:${setup}\r\na=mid:0\r\n`
  expect(withPbxAsDtlsClient(offer('actpass'))).toBe(offer('active'))
  expect(withPbxAsDtlsClient(offer('passive'))).toBe(offer('passive'))
})

test.each([
  ['a plain hang-up', 'Terminated', 'remote', 'Q.850;cause=16', undefined],
  ['a busy callee', 'Terminated', 'remote', 'Q.850;cause=17', 'busy'],
  ['a callee who declines', 'Terminated', 'remote', 'Q.850;cause=21', 'declined'],
  ['a callee who does not answer', 'Terminated', 'remote', 'Q.850;cause=19;text="x"', 'no_answer'],
  [
    'another phone that answered',
    'Canceled',
    'remote',
    'SIP;cause=200;text="Call completed elsewhere"',
    'answered_elsewhere',
  ],
  ['the same in the words of Asterisk', 'Canceled', 'remote', 'Q.850;cause=26', 'answered_elsewhere'],
  ['a caller who gives up', 'Canceled', 'remote', undefined, undefined],
  ['an own hang-up', 'Terminated', 'local', 'Q.850;cause=17', undefined],
  ['no media', 'RTP Timeout', 'local', undefined, 'lost'],
  ['a dialog that is gone', 'Dialog Error', 'remote', undefined, 'lost'],
  ['no microphone', 'User Denied Media Access', 'local', undefined, 'microphone_denied'],
  ['anything else', 'WebRTC Error', 'system', undefined, 'failed'],
])('%s is shown as it should be', (_, cause, by, reason, expected) => {
  expect(endReason(cause, by, reason)).toBe(expected)
})

describe('quality', () => {
  const inbound = (packetsReceived: number, packetsLost: number) => ({
    type: 'inbound-rtp',
    kind: 'audio',
    packetsReceived,
    packetsLost,
    jitter: 0.012,
  })

  test('is that of the time since the last report', () => {
    const first = readQuality([inbound(100, 0)], undefined)
    expect(first?.quality).toEqual({ lossRatio: 0, jitterMs: 12, rttMs: undefined })
    const second = readQuality(
      [
        inbound(190, 10),
        { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.05 },
      ],
      first?.totals,
    )
    expect(second?.quality).toEqual({ lossRatio: 0.1, jitterMs: 12, rttMs: 50 })
    expect(readQuality([], undefined)).toBeUndefined()
  })

  test('is a ratio for any totals', () => {
    const total = fc.nat(1_000)
    fc.assert(
      fc.property(total, total, total, total, (received, lost, receivedBefore, lostBefore) => {
        const { lossRatio = -1 } =
          readQuality([inbound(received, lost)], { received: receivedBefore, lost: lostBefore })?.quality ??
          {}
        expect(lossRatio).toBeGreaterThanOrEqual(0)
        expect(lossRatio).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('the SIP library', () => {
  const folder = join(project, 'console', 'phone')
  const files = readdirSync(folder)

  test('is imported by the files that adapt it, and by no other', () => {
    const importing = files.filter((file) => /from 'jssip/.test(readFileSync(join(folder, file), 'utf8')))
    expect(importing).toEqual(['jssip-call.ts', 'jssip-line.ts'])
  })

  test('and all of the phone fit into 60 kB', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(folder, 'phone.ts')],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
    })
    const size = brotliCompressSync(outputFiles[0]?.contents ?? '').length
    expect(size).toBeGreaterThan(10_000)
    expect(size).toBeLessThan(60_000)
  })
})
