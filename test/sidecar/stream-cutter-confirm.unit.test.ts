import { expect, test } from 'vitest'
import type { CutResult } from '../../contract/stream-end.ts'
import { parseNchanStatus } from '../../sidecar/nchan-instance.ts'
import { createStreamCutter, type StreamInstance } from '../../sidecar/stream-cutter.ts'
import { createRecordingLog } from '../runtime/recording-log.ts'

/** One instance of Nchan with given counts, and a clock that only pauses move. */
function setUp(counts: Record<string, number | undefined>, results: CutResult[] = []) {
  const cuts: string[] = []
  const { log, messages } = createRecordingLog()
  let now = 0
  const during: (() => void)[] = []
  const instance: StreamInstance = {
    async cut(channel) {
      cuts.push(channel)
      return results.shift() ?? 'cut'
    },
    subscribers: async (channel) => counts[channel],
    incarnation: async () => '1',
  }
  const cutter = createStreamCutter({
    instances: [instance],
    async pause(ms) {
      now += ms
      during.shift()?.()
    },
    monotonic: () => now,
    log,
  })
  return { cutter, cuts, messages, during, passed: () => now }
}

test('a cut is confirmed by a count of zero', async () => {
  const { cutter, cuts, messages } = setUp({ 'conn/a': 0 })
  await cutter.cut(1, 'conn/a', ['a'])
  expect([cuts, messages, cutter.stuckInstances()]).toEqual([['conn/a'], [], []])
})

test('a cut is confirmed by Nchan’s request that the connection closed, whatever the count is', async () => {
  const { cutter, cuts, messages, during } = setUp({ 'conn/a': 1 })
  during.push(() => cutter.closed('a'))
  await cutter.cut(1, 'conn/a', ['a'])
  expect([cuts, messages, cutter.stuckInstances()]).toEqual([['conn/a'], [], []])
})

test('an instance that does not answer is not reported as stuck: its supervisor handles that', async () => {
  const { cutter, cuts } = setUp({ 'conn/a': undefined })
  await cutter.cut(1, 'conn/a', ['a'])
  expect(new Set(cuts)).toEqual(new Set(['conn/a']))
  expect(cutter.stuckInstances()).toEqual([])
})

test('a stream without confirmation is cut again, and then its instance is stuck until it restarts', async () => {
  const { cutter, cuts, during } = setUp({ 'conn/a': 1, 'conn/b': 1 })
  during.push(() => cutter.closed('b'))
  await cutter.cut(1, 'cohort/g', ['a', 'b'])
  expect(cuts).toEqual(['cohort/g', 'cohort/g', 'cohort/g'])
  expect(cutter.stuckInstances()).toEqual([1])
  cutter.markRestarted(1)
  expect(cutter.stuckInstances()).toEqual([])
})

test('a restart of an instance is requested once, until it restarts', () => {
  const { cutter, messages } = setUp({})
  cutter.requestRestart(1, 'keeps too many channels')
  cutter.requestRestart(1, 'keeps too many channels')
  expect(messages).toEqual(['instance 1 keeps too many channels: it has to be started afresh'])
  expect(cutter.stuckInstances()).toEqual([1])
  cutter.markRestarted(1)
  expect(cutter.stuckInstances()).toEqual([])
})

test('parseNchanStatus reads the memory and the idle channels of an instance', () => {
  const status = [
    'total published messages: 3',
    'stored messages: 1',
    'shared memory used: 2048K',
    'shared memory limit: 32768K',
    'channels: 4012',
    'subscribers: 5',
    'redis pending commands: 0',
  ].join('\n')
  expect(parseNchanStatus(status)).toEqual({ memory: 1 / 16, idleChannels: 3_997 })
  expect(parseNchanStatus('')).toBeUndefined()
})

test('a channel without subscribers is deleted again, for 16 s', async () => {
  const once = setUp({ 'conn/a': 0 }, ['no_subscribers', 'unreachable', 'cut'])
  await once.cutter.cut(1, 'conn/a', ['a'])
  expect(once.cuts).toHaveLength(3)
  const never = setUp({}, Array(20).fill('no_subscribers'))
  await never.cutter.cut(1, 'conn/a', ['a'])
  expect(never.passed()).toBe(16_000)
  expect([never.messages, never.cutter.stuckInstances()]).toEqual([[], []])
})

test('a closed connection is stored for longer than a cut takes, and then deleted', async () => {
  const { cutter, during, messages } = setUp({ 'conn/a': 1 }, Array(8).fill('no_subscribers'))
  cutter.closed('a') // the request came before the cut found the channel
  await cutter.cut(1, 'conn/a', ['a'])
  expect(messages).toEqual([])
  during.push(...Array.from({ length: 30 }, (_, n) => () => cutter.closed(`other ${n}`)))
  for (let n = 0; n < 30; n += 1) await cutter.cut(1, 'cohort/g', [`other ${n}`])
  await cutter.cut(1, 'conn/a', ['a'])
  expect(cutter.stuckInstances()).toEqual([1])
})
