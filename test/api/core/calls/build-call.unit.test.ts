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

/** The calls that the history gets, and each change of any. */
function recordAfter(messages: readonly AmiMessage[]) {
  const { table, told } = newTracker({ isOwnEndpoint: isPhone })
  for (const message of messages) {
    for (const fact of eventsIn([message])) table.handle(fact)
    table.flush()
  }
  const last = new Map<string, Call>()
  for (const call of told) last.set(call.id, call)
  const kept = [...last.values()].filter(({ mergedIntoAnother }) => !mergedIntoAnother)
  return { kept, told, record: toCallRecord(kept[0] as Call, personOf, () => []) }
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
    const { kept, told, record } = recordAfter(scene(number))

    test('is one call, of all three, which 1003 alone answered', () => {
      expect(kept).toHaveLength(1)
      expect(record).toMatchObject({ outcome: 'answered', direction: 'internal', fromNumber: '1001' })
      expect(Object.fromEntries(record.parties.map((one) => [one.extension, one.answered]))).toEqual({
        1001: true,
        1002: false,
        1003: true,
      })
    })

    test('is a talk of 1001 with 1003 while it lasts, so that either may command it', () => {
      const talks = told.filter((call) => new Set(bridgesOf(call)?.map(([, bridge]) => bridge)).size === 1)
      expect(bridgesOf(talks.find((call) => bridgesOf(call)?.length === 2))?.map(([one]) => one)).toEqual([
        '1001',
        '1003',
      ])
    })
  })
})

describe('a queue', () => {
  test.each([
    ['whose agent is rung by name', '61'],
    ['whose agent is rung by a Local channel with /n', '62'],
    ['whose agent is rung by a Local channel that leaves', '64'],
  ])('%s: the talk begins as the agent picks up', (_, number) => {
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

  test('with /n: caller and agent are in one talk, though each is in a bridge of its own', () => {
    const { told } = recordAfter(scene('62'))
    const bridges = told
      .map(bridgesOf)
      .findLast((legs) => legs?.length === 2 && legs.every(([, bridge]) => bridge !== undefined))
    expect(bridges?.map(([endpoint]) => endpoint)).toEqual(['1001', '1002'])
    expect(bridges?.[0]?.[1]).toBe(bridges?.[1]?.[1])
  })

  const abandoned = { outcome: 'cancelled', answeredAt: null, billable: 0 }
  test.each<[string, AmiMessage[]]>([
    ['whose only agent rang', scene('60')],
    ['without an agent', scene('63')],
    [
      'without an agent, heard by an AMI user without the class "agent"',
      without(scene('63'), 'QueueCallerJoin'),
    ],
    ['without an agent, on a PBX that writes no records', without(scene('63'), 'Cdr')],
    ['that gave up and let the dialplan go on', scene('71')],
  ])('%s, until the caller hung up: not answered', (_, messages) => {
    expect(recordAfter(messages).record).toMatchObject(abandoned)
  })

  test('without an agent: not answered while it lasts, either', () => {
    const { told } = recordAfter(without(scene('63'), 'Cdr'))
    expect(told.slice(2).map(({ answeredAt }) => answeredAt)).not.toContainEqual(expect.any(Number))
  })
})

test('a menu that the caller heard is answered: no person was looked for', () => {
  expect(recordAfter(scene('70')).record).toMatchObject({ outcome: 'answered', billable: 1 })
})

describe('follow-me', () => {
  test.each([
    ['by Local channels with /n', '65'],
    ['by ringing phone and trunk', '66'],
  ])('%s: the own phone answers, so the call is internal', (_, number) => {
    const { record, told } = recordAfter(scene(number))
    expect(record).toMatchObject({ outcome: 'answered', direction: 'internal' })
    expect(new Set(told.map(({ direction }) => direction))).toEqual(new Set(['internal']))
  })

  test('whose mobile went up and pressed no key to take the call: not answered', () => {
    expect(recordAfter(scene('67')).record).toMatchObject({
      direction: 'outgoing',
      answeredAt: null,
      billable: 0,
    })
  })
})

test('click-to-call rings all phones of a user: the one that was picked up is the caller’s', () => {
  const { kept, told } = recordAfter(scene('15'))
  expect(kept).toHaveLength(1)
  const ringing = told.find(({ legs }) => legs.length === 2)
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
  // From the far end's pick-up, not from that of the own phone.
  expect(call?.answeredAt).toBe(call?.legs.find(({ role }) => role === 'callee')?.answeredAt)
  expect(told.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])).toEqual([
    'dialling',
    'ringing',
    'up',
    'ended',
  ])
})

test.each(['15', '50', '52', '60', '61', '62', '63', '64', '65', '66', '67', '71', '80'])(
  'scene %s gives the same in any order, told several times',
  (number) => {
    const facts = eventsIn(scene(number))
    const callsOf = (some: readonly PbxEvent[]) => {
      const { table } = newTracker({ isOwnEndpoint: isPhone })
      for (const fact of some) table.handle(fact)
      const ids = new Set(
        facts.flatMap((fact) => (fact.kind === 'channel' ? (fact.changes.callId ?? []) : [])),
      )
      return [...ids].map((id) => table.find(id))
    }
    const inOrder = callsOf(facts)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(facts, { minLength: facts.length }),
        fc.subarray(facts),
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
  const facts: PbxEvent[] = [
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

  test('was rung as one phone and answered as another', () => {
    const { table } = newTracker({ isOwnEndpoint: isPhone })
    for (const fact of facts) table.handle(fact)
    const call = table.find('a') as Call
    expect(toCallRecord(call, personOf, () => []).parties).toEqual([
      { userId: '1001', extension: '1001', answered: true },
      { userId: '1003', extension: '1003', answered: true },
      { userId: '1002', extension: '1002', answered: false },
    ])
    expect(call.legs.filter(({ endpoint }) => endpoint === '1002')).toMatchObject([{ state: 'ended' }])
  })
})
