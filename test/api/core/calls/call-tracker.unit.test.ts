import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PbxChannel, PbxEvent, PbxTime } from '../../../../api/core/calls/pbx-events.ts'
import {
  eventsIn,
  MUCH_LATER,
  newTracker,
  recordedMessages,
  trackerAfter,
  VERSIONS,
  type Version,
} from './fixtures/recorded-events.ts'

const SCENES = ['10', '11', '12', '13', '14', '20', '21', '30', '31', '32', '40', '41'] as const
/** The call that each scene is about. */
function idIn(version: Version, scene: string): string {
  const fields = recordedMessages(version, scene)[0]?.fields
  return fields?.linkedid ?? fields?.uniqueid ?? ''
}

describe.each(VERSIONS)('the recorded calls of %s', (version) => {
  test.each([
    ['10', 'a call that is answered and hung up', 'answered', 16],
    ['11', 'an own phone that is busy', 'own_busy', 17],
    ['12', 'an own phone that nobody answers', 'own_no_answer', version === 'asterisk16' ? undefined : 19],
    ['13', 'an own phone that is not registered', 'own_unavailable', undefined],
    ['14', 'a call that is cancelled while the own phone rings', 'cancelled', 16],
    ['20', 'a ringing leg that the PBX ends without a cause', 'no_answer', 16],
    ['21', 'a call between phones whose caller hangs up', 'answered', 16],
  ])('of scene %s, %s, end with the right outcome', (scene, _, outcome, cause) => {
    const tracker = trackerAfter(eventsIn(recordedMessages(version, scene)))
    expect(tracker.live()).toEqual([])
    const call = tracker.find(idIn(version, scene))
    expect(call).toMatchObject({ state: 'ended', outcome, cause })
    expect(call?.legs.every(({ state }) => state === 'ended')).toBe(true)
    expect(call?.answeredAt === undefined).toBe(outcome !== 'answered')
  })

  test.each([
    ['30', 'up', { '101': 'ended', '102': 'up', '103': 'up' }],
    ['31', 'up', { '101': 'ended', '102': 'up', '103': 'up' }],
    ['32', 'up', { '101': 'up', '102': 'up', '103': 'ended' }],
    ['40', 'up', { '101': 'up', '102': 'up' }],
    // 16 ignores the name of the timeout channel and does not park.
    version === 'asterisk16'
      ? ['41', 'up', { '101': 'up', '102': 'up' }]
      : ['41', 'parked', { '101': 'ended', '102': 'up' }],
  ] as [string, string, Record<string, string>][])('of scene %s leave one call, %s', (scene, state, legs) => {
    const tracker = trackerAfter(eventsIn(recordedMessages(version, scene)))
    expect(tracker.live()).toHaveLength(1)
    const [call] = tracker.live()
    expect(call).toMatchObject({ id: idIn(version, scene), state, outcome: undefined, endedAt: undefined })
    expect(Object.fromEntries(call?.legs.map((leg) => [leg.endpoint, leg.state]) ?? [])).toEqual(legs)

    tracker.reconcile(new Set(), MUCH_LATER)
    tracker.flush()
    expect(tracker.live()).toEqual([])
    expect(tracker.find(idIn(version, scene))).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  test('name both ends, the times and the direction of a placed call', () => {
    const messages = recordedMessages(version, '10')
    const call = trackerAfter(eventsIn(messages)).find('ok')
    expect(call).toMatchObject({
      direction: 'internal',
      from: { number: '101', name: 'Call 102' },
      to: { number: '102', name: 'User 102' },
    })
    const ups = messages.filter(({ name, fields }) => name === 'Newstate' && fields.channelstate === '6')
    expect(ups.map(({ fields }) => fields.channel?.slice(0, 9))).toEqual(['PJSIP/101', 'PJSIP/102'])
    // The answer of the far end, not of the own phone.
    expect(call?.answeredAt).toBe(eventsIn(ups.slice(1))[0]?.at)
    expect(call?.startedAt).toBe(eventsIn(messages.slice(0, 1))[0]?.at)
  })

  test('are reported step by step, without a detour, and their end once', () => {
    const { tracker, reported } = newTracker()
    for (const event of eventsIn(recordedMessages(version, '10'))) {
      tracker.handle(event)
      tracker.flush()
    }
    const states = reported.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])
    expect(states).toEqual(['dialling', 'ringing', 'up', 'ended'])
    expect(reported.filter(({ state }) => state === 'ended')).toHaveLength(1)
  })

  test('show hold and its end in between', () => {
    const messages = recordedMessages(version, '40')
    const held = messages.findIndex(({ name }) => name === 'Hold') + 1
    expect(trackerAfter(eventsIn(messages.slice(0, held))).find('hold')?.state).toBe('held')
    expect(trackerAfter(eventsIn(messages)).find('hold')?.state).toBe('up')
  })

  test.each(SCENES)('of scene %s are the same for events in any order, also repeated ones', (scene) => {
    const messages = recordedMessages(version, scene)
    const id = idIn(version, scene)
    const inOrder = trackerAfter(eventsIn(messages))
    expect(inOrder.find(id)).toBeDefined()
    fc.assert(
      fc.property(
        fc.shuffledSubarray(messages, { minLength: messages.length }),
        fc.subarray(messages),
        (all, again) => {
          const tracker = trackerAfter(eventsIn([...all, ...again]))
          expect(tracker.find(id)).toEqual(inOrder.find(id))
          expect(tracker.live()).toEqual(inOrder.live())
        },
      ),
      { numRuns: 25 },
    )
  })

  test.each(SCENES)('of scene %s are unchanged by a snapshot at any moment', (scene) => {
    const messages = recordedMessages(version, scene)
    const id = idIn(version, scene)
    const inOrder = trackerAfter(eventsIn(messages)).find(id)
    fc.assert(
      fc.property(fc.nat(messages.length), fc.infiniteStream(fc.boolean()), (middle, again) => {
        const before = eventsIn(messages.slice(0, middle))
        const after = eventsIn(messages.slice(middle))
        const { tracker } = newTracker()
        for (const event of before) tracker.handle(event)
        const at = Math.max(0, ...before.map((event) => event.at))
        tracker.reconcile(new Set(aliveAfter(before)), at)
        tracker.flush()
        // Events from before the snapshot may be repeated after it.
        for (const event of [...before.filter(() => again.next().value), ...after]) tracker.handle(event)
        tracker.flush()
        expect(tracker.find(id)).toEqual(inOrder)
      }),
      { numRuns: 25 },
    )
  })

  test.each(SCENES)(
    'of scene %s leave no live call when the PBX has no channel, whichever events were lost',
    (scene) => {
      const messages = recordedMessages(version, scene)
      fc.assert(
        fc.property(fc.shuffledSubarray(messages), fc.subarray(messages), (some, late) => {
          const { tracker } = newTracker()
          for (const event of eventsIn(some)) tracker.handle(event)
          tracker.reconcile(new Set(), MUCH_LATER)
          const known = new Set(eventsIn(some).flatMap((event) => (event.kind === 'channel' ? event.id : [])))
          const isKnown = (event: PbxEvent) => event.kind === 'channel' && known.has(event.id)
          for (const event of eventsIn(late).filter(isKnown)) tracker.handle(event)
          tracker.flush()
          expect(tracker.live()).toEqual([])
        }),
        { numRuns: 25 },
      )
    },
  )
})

