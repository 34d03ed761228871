import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AmiMessage } from '../../../../api/asterisk/ami-codec.ts'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { PbxChannel, PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
import { toCallRecord } from '../../../../api/core/calls/to-call-record.ts'
import { eventsIn, newTracker, recordedMessages } from './fixtures/recorded-events.ts'

/** The events of Asterisk 22 about the phones 1001, 1002 and 1003, and of a trunk. */
const scene = (number: string) => recordedMessages('asterisk22', number)
const isPhone = (endpoint: string) => /^\d{4}$/.test(endpoint)
const personOf = (endpoint: string) =>
  isPhone(endpoint) ? { userId: endpoint, extension: endpoint } : undefined

/** The calls that the history gets, and each change of a call. */
function recordAfter(messages: readonly AmiMessage[]) {
  const { tracker, reported } = newTracker({ isOwnEndpoint: isPhone })
  for (const message of messages) {
    for (const event of eventsIn([message])) tracker.handle(event)
    tracker.flush()
  }
  const last = new Map<string, Call>()
  for (const call of reported) last.set(call.id, call)
  const kept = [...last.values()].filter(({ mergedIntoAnother }) => !mergedIntoAnother)
  return { kept, reported, record: toCallRecord(kept[0] as Call, personOf, () => []) }
}
const without = (messages: readonly AmiMessage[], ...names: string[]) =>
  messages.filter(({ name }) => !names.includes(name))
const secondsBetween = (messages: readonly AmiMessage[], from: string, until: string) => {
  const at = (name: string) => Number(messages.find((one) => one.name === name)?.fields.timestamp)
  return at(until) - at(from)
}
const bridgesOf = (call: Call | undefined) =>
  call?.legs.flatMap(({ endpoint, state, bridge }) => (state === 'up' ? [[endpoint, bridge]] : []))

describe('a call that 1003 picks up while 1002 rings', () => {
  describe.each([
    ['by Pickup()', '50'],
    ['by PickupChan()', '51'],
    ['of its pickup group', '52'],
    ['of a ring group', '53'],
  ])('%s', (_, number) => {
    const { kept, reported, record } = recordAfter(scene(number))

    test('is one call of all three, answered by 1003 alone', () => {
      expect(kept).toHaveLength(1)
      expect(record).toMatchObject({ outcome: 'answered', direction: 'internal', fromNumber: '1001' })
      expect(Object.fromEntries(record.parties.map((one) => [one.extension, one.answered]))).toEqual({
        1001: true,
        1002: false,
        1003: true,
      })
    })

    test('is a conversation of 1001 with 1003 while it lasts, so that either may command it', () => {
      const talks = reported.filter(
        (call) => new Set(bridgesOf(call)?.map(([, bridge]) => bridge)).size === 1,
      )
      expect(bridgesOf(talks.find((call) => bridgesOf(call)?.length === 2))?.map(([one]) => one)).toEqual([
        '1001',
        '1003',
      ])
    })
  })
})

describe('a call to a queue', () => {
  test.each([
    ['that rings its agent by name', '61'],
    ['that rings its agent by a Local channel with /n', '62'],
    ['that rings its agent by a Local channel that leaves', '64'],
  ])('%s is answered when the agent answers', (_, number) => {
    const messages = scene(number)
    const { record, kept } = recordAfter(messages)
    const waited = secondsBetween(messages, 'Newchannel', 'DialEnd')
    expect(waited).toBeGreaterThan(1)
    expect(record).toMatchObject({ outcome: 'answered', direction: 'internal' })
    const [call] = kept
    const untilAnswer = ((call?.answeredAt ?? 0) - (call?.startedAt ?? 0)) / 1_000_000
    expect(untilAnswer).toBeGreaterThan(waited - 0.1)
    expect(untilAnswer).toBeLessThan(waited + 0.1)
  })

  test('with /n is one conversation of caller and agent, though each is in a bridge of its own', () => {
    const { reported } = recordAfter(scene('62'))
    const bridges = reported
      .map(bridgesOf)
      .findLast((legs) => legs?.length === 2 && legs.every(([, bridge]) => bridge !== undefined))
    expect(bridges?.map(([endpoint]) => endpoint)).toEqual(['1001', '1002'])
    expect(bridges?.[0]?.[1]).toBe(bridges?.[1]?.[1])
  })

  const abandoned = { outcome: 'cancelled', answeredAt: null, billable: 0 }
  test.each<[string, AmiMessage[]]>([
    ['that rang its only agent', scene('60')],
    ['without an agent', scene('63')],
    [
      'without an agent, seen by an AMI user without the class "agent"',
      without(scene('63'), 'QueueCallerJoin'),
    ],
    ['without an agent, on a PBX that writes no records', without(scene('63'), 'Cdr')],
    ['that timed out and let the dialplan go on', scene('71')],
  ])('%s is not answered when the caller hangs up', (_, messages) => {
    expect(recordAfter(messages).record).toMatchObject(abandoned)
  })

  test('without an agent is not answered while it lasts, either', () => {
    const { reported } = recordAfter(without(scene('63'), 'Cdr'))
    expect(reported.slice(2).map(({ answeredAt }) => answeredAt)).not.toContainEqual(expect.any(Number))
  })
})

test('a call to a menu is answered, as the PBX routed it to no person', () => {
  expect(recordAfter(scene('70')).record).toMatchObject({ outcome: 'answered', billable: 1 })
})

describe('a follow-me call', () => {
  test.each([
    ['by Local channels with /n', '65'],
    ['by ringing phone and trunk', '66'],
  ])('%s is internal when the own phone answers', (_, number) => {
    const { record, reported } = recordAfter(scene(number))
    expect(record).toMatchObject({ outcome: 'answered', direction: 'internal' })
    expect(new Set(reported.map(({ direction }) => direction))).toEqual(new Set(['internal']))
  })

  test('is not answered when the mobile went up and pressed no key to confirm', () => {
    expect(recordAfter(scene('67')).record).toMatchObject({
      direction: 'outgoing',
      answeredAt: null,
      billable: 0,
    })
  })
})

test('a placed call rings all phones of its user, and the one that answers is the caller’s', () => {
  const { kept, reported } = recordAfter(scene('15'))
  expect(kept).toHaveLength(1)
  const ringing = reported.find(({ legs }) => legs.length === 2)
  expect(ringing).toMatchObject({ state: 'dialling', direction: 'internal' })
  expect(ringing?.legs.map(({ endpoint, role }) => [endpoint, role])).toEqual([
    ['1001', 'caller'],
    ['1001', 'caller'],
  ])
  const [call] = kept
  expect(call).toMatchObject({ outcome: 'answered', to: { number: '1002' }, direction: 'internal' })
  expect(
    call?.legs.map(({ endpoint, role, answeredAt }) => [endpoint, role, answeredAt !== undefined]),
  ).toEqual(
    expect.arrayContaining([
      ['1001', 'caller', true],
      ['1001', 'caller', false],
      ['1002', 'callee', true],
    ]),
  )
  // From the answer of the far end, not of the own phone.
  expect(call?.answeredAt).toBe(call?.legs.find(({ role }) => role === 'callee')?.answeredAt)
  expect(reported.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])).toEqual([
    'dialling',
    'ringing',
    'up',
    'ended',
  ])
})

