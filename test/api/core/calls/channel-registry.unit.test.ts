import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createChannelRegistry, type TrackedChannel } from '../../../../api/core/calls/channel-registry.ts'
import type {
  ChannelEnded,
  ChannelUpdate,
  DialUpdate,
  PbxChannel,
} from '../../../../api/core/calls/pbx-events.ts'

type Applied = ChannelUpdate | ChannelEnded | DialUpdate

const about = (at: number, what: Partial<PbxChannel>): ChannelUpdate => ({
  kind: 'channel',
  id: 'a',
  at,
  changes: what,
})
const gone = (at: number, cause: number | undefined): ChannelEnded => ({
  kind: 'channel_ended',
  id: 'a',
  at,
  cause,
})
const known = (...events: Applied[]): TrackedChannel | undefined => {
  const book = createChannelRegistry()
  for (const event of events) book.apply(event)
  return book.all().next().value
}

describe('of two events', () => {
  test('the newer one wins, in whichever order they come', () => {
    const events = [about(2, { connectedName: 'Ann' }), about(1, { connectedName: 'Bob' })]
    expect(known(...events)?.attributes.connectedName).toBe('Ann')
    expect(known(...events.reverse())?.attributes.connectedName).toBe('Ann')
  })

  test('the newer one sets its own attributes and leaves the others', () => {
    const channel = known(about(1, { number: '101', bridge: 'b1' }), about(2, { bridge: undefined }))
    expect(channel?.attributes).toEqual({ number: '101', bridge: undefined })
  })

  test('the first one sets the dialed extension and the creation time', () => {
    const channel = known(
      about(2, { dialedExtension: '2', createdAt: 5 }),
      about(1, { dialedExtension: '102', createdAt: 9 }),
    )
    expect(channel?.attributes).toEqual({ dialedExtension: '102', createdAt: 9 })
  })

  test('the further state wins, as a snapshot from before a step may come after it', () => {
    expect(known(about(1, { state: 'up' }), about(2, { state: 'ringing' }))?.attributes.state).toBe('up')
  })

  test('an end with a cause wins over one that was inferred', () => {
    expect(known(gone(1, undefined), gone(2, 17))?.ended).toEqual({ at: 2, cause: 17 })
    expect(known(gone(2, 17), gone(1, undefined))?.ended).toEqual({ at: 2, cause: 17 })
  })
})

test('no event brings back a channel that has ended or was evicted', () => {
  const book = createChannelRegistry()
  book.apply(gone(1, 16))
  expect(book.apply(about(2, { state: 'up' }))?.ended).toBeDefined()
  book.evict('a')
  expect(book.apply(about(3, { state: 'up' }))).toBeUndefined()
  expect(book.size()).toEqual({ channels: 0, evicted: 1 })
})

test('the same events give the same channel, in any order and however often', () => {
  const at = fc.nat(4)
  const event = fc.oneof(
    fc
      .record({
        at,
        about: fc.record(
          {
            state: fc.constantFrom('down', 'dialling', 'ringing', 'up'),
            callId: fc.constantFrom('a', 'b', 'c'),
            bridge: fc.constantFrom(undefined, 'x', 'y'),
            dialedExtension: fc.constantFrom('1', '2'),
            holds: fc.boolean(),
            recording: fc.constantFrom('off', 'on', 'paused'),
          },
          { requiredKeys: [] },
        ),
      })
      .map(
        (one): Applied => ({
          kind: 'channel',
          id: 'a',
          at: one.at,
          changes: one.about as Partial<PbxChannel>,
        }),
      ),
    fc
      .record({ at, cause: fc.constantFrom(undefined, 0, 16, 17) })
      .map((one): Applied => gone(one.at, one.cause)),
    fc
      .record({
        at,
        from: fc.constantFrom(undefined, 'z', 'y'),
        end: fc.constantFrom(undefined, 'busy', 'answered'),
      })
      .map((one): Applied => ({ kind: 'dial', to: 'a', ...one }) as DialUpdate),
  )
  const seen = (events: readonly Applied[]) => {
    const channel = known(...events)
    // The times of attributes are internal.
    return channel && { ...channel, since: undefined }
  }
  fc.assert(
    fc.property(
      fc
        .array(event)
        .chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
        ),
      ([all, shuffled, again]) => {
        expect(seen([...shuffled, ...again])).toStrictEqual(seen(all))
      },
    ),
    { numRuns: 500 },
  )
})
