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
/** The call that each is about. */
function idIn(version: Version, scene: string): string {
  const fields = recordedMessages(version, scene)[0]?.fields
  return fields?.linkedid ?? fields?.uniqueid ?? ''
}

describe.each(VERSIONS)('what %s told', (version) => {
  test.each([
    ['10', 'a call that is answered and hung up', 'answered', 16],
    ['11', 'an own phone that is busy', 'own_busy', 17],
    ['12', 'an own phone that nobody answers', 'own_no_answer', version === 'asterisk16' ? undefined : 19],
    ['13', 'an own phone that is not registered', 'own_unavailable', undefined],
    ['14', 'a call that is cancelled while the own phone rings', 'cancelled', 16],
    ['20', 'a ringing leg that the PBX ends without a cause', 'no_answer', 16],
    ['21', 'a call between phones whose caller hangs up', 'answered', 16],
  ])('of scene %s, %s, is over with the right outcome', (scene, _, outcome, cause) => {
    const table = trackerAfter(eventsIn(recordedMessages(version, scene)))
    expect(table.live()).toEqual([])
    const call = table.find(idIn(version, scene))
    expect(call).toMatchObject({ state: 'ended', outcome, cause })
    expect(call?.legs.every(({ state }) => state === 'ended')).toBe(true)
    expect(call?.answeredAt === undefined).toBe(outcome !== 'answered')
  })

  test.each([
    ['30', 'up', { '101': 'ended', '102': 'up', '103': 'up' }],
    ['31', 'up', { '101': 'ended', '102': 'up', '103': 'up' }],
    ['32', 'up', { '101': 'up', '102': 'up', '103': 'ended' }],
    ['40', 'up', { '101': 'up', '102': 'up' }],
    // 16 takes the name of the timeout channel for nothing and does not park.
    version === 'asterisk16'
      ? ['41', 'up', { '101': 'up', '102': 'up' }]
      : ['41', 'parked', { '101': 'ended', '102': 'up' }],
  ] as [string, string, Record<string, string>][])(
    'of scene %s leaves one call, %s',
    (scene, state, legs) => {
      const table = trackerAfter(eventsIn(recordedMessages(version, scene)))
      expect(table.live()).toHaveLength(1)
      const [call] = table.live()
      expect(call).toMatchObject({ id: idIn(version, scene), state, outcome: undefined, endedAt: undefined })
      expect(Object.fromEntries(call?.legs.map((leg) => [leg.endpoint, leg.state]) ?? [])).toEqual(legs)

      table.reconcile(new Set(), MUCH_LATER)
      table.flush()
      expect(table.live()).toEqual([])
      expect(table.find(idIn(version, scene))).toMatchObject({ state: 'ended', outcome: 'answered' })
    },
  )

  test('names both ends, the times and the way of a dialled call', () => {
    const messages = recordedMessages(version, '10')
    const call = trackerAfter(eventsIn(messages)).find('ok')
    expect(call).toMatchObject({
      direction: 'internal',
      from: { number: '101', name: 'Call 102' },
      to: { number: '102', name: 'User 102' },
    })
    const ups = messages.filter(({ name, fields }) => name === 'Newstate' && fields.channelstate === '6')
    expect(ups.map(({ fields }) => fields.channel?.slice(0, 9))).toEqual(['PJSIP/101', 'PJSIP/102'])
    // The far end's "up", not that of the own phone.
    expect(call?.answeredAt).toBe(eventsIn(ups.slice(1))[0]?.at)
    expect(call?.startedAt).toBe(eventsIn(messages.slice(0, 1))[0]?.at)
  })

  test('is told step by step, without a detour, and the end once', () => {
    const { table, told } = newTracker()
    for (const fact of eventsIn(recordedMessages(version, '10'))) {
      table.handle(fact)
      table.flush()
    }
    const states = told.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])
    expect(states).toEqual(['dialling', 'ringing', 'up', 'ended'])
    expect(told.filter(({ state }) => state === 'ended')).toHaveLength(1)
  })

  test('of hold and its end shows in between', () => {
    const messages = recordedMessages(version, '40')
    const held = messages.findIndex(({ name }) => name === 'Hold') + 1
    expect(trackerAfter(eventsIn(messages.slice(0, held))).find('hold')?.state).toBe('held')
    expect(trackerAfter(eventsIn(messages)).find('hold')?.state).toBe('up')
  })

  test.each(SCENES)('of scene %s gives the same in any order, told several times', (scene) => {
    const messages = recordedMessages(version, scene)
    const id = idIn(version, scene)
    const inOrder = trackerAfter(eventsIn(messages))
    expect(inOrder.find(id)).toBeDefined()
    fc.assert(
      fc.property(
        fc.shuffledSubarray(messages, { minLength: messages.length }),
        fc.subarray(messages),
        (all, again) => {
          const table = trackerAfter(eventsIn([...all, ...again]))
          expect(table.find(id)).toEqual(inOrder.find(id))
          expect(table.live()).toEqual(inOrder.live())
        },
      ),
      { numRuns: 25 },
    )
  })

  test.each(SCENES)('of scene %s survives a snapshot at any moment, nothing lost or raised', (scene) => {
    const messages = recordedMessages(version, scene)
    const id = idIn(version, scene)
    const inOrder = trackerAfter(eventsIn(messages)).find(id)
    fc.assert(
      fc.property(fc.nat(messages.length), fc.infiniteStream(fc.boolean()), (middle, again) => {
        const before = eventsIn(messages.slice(0, middle))
        const after = eventsIn(messages.slice(middle))
        const { table } = newTracker()
        for (const fact of before) table.handle(fact)
        const at = Math.max(0, ...before.map((fact) => fact.at))
        table.reconcile(new Set(aliveAfter(before)), at)
        table.flush()
        // What was told before the snapshot may come once more behind it.
        for (const fact of [...before.filter(() => again.next().value), ...after]) table.handle(fact)
        table.flush()
        expect(table.find(id)).toEqual(inOrder)
      }),
      { numRuns: 25 },
    )
  })

  test.each(SCENES)('of scene %s leaves no ghost when the PBX has no channel, whatever was lost', (scene) => {
    const messages = recordedMessages(version, scene)
    fc.assert(
      fc.property(fc.shuffledSubarray(messages), fc.subarray(messages), (some, late) => {
        const { table } = newTracker()
        for (const fact of eventsIn(some)) table.handle(fact)
        table.reconcile(new Set(), MUCH_LATER)
        const known = new Set(eventsIn(some).flatMap((fact) => (fact.kind === 'channel' ? fact.id : [])))
        const isKnown = (fact: PbxEvent) => fact.kind === 'channel' && known.has(fact.id)
        for (const fact of eventsIn(late).filter(isKnown)) table.handle(fact)
        table.flush()
        expect(table.live()).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

function aliveAfter(facts: readonly PbxEvent[]): string[] {
  const gone = new Set(facts.flatMap((fact) => (fact.kind === 'channel_ended' ? fact.id : [])))
  return facts.flatMap((fact) => (fact.kind === 'channel' && !gone.has(fact.id) ? fact.id : []))
}

/** Facts by hand, one second apart unless said. */
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

describe('direction', () => {
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

describe('answering', () => {
  test('a phone that rings an application is answered when the dialplan answers', () => {
    const table = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling', dialedExtension: '600' }),
      about('a', 2, { state: 'up' }),
    ])
    expect(table.find('a')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND, to: { number: '600' } })
  })

  const ownPhoneUp = [
    born('hk_1', 'hk_1', '101', 1),
    rings(undefined, 'hk_1', 1),
    about('hk_1', 2, { state: 'up' }),
  ]

  test('an own phone that was rung first is no answer, until nothing else happens', () => {
    const { table, clock, told } = newTracker()
    for (const fact of ownPhoneUp) table.handle(fact)
    table.flush()
    expect(table.find('hk_1')).toMatchObject({ state: 'ringing', answeredAt: undefined })
    clock.ms += 1_000
    table.tick()
    table.flush()
    expect(told.at(-1)).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
  })

  test('a number that cannot be reached, of which no channel came to be, is no answer', () => {
    const table = trackerAfter([...ownPhoneUp, gone('hk_1', 3, 20)])
    expect(table.find('hk_1')).toMatchObject({ outcome: 'unavailable', answeredAt: undefined, cause: 20 })
  })

  test('the first of a ring group to answer is named, and the others are kept as ended', () => {
    const table = trackerAfter([
      born('a', 'a', 'trunk', 1, { state: 'dialling', dialedExtension: '74951234567' }),
      born('b', 'a', '101', 2, { callerName: 'Ann' }),
      rings('a', 'b', 2),
      born('c', 'a', '102', 2, { callerName: 'Bob' }),
      rings('a', 'c', 2),
      about('c', 5, { state: 'up' }),
      about('a', 5, { state: 'up' }),
      gone('b', 5, 26),
    ])
    expect(table.find('a')).toMatchObject({
      state: 'up',
      answeredAt: 5 * SECOND,
      to: { number: '74951234567', name: 'Bob' },
    })
    expect(table.ofEndpoint('102')).toHaveLength(1)
    expect(table.ofEndpoint('101')).toEqual([])
  })
})

describe('a call that passes into another', () => {
  /** 101 talks with 102 and, in a second call, with 103; then it joins the two and leaves. */
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

  test('is over, and was answered', () => {
    const table = trackerAfter([...two, ...joined])
    expect(table.live().map(({ id }) => id)).toEqual(['a1'])
    expect(table.find('a1')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
    expect(table.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered', endedAt: 7 * SECOND })
    expect(table.ofEndpoint('103').map(({ id }) => id)).toEqual(['a1'])
  })

  test('is so in any order', () => {
    const facts = [...two, ...joined]
    const inOrder = trackerAfter(facts)
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (all) => {
        const table = trackerAfter(all)
        expect(table.live()).toEqual(inOrder.live())
        expect(table.find('a2')).toEqual(inOrder.find('a2'))
      }),
    )
  })

  test('is told to have ended once, and does not come back while the other goes on', () => {
    const { table, told, clock } = newTracker()
    for (const fact of [...two, ...joined]) {
      table.handle(fact)
      table.flush()
    }
    expect(told.filter(({ id, state }) => id === 'a2' && state === 'ended')).toHaveLength(1)
    clock.ms += 60_000
    table.tick()
    expect(table.find('a2')).toBeUndefined()
    table.handle(about('c', 8, { holds: true }))
    table.flush()
    expect(table.find('a2')).toBeUndefined()
    expect(table.find('a1')?.state).toBe('held')
  })

  describe('by a bridge, before the PBX says of which call it is', () => {
    const met = [
      about('b', 5, { bridge: 'x', callId: 'a1' }),
      about('c', 6, { bridge: 'x', callId: 'a2' }),
      gone('a1', 7),
      gone('a2', 7),
    ]

    test('is one with the older', () => {
      const table = trackerAfter([...two, ...met])
      expect(table.live().map(({ id, legs }) => [id, legs.map(({ state }) => state)])).toEqual([
        ['a1', ['ended', 'up', 'up']],
      ])
      expect(table.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered' })
      expect(table.ofEndpoint('103').map(({ id }) => id)).toEqual(['a1'])
    })

    test('is so in any order', () => {
      const facts = [...two, ...met]
      const inOrder = trackerAfter(facts)
      fc.assert(
        fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (all) => {
          const table = trackerAfter(all)
          expect(table.live()).toEqual(inOrder.live())
          expect(table.find('a2')).toEqual(inOrder.find('a2'))
        }),
      )
    })

    test('changes nothing once the PBX says so', () => {
      const { table, told } = newTracker()
      for (const fact of [...two, ...met]) table.handle(fact)
      table.flush()
      const before = told.length
      table.handle(about('c', 8, { callId: 'a1' }))
      table.flush()
      expect(told).toHaveLength(before)
    })

    test('is our own, if one of the two is: the PBX takes its id for older than any', () => {
      const ours = [
        born('hk_1', 'hk_1', '104', 9, { state: 'up', bridge: 'x' }),
        about('c', 9, { bridge: 'x', callId: 'a2' }),
      ]
      const table = trackerAfter([...two, ...ours])
      expect(table.ofEndpoint('103').map(({ id }) => id)).toEqual(['hk_1'])
    })
  })

  test('of a channel that had just come to be was none', () => {
    const table = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling' }),
      born('b', 'b', '102', 1),
      about('b', 2, { callId: 'a' }),
    ])
    expect(table.find('b')).toBeUndefined()
    expect(table.live()).toHaveLength(1)
  })
})

test('a burst is told once, after it, with what was before', () => {
  const works: (() => void)[] = []
  const { table } = newTracker({ defer: (work) => works.push(work) })
  const changes: [string | undefined, string][] = []
  const off = table.onChange((call, before) => changes.push([before?.state, call.state]))
  const burst = (...facts: PbxEvent[]) => {
    for (const fact of facts) table.handle(fact)
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

test('a listener that throws hides the call from no other, and ends nothing', () => {
  const faults: unknown[] = []
  const works: (() => void)[] = []
  const { table } = newTracker({ defer: (work) => works.push(work), onError: (err) => faults.push(err) })
  const told: string[] = []
  const fault = new TypeError('a fault of ours')
  table.onChange(() => {
    throw fault
  })
  table.onChange(({ id }) => told.push(id))
  for (const id of ['a', 'b']) table.handle(born(id, id, '101', 1, { state: 'dialling' }))
  expect(() => works.pop()?.()).not.toThrow()
  expect(told).toEqual(['a', 'b'])
  expect(faults).toEqual([fault, fault])
})

describe('a clock that is put back by 5 minutes', () => {
  const back: PbxEvent = { kind: 'clock_set_back', at: 10 * SECOND, setBackBy: 300 * SECOND }
  const talk = [
    born('a', 'a', '101', 300, { state: 'dialling', dialedExtension: '102' }),
    born('b', 'a', '102', 301),
    rings('a', 'b', 301),
    about('b', 304, { state: 'up' }),
    about('a', 304, { state: 'up' }),
  ]

  test('lets what is heard later count', () => {
    const table = trackerAfter([...talk, about('b', 306, { holds: true })])
    expect(table.find('a')?.state).toBe('held')
    for (const fact of [back, about('b', 10, { holds: false })]) table.handle(fact)
    expect(table.find('a')?.state).toBe('up')
    for (const fact of [gone('b', 14), gone('a', 14)]) table.handle(fact)
    expect(table.find('a')).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  test('makes no talk longer or shorter', () => {
    const table = trackerAfter([...talk, back, gone('b', 14), gone('a', 14)])
    const { startedAt = 0, answeredAt = 0, endedAt } = table.find('a') ?? {}
    expect([answeredAt - startedAt, (endedAt ?? 0) - answeredAt]).toEqual([4 * SECOND, 10 * SECOND])
  })

  test('changes no call that is over', () => {
    const over = [...talk, gone('b', 305), gone('a', 305)]
    const before = trackerAfter(over).find('a')
    const table = trackerAfter([...over, back])
    expect(table.find('a')).toEqual(before)
  })

  test('leaves no ghost: a list that lacks a channel ends it', () => {
    const table = trackerAfter([...talk, back])
    table.reconcile(new Set(), 11 * SECOND)
    expect(table.live()).toEqual([])
  })
})

test('a call that vanished unheard and had not been answered ended nobody knows how', () => {
  const table = trackerAfter([
    born('a', 'a', 'trunk', 1, { state: 'dialling' }),
    born('b', 'a', '101', 1),
    rings('a', 'b', 1),
  ])
  table.reconcile(new Set(['a']), 5 * SECOND)
  expect(table.find('a')).toMatchObject({ state: 'ringing' })
  table.reconcile(new Set(), 6 * SECOND)
  expect(table.find('a')).toMatchObject({ state: 'ended', outcome: 'unknown', endedAt: 6 * SECOND })
})

test('what was heard of after the snapshot is left alone by it', () => {
  const table = trackerAfter([born('a', 'a', '101', 5, { state: 'dialling' })])
  table.reconcile(new Set(), 4 * SECOND)
  expect(table.live()).toHaveLength(1)
})

test('a channel without a phone makes no call, but records one', () => {
  const table = trackerAfter([
    about('x;1', 1, { name: 'Local/600@all-1;1', endpoint: undefined, callId: 'x;1', state: 'up' }),
  ])
  expect(table.live()).toEqual([])
  table.handle(born('b', 'x;1', '101', 2, { state: 'up' }))
  table.handle(about('x;1', 3, { recording: 'on' }))
  expect(table.find('x;1')).toMatchObject({
    recording: 'on',
    recordings: [{ channelId: 'x;1', file: undefined, state: 'on' }],
  })
})

test('a flood is forgotten as it ends: what is held depends on time, not on how much was heard', () => {
  const { table, clock } = newTracker()
  const peak = { calls: 0, channels: 0 }
  for (let call = 0; call < 30_000; call++) {
    const [id, far] = [`${call}.1`, `${call}.2`]
    for (const fact of [
      born(id, id, '101', call, { state: 'dialling', dialedExtension: '102' }),
      born(far, id, '102', call),
      rings(id, far, call),
      about(far, call, { state: 'up' }),
      gone(far, call),
      gone(id, call),
      gone(`${call}.stray`, call),
    ]) {
      table.handle(fact)
    }
    clock.ms += 60
    if (call % 20 === 0) {
      table.flush()
      table.tick()
    }
    peak.calls = Math.max(peak.calls, table.size().calls)
    peak.channels = Math.max(peak.channels, table.size().channels)
  }
  // 60 s hold 1 000 of them.
  expect(peak.calls).toBeLessThan(1_100)
  expect(peak.channels).toBeLessThan(2_200)
  expect(table.size().evicted).toBe(20_000)

  clock.ms += 60_000
  table.tick()
  table.tick()
  table.handle(about('29999.1', 30_000, { state: 'up', callId: '29999.1', endpoint: '101' }))
  table.flush()
  expect(table.size()).toMatchObject({ calls: 0, live: 0, channels: 0 })
})
