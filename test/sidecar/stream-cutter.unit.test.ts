import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CutResult } from '../../contract/stream-end.ts'
import { createStreamCutter, type StreamInstance } from '../../sidecar/stream-cutter.ts'
import { createRecordingLog } from '../runtime/recording-log.ts'
import { createVirtualTime } from './virtual-time.ts'

const CHANNEL = 'conn/a1'
/** Longer than all retries for one stream. */
const LONG_MS = 60_000

/** How an instance behaves at each request; the last entry of a list is repeated. */
interface Behavior {
  /** Whether it answers. */
  answers?: readonly boolean[]
  /** Whether an answered DELETE ends the streams. */
  ends?: readonly boolean[]
  /** When the stream subscribes, in ms. */
  subscribesAtMs?: number
}

function setUp(behavior: Behavior, instances = 1) {
  const time = createVirtualTime()
  const { answers = [true], ends = [true], subscribesAtMs = 0 } = behavior
  let [requests, deleted] = [0, 0]
  let endedAt: number | undefined
  let isSubscribed = subscribesAtMs === 0
  const isOpen = () => {
    if (!isSubscribed && time.now() >= subscribesAtMs) isSubscribed = true
    return isSubscribed && endedAt === undefined
  }
  const next = <T>(all: readonly T[], at: number) => all[Math.min(at, all.length - 1)]
  const answersNow = () => next(answers, requests++) === true
  const instance: StreamInstance = {
    async cut(channel): Promise<CutResult> {
      if (channel !== CHANNEL || !isOpen()) return answersNow() ? 'no_subscribers' : 'unreachable'
      if (!answersNow()) return 'unreachable'
      if (next(ends, deleted++) === true) endedAt = time.now()
      return 'cut'
    },
    subscribers: async (channel) => (answersNow() ? Number(channel === CHANNEL && isOpen()) : undefined),
    incarnation: async () => '1',
  }
  const { log, messages: reports } = createRecordingLog()
  const cutter = createStreamCutter({
    instances: Array(instances).fill(instance),
    pause: time.pause,
    monotonic: time.now,
    log,
  })
  /** Cuts the stream. @returns whether the cut has completed */
  const cut = async (at = 1) => {
    let isDone = false
    cutter.cut(at, CHANNEL, ['a1']).then(() => {
      isDone = true
    }, reports.push)
    await time.advance(LONG_MS)
    return isDone
  }
  return { time, cutter, cut, reports, isOpen, endedAt: () => endedAt, requests: () => requests }
}

describe('a stream', () => {
  test('is cut at once, and nothing is reported', async () => {
    const { cut, endedAt, reports, cutter } = setUp({})
    expect(await cut()).toBe(true)
    expect({ endedAt: endedAt(), reports, stuck: cutter.stuckInstances() }).toEqual({
      endedAt: 0,
      reports: [],
      stuck: [],
    })
  })

  test.each([
    [40, 50],
    [400, 500],
    [7_000, 8_000],
    [15_900, 16_000],
  ])('that subscribes %i ms after its admission is cut before %i ms', async (subscribesAtMs, before) => {
    const { cut, endedAt, reports } = setUp({ subscribesAtMs })
    expect(await cut()).toBe(true)
    expect(endedAt()).toBeGreaterThanOrEqual(subscribesAtMs)
    expect(endedAt()).toBeLessThanOrEqual(before)
    expect(reports).toEqual([])
  })

  test('that never subscribes is not reported', async () => {
    const { cut, reports } = setUp({ subscribesAtMs: Number.POSITIVE_INFINITY })
    expect(await cut()).toBe(true)
    expect(reports).toEqual([])
  })

  test('of an instance that does not answer for a while is cut when it answers again', async () => {
    const { cut, endedAt, reports } = setUp({ answers: [false, false, false, true] })
    expect(await cut()).toBe(true)
    expect({ endedAt: endedAt(), reports }).toEqual({ endedAt: 500, reports: [] })
  })

  test('of an instance that never answers is reported', async () => {
    const { cut, reports } = setUp({ answers: [false] })
    expect(await cut()).toBe(true)
    expect(reports).toEqual([expect.stringMatching(/^instance 1 .*conn/)])
  })

  test('that a first DELETE leaves open is cut again', async () => {
    const { cut, endedAt, reports, cutter } = setUp({ ends: [false, true] })
    expect(await cut()).toBe(true)
    expect(endedAt()).toBe(500)
    expect(reports).toHaveLength(1)
    expect(cutter.stuckInstances()).toEqual([])
  })

  test('that a DELETE leaves open is cut again although the instance does not answer for a moment', async () => {
    const { cut, endedAt, reports } = setUp({ ends: [false, true], answers: [true, false, true] })
    expect(await cut()).toBe(true)
    expect(endedAt()).toBeLessThanOrEqual(1_000)
    expect(reports).not.toEqual([])
  })

  test('of an unknown instance needs no request', async () => {
    const { cut, reports, requests } = setUp({})
    expect(await cut(2)).toBe(true)
    expect({ reports, requests: requests() }).toEqual({ reports: [], requests: 0 })
  })

  test('is cut or reported, however the instance behaves', async () => {
    const someAnswers = fc.array(fc.boolean(), { minLength: 1, maxLength: 14 })
    await fc.assert(
      fc.asyncProperty(
        someAnswers,
        someAnswers,
        fc.integer({ min: 0, max: 15_900 }),
        async (answers, ends, subscribesAtMs) => {
          const { cut, isOpen, reports, cutter } = setUp({ answers, ends, subscribesAtMs })
          expect(await cut()).toBe(true)
          if (isOpen()) expect(reports).not.toEqual([])
          if (cutter.stuckInstances().length > 0) expect(reports).not.toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('an instance that does not end streams', () => {
  test('is stuck after three cuts, is reported, and is no longer stuck after a restart', async () => {
    const { cut, cutter, reports } = setUp({ ends: [false] }, 3)
    expect(await cut(2)).toBe(true)
    expect(cutter.stuckInstances()).toEqual([2])
    expect(reports.at(-1)).toMatch(/^instance 2 does not end conn streams/)

    cutter.markRestarted(1)
    expect(cutter.stuckInstances()).toEqual([2])
    cutter.markRestarted(2)
    expect(cutter.stuckInstances()).toEqual([])
  })

  test('is reported without the id of a stream', async () => {
    const { cut, reports } = setUp({ ends: [false] })
    await cut()
    expect(reports.join()).not.toContain('a1')
  })

  test.each([
    ['does not answer', { answers: [false] }],
    ['does not answer after a DELETE', { ends: [false], answers: [true, false] }],
    ['has no such stream', { subscribesAtMs: Number.POSITIVE_INFINITY }],
    ['ends it at the second DELETE', { ends: [false, true] }],
    ['ends it at the last DELETE', { ends: [false, false, true] }],
  ])('is not assumed of one that %s', async (_, behavior) => {
    const { cut, cutter } = setUp(behavior)
    await cut()
    expect(cutter.stuckInstances()).toEqual([])
  })
})
