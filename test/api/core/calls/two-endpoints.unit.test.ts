import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { hasLeft } from '../../../../api/core/calls/call-access.ts'
import { startCallNotifier } from '../../../../api/core/calls/call-notifier.ts'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
import { parseRecordingTemplate } from '../../../../api/core/calls/recording-template.ts'
import { toCallRecord } from '../../../../api/core/calls/to-call-record.ts'
import { createPresenceBodies } from '../../../../api/core/presence/presence-bodies.ts'
import { createFixture, directory, ID, ofSupport, user1, user2 } from './fixtures/call-control.ts'
import { aCall, aDirectory, aLeg } from './fixtures/calls.ts'
import { about, born, gone, rings } from './fixtures/pbx-events.ts'
import { newTracker } from './fixtures/recorded-events.ts'

const isOwnEndpoint = (endpoint: string) => directory.findByEndpoint(endpoint) !== undefined

/** 1001 calls 1002, and both phones ring: the desk phone is `b`, the browser `c`. */
const RINGING: readonly PbxEvent[] = [
  born('a', 'a', '1001', 1, { state: 'dialling', dialedExtension: '1002' }),
  born('b', 'a', '1002', 2),
  rings('a', 'b', 2),
  about('b', 2.1, { state: 'ringing' }),
  born('c', 'a', '1002-web', 2, { number: '1002' }),
  rings('a', 'c', 2),
  about('c', 2.2, { state: 'ringing' }),
]
const cancelled = (to: string, at: number): PbxEvent => ({
  ...{ kind: 'dial' as const, from: 'a', to, at: at * 1_000_000 },
  end: 'cancelled',
})
const ANSWERED_IN_BROWSER: readonly PbxEvent[] = [
  ...RINGING,
  about('c', 5, { state: 'up', bridge: 'x' }),
  { ...rings('a', 'c', 5), end: 'answered' } as PbxEvent,
  about('a', 5, { state: 'up', bridge: 'x' }),
  cancelled('b', 5),
  // Q.850: answered elsewhere
  gone('b', 5, 26),
]
const HUNG_UP: readonly PbxEvent[] = [...ANSWERED_IN_BROWSER, gone('c', 9), gone('a', 9)]

const trackerAfter = (events: readonly PbxEvent[]) => {
  const { tracker } = newTracker({ isOwnEndpoint })
  for (const event of events) tracker.handle(event)
  tracker.flush()
  return tracker
}

