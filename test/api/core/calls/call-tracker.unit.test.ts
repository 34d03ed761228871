import { expect, test } from 'vitest'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
import { about, born, gone, rings, SECOND } from './fixtures/pbx-events.ts'
import { newTracker, trackerAfter } from './fixtures/recorded-events.ts'

test('a burst of events is reported once, after it, with the call as it was before', () => {
  const works: (() => void)[] = []
  const { tracker } = newTracker({ defer: (work) => works.push(work) })
  const changes: [string | undefined, string][] = []
  const off = tracker.onChange((call, before) => changes.push([before?.state, call.state]))
  const burst = (...events: PbxEvent[]) => {
    for (const event of events) tracker.handle(event)
    expect(works.length).toBeLessThanOrEqual(1)
    works.pop()?.()
  }
  burst(born('a', 'a', '101', 1, { state: 'dialling' }), about('a', 2, { state: 'up' }))
  expect(changes).toEqual([[undefined, 'up']])
  burst(about('a', 2, { state: 'up' }))
  burst(gone('a', 3))
  burst(gone('a', 3))
  expect(changes.slice(1)).toEqual([['up', 'ended']])
  off()
  burst(born('b', 'b', '101', 4))
  expect(changes).toHaveLength(2)
})

test('a listener that throws does not keep the call from others', () => {
  const errors: unknown[] = []
  const works: (() => void)[] = []
  const { tracker } = newTracker({ defer: (work) => works.push(work), onError: (err) => errors.push(err) })
  const reported: string[] = []
  const error = new TypeError('a error of ours')
  tracker.onChange(() => {
    throw error
  })
  tracker.onChange(({ id }) => reported.push(id))
  for (const id of ['a', 'b']) tracker.handle(born(id, id, '101', 1, { state: 'dialling' }))
  expect(() => works.pop()?.()).not.toThrow()
  expect(reported).toEqual(['a', 'b'])
  expect(errors).toEqual([error, error])
})

test('a call that ended unanswered while no API was connected has an unknown outcome', () => {
  const tracker = trackerAfter([
    born('a', 'a', 'trunk', 1, { state: 'dialling' }),
    born('b', 'a', '101', 1),
    rings('a', 'b', 1),
  ])
  tracker.reconcile(new Set(['a']), 5 * SECOND)
  expect(tracker.find('a')).toMatchObject({ state: 'ringing' })
  tracker.reconcile(new Set(), 6 * SECOND)
  expect(tracker.find('a')).toMatchObject({ state: 'ended', outcome: 'unknown', endedAt: 6 * SECOND })
})

test('a snapshot does not end a channel with a later event', () => {
  const tracker = trackerAfter([born('a', 'a', '101', 5, { state: 'dialling' })])
  tracker.reconcile(new Set(), 4 * SECOND)
  expect(tracker.live()).toHaveLength(1)
})

test('a channel without a phone is no call, but may record one', () => {
  const tracker = trackerAfter([
    about('x;1', 1, { name: 'Local/600@all-1;1', endpoint: undefined, callId: 'x;1', state: 'up' }),
  ])
  expect(tracker.live()).toEqual([])
  tracker.handle(born('b', 'x;1', '101', 2, { state: 'up' }))
  tracker.handle(about('x;1', 3, { recording: 'on' }))
  expect(tracker.find('x;1')).toMatchObject({
    recording: 'on',
    recordings: [{ channelId: 'x;1', file: undefined, state: 'on' }],
  })
})

test('ended calls of a flood are evicted: memory depends on time, not on the number of events', () => {
  const { tracker, clock } = newTracker()
  const peak = { calls: 0, channels: 0 }
  for (let call = 0; call < 30_000; call++) {
    const [id, far] = [`${call}.1`, `${call}.2`]
    for (const event of [
      born(id, id, '101', call, { state: 'dialling', dialedExtension: '102' }),
      born(far, id, '102', call),
      rings(id, far, call),
      about(far, call, { state: 'up' }),
      gone(far, call),
      gone(id, call),
      gone(`${call}.stray`, call),
    ]) {
      tracker.handle(event)
    }
    clock.ms += 60
    if (call % 20 === 0) {
      tracker.flush()
      tracker.tick()
    }
    peak.calls = Math.max(peak.calls, tracker.size().calls)
    peak.channels = Math.max(peak.channels, tracker.size().channels)
  }
  // 60 s hold 1 000 of them.
  expect(peak.calls).toBeLessThan(1_100)
  expect(peak.channels).toBeLessThan(2_200)
  expect(tracker.size().evicted).toBe(20_000)

  clock.ms += 60_000
  tracker.tick()
  tracker.tick()
  tracker.handle(about('29999.1', 30_000, { state: 'up', callId: '29999.1', endpoint: '101' }))
  tracker.flush()
  expect(tracker.size()).toMatchObject({ calls: 0, live: 0, channels: 0 })
})