test.each(['15', '50', '52', '60', '61', '62', '63', '64', '65', '66', '67', '71', '80'])(
  'scene %s gives the same call for events in any order, also repeated ones',
  (number) => {
    const events = eventsIn(scene(number))
    const callsOf = (some: readonly PbxEvent[]) => {
      const { tracker } = newTracker({ isOwnEndpoint: isPhone })
      for (const event of some) tracker.handle(event)
      const ids = new Set(
        events.flatMap((event) => (event.kind === 'channel' ? (event.changes.callId ?? []) : [])),
      )
      return [...ids].map((id) => tracker.find(id))
    }
    const inOrder = callsOf(events)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.subarray(events),
        (all, again) => {
          expect(callsOf([...all, ...again])).toEqual(inOrder)
        },
      ),
      { numRuns: 25 },
    )
  },
)

describe('a channel that is masqueraded while it rings', () => {
  const SECOND = 1_000_000
  const about = (id: string, at: number, what: Partial<PbxChannel>): PbxEvent => {
    return { kind: 'channel', id, at: at * SECOND, changes: what }
  }
  const naming = (endpoint: string) => ({ endpoint, name: `PJSIP/${endpoint}-00000001` })
  const events: PbxEvent[] = [
    about('a', 1, {
      ...naming('1001'),
      callId: 'a',
      number: '1001',
      state: 'dialling',
      dialedExtension: '1002',
    }),
    about('b', 2, { ...naming('1002'), callId: 'a', number: '1002', state: 'ringing' }),
    { kind: 'dial', from: 'a', to: 'b', at: 2 * SECOND, end: undefined },
    about('b', 5, { ...naming('1003'), number: '1003' }),
    about('b', 5, { state: 'up' }),
    about('a', 5, { state: 'up' }),
    { kind: 'channel_ended', id: 'b', at: 9 * SECOND, cause: 16 },
    { kind: 'channel_ended', id: 'a', at: 9 * SECOND, cause: 16 },
  ]

  test('rang as one phone and answered as another', () => {
    const { tracker } = newTracker({ isOwnEndpoint: isPhone })
    for (const event of events) tracker.handle(event)
    const call = tracker.find('a') as Call
    expect(toCallRecord(call, personOf, () => []).parties).toEqual([
      { userId: '1001', extension: '1001', answered: true },
      { userId: '1003', extension: '1003', answered: true, called: true },
      { userId: '1002', extension: '1002', answered: false, called: true },
    ])
    expect(call.legs.filter(({ endpoint }) => endpoint === '1002')).toMatchObject([{ state: 'ended' }])
  })
})