describe('a call that rings the desk phone and the browser of a user', () => {
  test('is one call of that user', () => {
    const tracker = trackerAfter(RINGING)
    expect(tracker.live()).toHaveLength(1)
    expect(tracker.ofEndpoints(directory.endpointsOf('1002'))).toHaveLength(1)
    expect(tracker.find('a')).toMatchObject({ state: 'ringing', direction: 'internal' })
  })

  test('is up once the browser has answered, and the other leg has ended', () => {
    const call = trackerAfter(ANSWERED_IN_BROWSER).find('a')
    expect(call).toMatchObject({ state: 'up', to: { number: '1002' } })
    expect(call?.legs.map(({ endpoint, state }) => [endpoint, state])).toEqual([
      ['1001', 'up'],
      ['1002', 'ended'],
      ['1002-web', 'up'],
    ])
    expect(call && hasLeft(call, directory.endpointsOf('1002'))).toBe(false)
  })

  test('is answered in the history, once for the user, whichever phone took it', () => {
    const call = trackerAfter(HUNG_UP).find('a')
    if (call === undefined) throw new Error('no call')
    expect(hasLeft(call, directory.endpointsOf('1002'))).toBe(true)
    const record = toCallRecord(call, directory.findByEndpoint, () => [])
    expect(record).toMatchObject({ outcome: 'answered', direction: 'internal', cause: 16 })
    expect(record.parties.filter(({ extension }) => extension === '1002')).toEqual([
      { userId: '3', extension: '1002', called: true, answered: true },
    ])
  })

  test.each<[string, PbxEvent[], string]>([
    [
      'declined in the browser and not answered at the desk',
      [gone('c', 4, 21), gone('b', 30, 19)],
      'no_answer',
    ],
    ['declined at both', [gone('c', 4, 21), gone('b', 5, 21)], 'declined'],
    [
      'given up by the caller',
      [cancelled('b', 6), cancelled('c', 6), gone('b', 6), gone('c', 6)],
      'cancelled',
    ],
  ])('%s ends with one outcome', (_, events, outcome) => {
    expect(trackerAfter([...RINGING, ...events, gone('a', 31)]).find('a')).toMatchObject({ outcome })
  })

  test('is one call by the API as well, which rings both phones of the caller', () => {
    const ownPhone = (id: string, endpoint: string) => [
      born(id, 'hk_1', endpoint, 2, { number: '1001' }),
      rings('hk_1-2', id, 2),
      about(id, 2.1, { state: 'ringing' }),
    ]
    const tracker = trackerAfter([
      about('hk_1', 1, { name: 'Local/1001@ring-1;1', callId: 'hk_1', state: 'down', createdAt: 1_000_000 }),
      about('hk_1-2', 1, {
        name: 'Local/1001@ring-1;2',
        callId: 'hk_1',
        state: 'down',
        createdAt: 1_000_000,
      }),
      ...ownPhone('b', '1001'),
      ...ownPhone('c', '1001-web'),
      about('c', 3, { state: 'up' }),
      gone('b', 3, 26),
    ])
    expect(tracker.find('hk_1')?.legs.map(({ endpoint, role, state }) => [endpoint, role, state])).toEqual([
      ['1001', 'caller', 'ended'],
      ['1001-web', 'caller', 'up'],
    ])
    expect(tracker.ofEndpoints(directory.endpointsOf('1001'))).toHaveLength(1)
  })

  test.each([
    [3, 'unavailable'],
    [17, 'busy'],
    [16, 'answered'],
  ])(
    'that the API placed over all phones ends by the cause of the half that dialed: %i is %s',
    (cause, outcome) => {
      const half = (id: string, number: number) =>
        about(id, 1, {
          ...{ name: `Local/1001@ring-1;${number}`, callId: 'hk_1', state: 'down', createdAt: 1_000_000 },
          ...(number === 1 ? { originateExtension: '1003' } : {}),
        })
      const tracker = trackerAfter([
        ...[half('hk_1', 1), half('hk_1-2', 2)],
        born('b', 'hk_1', '1001', 2),
        rings('hk_1-2', 'b', 2),
        about('b', 2.1, { state: 'ringing' }),
        about('b', 3, { state: 'up' }),
        ...[gone('hk_1', 3.1, cause), gone('hk_1-2', 3.2, cause)],
        // The phone itself is hung up as always.
        gone('b', 3.3, 16),
      ])
      expect(tracker.find('hk_1')).toMatchObject({ state: 'ended', outcome, cause, to: { number: '1003' } })
    },
  )

  test('shows in presence as one person', () => {
    const stateAfter = (events: readonly PbxEvent[]) => {
      const body = createPresenceBodies({
        directory,
        tracker: trackerAfter(events),
        deviceStates: { all: () => new Map() },
        phoneStates: { stateOf: () => 'idle', isDnd: () => false },
        statuses: { statusOf: () => 'available' },
        isUserOnline: () => true,
        isPbxOffline: () => false,
      })['users-state']()
      return (body.states as Record<string, { state: string; channels?: object }>)['1002'] // of the body
    }
    expect(stateAfter(RINGING)).toMatchObject({ state: 'Ringing' })
    expect(Object.keys(stateAfter(RINGING)?.channels ?? {})).toHaveLength(2)
    expect(stateAfter(ANSWERED_IN_BROWSER)).toMatchObject({ state: 'Up' })
    expect(Object.keys(stateAfter(ANSWERED_IN_BROWSER)?.channels ?? {})).toHaveLength(1)
    expect(stateAfter(HUNG_UP)).toMatchObject({ state: 'Idle' })
  })

  test('is announced to the user once, with this call once in the list', async () => {
    const { tracker } = newTracker({ isOwnEndpoint })
    const sent: [type: string, calls: number][] = []
    startCallNotifier({
      tracker,
      directory: await aDirectory(),
      userMessages: {
        async send(userId, { type, calls }) {
          if (userId === '3') sent.push([type, (calls as unknown[]).length]) // a list, by the payload
        },
        broadcast: async () => {},
      },
      lease: { fence: () => 1, onChange: () => {} },
      onFailure: Object.assign(() => {}, { recovered: () => {} }),
    })
    for (const event of RINGING) {
      tracker.handle(event)
      tracker.flush()
    }
    await setImmediate()
    expect(sent.length).toBeGreaterThan(1)
    expect(sent.filter(([type]) => type === 'incoming_call')).toEqual([['incoming_call', 1]])
  })

  test('that a colleague picks up shows the extension of the browser', () => {
    const { tracker } = newTracker({
      isOwnEndpoint,
      numberOf: (endpoint) => directory.findByEndpoint(endpoint)?.extension,
    })
    const pickedUp = about('c', 3, { name: 'PJSIP/1003-00000009', endpoint: '1003', number: '1003' })
    for (const event of [...RINGING, pickedUp, about('c', 3.1, { state: 'up' })]) tracker.handle(event)
    tracker.flush()
    expect(tracker.find('a')?.legs).toContainEqual(
      expect.objectContaining({ endpoint: '1002-web', number: '1002', state: 'ended' }),
    )
  })

  test('names a recording by the extension, not by the endpoint', () => {
    const call = aCall({
      direction: 'incoming',
      legs: [aLeg('trunk'), aLeg('1002-web', { role: 'callee', answeredAt: 1 })],
      recordings: [{ channelId: 'x', file: undefined, state: 'off' }],
    })
    const names = parseRecordingTemplate(
      '{extension}/{uniqueid}.wav',
      'UTC',
      (endpoint) => directory.findByEndpoint(endpoint)?.extension,
    )
    expect(names(call)).toEqual(['1002/x.wav'])
  })
})