function aliveAfter(events: readonly PbxEvent[]): string[] {
  const gone = new Set(events.flatMap((event) => (event.kind === 'channel_ended' ? event.id : [])))
  return events.flatMap((event) => (event.kind === 'channel' && !gone.has(event.id) ? event.id : []))
}

/** Events made by hand, one second apart by default. */
const SECOND = 1_000_000
const about = (id: string, at: PbxTime, what: Partial<PbxChannel>): PbxEvent => ({
  kind: 'channel',
  id,
  at: at * SECOND,
  changes: what,
})
const born = (
  id: string,
  callId: string,
  endpoint: string,
  at: PbxTime,
  more: Partial<PbxChannel> = {},
): PbxEvent =>
  about(id, at, {
    name: `PJSIP/${endpoint}-00000001`,
    endpoint,
    callId,
    number: endpoint,
    state: 'down',
    createdAt: at * SECOND,
    ...more,
  })
const gone = (id: string, at: PbxTime, cause: number | undefined = 16): PbxEvent => ({
  kind: 'channel_ended',
  id,
  at: at * SECOND,
  cause,
})
const rings = (from: string | undefined, to: string, at: PbxTime): PbxEvent => ({
  kind: 'dial',
  from,
  to,
  at: at * SECOND,
  end: undefined,
})

