import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import { createLiveCalls } from '../../../../api/core/calls/live-calls.ts'
import { aCall, aLeg } from './fixtures/calls.ts'
import { eventsIn, newTracker, recordedMessages } from './fixtures/recorded-events.ts'

const PHONES = ['1001', '1002', '1003']
const aState = fc.constantFrom('ringing', 'up', 'ended')
const aChange = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  state: fc.constantFrom('ringing', 'up', 'ended', 'none'),
  startedAt: fc.nat(3),
  legs: fc.array(fc.tuple(fc.constantFrom(...PHONES, undefined), aState), { maxLength: 4 }),
})

test('each phone has the calls that a scan of all calls finds, after any changes', () => {
  fc.assert(
    fc.property(fc.array(aChange, { maxLength: 30 }), (changes) => {
      const live = createLiveCalls()
      const model = new Map<string, Call>()
      for (const { id, state, startedAt, legs } of changes) {
        const call = aCall({
          id,
          state: state === 'none' ? 'up' : state,
          startedAt,
          legs: legs.map(([endpoint, state]) => ({ ...aLeg(''), endpoint, state })),
        })
        live.put(id, state === 'none' ? undefined : call)
        if (state === 'none' || state === 'ended') model.delete(id)
        else model.set(id, call)

        const all = [...model.values()].sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
        expect(live.all()).toEqual(all)
        expect(live.size()).toBe(all.length)
        for (const phone of PHONES) {
          const its = all.filter((one) =>
            one.legs.some((leg) => leg.endpoint === phone && leg.state !== 'ended'),
          )
          expect(live.ofEndpoints([phone])).toEqual(its)
        }
      }
    }),
  )
})

test('a listener that gets one call of a burst sees the others as they are after it', () => {
  const { tracker } = newTracker()
  const events = eventsIn(recordedMessages('asterisk22', '21'))
  for (const event of events.slice(0, 6)) tracker.handle(event)
  const other = events[0]
  if (other?.kind !== 'channel') throw new Error('a call begins with a channel')
  tracker.handle({ ...other, id: 'other', changes: { ...other.changes, callId: 'other' } })
  tracker.flush()
  expect(tracker.ofEndpoints(['103'])).toHaveLength(2)

  const seen: number[] = []
  tracker.onChange(() => seen.push(tracker.ofEndpoints(['103']).length))
  tracker.handle({ kind: 'channel_ended', id: 'other', at: other.at + 1, cause: 16 })
  for (const event of events) if (event.kind === 'channel_ended') tracker.handle(event)
  tracker.flush()
  expect(seen).toEqual([0, 0])
})