describe('a command on a call that rings desk phone and browser', () => {
  const bothRing = (...more: Parameters<typeof createFixture>) => {
    const fixture = createFixture(...more)
    fixture.gone('1700000000.2', 16)
    const ring = (id: string, endpoint: string) =>
      fixture.update(id, { name: `PJSIP/${endpoint}-${id.at(-1)}`, endpoint, callId: ID, state: 'ringing' })
    ring('1700000000.3', '1002')
    ring('1700000000.4', '1002-web')
    return fixture
  }

  test.each([
    ['the user', user2],
    ['a supervisor', ofSupport],
  ])('declines at both, for %s', async (_, actor) => {
    const { calls, pbxCommands } = bothRing()
    await calls.decline(actor, ID)
    expect(pbxCommands).toEqual([
      ['hangup', '1700000000.3', 'busy'],
      ['hangup', '1700000000.4', 'busy'],
    ])
  })

  test('hangs up both', async () => {
    const { calls, pbxCommands } = bothRing()
    await calls.hangup(user2, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual(['1700000000.3', '1700000000.4'])
  })

  test('that answers is done once the browser is up', async () => {
    const { calls, update, gone: ends, softphoneCommands } = bothRing()
    const answered = calls.answer(user2, ID)
    setTimeout(() => {
      update('1700000000.4', { state: 'up' })
      ends('1700000000.3', 26)
    }, 20)
    await answered
    expect(softphoneCommands).toEqual([['3', 'answer', ID]])
  })

  test('that answers by the phone itself asks the desk phone, whichever leg came first', async () => {
    const asked: string[] = []
    const {
      calls,
      gone: ends,
      update,
    } = createFixture(
      { requestAnswer: async (channel) => void asked.push(channel) },
      { listening: false, answerByNotify: true },
    )
    ends('1700000000.2', 16)
    for (const [id, endpoint] of [
      ['1700000000.3', '1002-web'],
      ['1700000000.4', '1002'],
    ] as const)
      update(id, { name: `PJSIP/${endpoint}-${id.at(-1)}`, endpoint, callId: ID, state: 'ringing' })
    const answered = calls.answer(user2, ID)
    setTimeout(() => update('1700000000.4', { state: 'up' }), 20)
    await answered
    expect(asked).toEqual(['1700000000.4'])
  })

  test('acts on the browser’s leg once the browser is in the call', async () => {
    const { calls, pbxCommands, update, gone: ends } = bothRing()
    update('1700000000.4', { state: 'up', bridge: 'b' })
    ends('1700000000.3', 26)
    await calls.mute(user2, ID, true)
    await calls.transfer(user2, ID, '1003')
    expect(pbxCommands).toEqual([
      ['mute', '1700000000.4', true],
      ['transferBlind', '1700000000.4', '1003'],
    ])
    expect(await calls.list(user1)).toHaveLength(1)
  })
})