describe('the direction of a call', () => {
  const call = (caller: string, callee?: string) =>
    trackerAfter([
      born('a', 'a', caller, 1, { state: 'dialling', dialedExtension: '600' }),
      ...(callee === undefined ? [] : [born('b', 'a', callee, 2), rings('a', 'b', 2)]),
    ]).find('a')

  test.each([
    ['between own phones is internal', '101', '102', 'internal'],
    ['of an own phone with the PBX itself is internal', '101', undefined, 'internal'],
    ['from a trunk is incoming', 'trunk', '101', 'incoming'],
    ['from a trunk to the PBX itself is incoming', 'trunk', undefined, 'incoming'],
    ['from one trunk to another is incoming', 'trunk', 'trunk-2', 'incoming'],
    ['to a trunk is outgoing', '101', 'trunk', 'outgoing'],
  ])('%s', (_, caller, callee, direction) => {
    expect(call(caller, callee)?.direction).toBe(direction)
  })
})

describe('the answer of a call', () => {
  test('is that of the dialplan for a phone that calls an application', () => {
    const tracker = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling', dialedExtension: '600' }),
      about('a', 2, { state: 'up' }),
    ])
    expect(tracker.find('a')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND, to: { number: '600' } })
  })

  const ownPhoneUp = [
    born('hk_1', 'hk_1', '101', 1),
    rings(undefined, 'hk_1', 1),
    about('hk_1', 2, { state: 'up' }),
  ]

  test('is not that of the own phone, which is rung first, until no other event follows', () => {
    const { tracker, clock, reported } = newTracker()
    for (const event of ownPhoneUp) tracker.handle(event)
    tracker.flush()
    expect(tracker.find('hk_1')).toMatchObject({ state: 'ringing', answeredAt: undefined })
    clock.ms += 1_000
    tracker.tick()
    tracker.flush()
    expect(reported.at(-1)).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
  })

  test('does not exist for an unreachable number without a channel', () => {
    const tracker = trackerAfter([...ownPhoneUp, gone('hk_1', 3, 20)])
    expect(tracker.find('hk_1')).toMatchObject({ outcome: 'unavailable', answeredAt: undefined, cause: 20 })
  })

  test('is that of the first phone of a ring group, and the others stay as ended legs', () => {
    const tracker = trackerAfter([
      born('a', 'a', 'trunk', 1, { state: 'dialling', dialedExtension: '74951234567' }),
      born('b', 'a', '101', 2, { callerName: 'Ann' }),
      rings('a', 'b', 2),
      born('c', 'a', '102', 2, { callerName: 'Bob' }),
      rings('a', 'c', 2),
      about('c', 5, { state: 'up' }),
      about('a', 5, { state: 'up' }),
      gone('b', 5, 26),
    ])
    expect(tracker.find('a')).toMatchObject({
      state: 'up',
      answeredAt: 5 * SECOND,
      to: { number: '74951234567', name: 'Bob' },
    })
    expect(tracker.ofEndpoint('102')).toHaveLength(1)
    expect(tracker.ofEndpoint('101')).toEqual([])
  })
})

describe('a call that merges into another', () => {
  /** 101 talks with 102 and, in a second call, with 103; then it joins the two calls and leaves. */
  const two = [
    born('a1', 'a1', '101', 1, { state: 'dialling', dialedExtension: '102' }),
    born('b', 'a1', '102', 1),
    rings('a1', 'b', 1),
    about('b', 2, { state: 'up' }),
    about('a1', 2, { state: 'up' }),
    born('a2', 'a2', '101', 3, { state: 'dialling', dialedExtension: '103' }),
    born('c', 'a2', '103', 3),
    rings('a2', 'c', 3),
    about('c', 4, { state: 'up', callId: 'a2' }),
    about('a2', 4, { state: 'up', callId: 'a2' }),
  ]
  const joined = [about('c', 6, { callId: 'a1' }), gone('a1', 6), gone('a2', 7)]

  test('has ended, and was answered', () => {
    const tracker = trackerAfter([...two, ...joined])
    expect(tracker.live().map(({ id }) => id)).toEqual(['a1'])
    expect(tracker.find('a1')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
    expect(tracker.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered', endedAt: 7 * SECOND })
    expect(tracker.ofEndpoint('103').map(({ id }) => id)).toEqual(['a1'])
  })

  test('does so for events in any order', () => {
    const events = [...two, ...joined]
    const inOrder = trackerAfter(events)
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (all) => {
        const tracker = trackerAfter(all)
        expect(tracker.live()).toEqual(inOrder.live())
        expect(tracker.find('a2')).toEqual(inOrder.find('a2'))
      }),
    )
  })

  test('is reported as ended once, and does not return while the other one goes on', () => {
    const { tracker, reported, clock } = newTracker()
    for (const event of [...two, ...joined]) {
      tracker.handle(event)
      tracker.flush()
    }
    expect(reported.filter(({ id, state }) => id === 'a2' && state === 'ended')).toHaveLength(1)
    clock.ms += 60_000
    tracker.tick()
    expect(tracker.find('a2')).toBeUndefined()
    tracker.handle(about('c', 8, { holds: true }))
    tracker.flush()
    expect(tracker.find('a2')).toBeUndefined()
    expect(tracker.find('a1')?.state).toBe('held')
  })

  describe('by a bridge, before the PBX reports the merged call', () => {
    const met = [
      about('b', 5, { bridge: 'x', callId: 'a1' }),
      about('c', 6, { bridge: 'x', callId: 'a2' }),
      gone('a1', 7),
      gone('a2', 7),
    ]

    test('becomes part of the older call', () => {
      const tracker = trackerAfter([...two, ...met])
      expect(tracker.live().map(({ id, legs }) => [id, legs.map(({ state }) => state)])).toEqual([
        ['a1', ['ended', 'up', 'up']],
      ])
      expect(tracker.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered' })
      expect(tracker.ofEndpoint('103').map(({ id }) => id)).toEqual(['a1'])
    })

    test('does so for events in any order', () => {
      const events = [...two, ...met]
      const inOrder = trackerAfter(events)
      fc.assert(
        fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (all) => {
          const tracker = trackerAfter(all)
          expect(tracker.live()).toEqual(inOrder.live())
          expect(tracker.find('a2')).toEqual(inOrder.find('a2'))
        }),
      )
    })

    test('is unchanged once the PBX reports it', () => {
      const { tracker, reported } = newTracker()
      for (const event of [...two, ...met]) tracker.handle(event)
      tracker.flush()
      const before = reported.length
      tracker.handle(about('c', 8, { callId: 'a1' }))
      tracker.flush()
      expect(reported).toHaveLength(before)
    })

    test('becomes the API’s own call if one of the two is: for the PBX its id is older than any', () => {
      const ours = [
        born('hk_1', 'hk_1', '104', 9, { state: 'up', bridge: 'x' }),
        about('c', 9, { bridge: 'x', callId: 'a2' }),
      ]
      const tracker = trackerAfter([...two, ...ours])
      expect(tracker.ofEndpoint('103').map(({ id }) => id)).toEqual(['hk_1'])
    })
  })

  test('of a channel that was just created was no call', () => {
    const tracker = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling' }),
      born('b', 'b', '102', 1),
      about('b', 2, { callId: 'a' }),
    ])
    expect(tracker.find('b')).toBeUndefined()
    expect(tracker.live()).toHaveLength(1)
  })
})

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

describe('a clock that is set back by 5 minutes', () => {
  const back: PbxEvent = { kind: 'clock_set_back', at: 10 * SECOND, setBackBy: 300 * SECOND }
  const talk = [
    born('a', 'a', '101', 300, { state: 'dialling', dialedExtension: '102' }),
    born('b', 'a', '102', 301),
    rings('a', 'b', 301),
    about('b', 304, { state: 'up' }),
    about('a', 304, { state: 'up' }),
  ]

  test('lets later events apply', () => {
    const tracker = trackerAfter([...talk, about('b', 306, { holds: true })])
    expect(tracker.find('a')?.state).toBe('held')
    for (const event of [back, about('b', 10, { holds: false })]) tracker.handle(event)
    expect(tracker.find('a')?.state).toBe('up')
    for (const event of [gone('b', 14), gone('a', 14)]) tracker.handle(event)
    expect(tracker.find('a')).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  test('makes no call longer or shorter', () => {
    const tracker = trackerAfter([...talk, back, gone('b', 14), gone('a', 14)])
    const { startedAt = 0, answeredAt = 0, endedAt } = tracker.find('a') ?? {}
    expect([answeredAt - startedAt, (endedAt ?? 0) - answeredAt]).toEqual([4 * SECOND, 10 * SECOND])
  })

  test('changes no call that has ended', () => {
    const over = [...talk, gone('b', 305), gone('a', 305)]
    const before = trackerAfter(over).find('a')
    const tracker = trackerAfter([...over, back])
    expect(tracker.find('a')).toEqual(before)
  })

  test('leaves no live call when a list lacks its channel', () => {
    const tracker = trackerAfter([...talk, back])
    tracker.reconcile(new Set(), 11 * SECOND)
    expect(tracker.live()).toEqual([])
  })
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
