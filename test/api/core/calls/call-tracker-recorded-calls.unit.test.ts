import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
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

function aliveAfter(events: readonly PbxEvent[]): string[] {
  const gone = new Set(events.flatMap((event) => (event.kind === 'channel_ended' ? event.id : [])))
  return events.flatMap((event) => (event.kind === 'channel' && !gone.has(event.id) ? event.id : []))
}

describe.each(VERSIONS)('the recorded calls of %s', (version) => {
  test.each([
    ['10', 'a call that is answered and hung up', 'answered', 16],
    ['11', 'an own phone that is busy', 'own_busy', 17],
    ['12', 'an own phone that is not answered', 'own_no_answer', version === 'asterisk16' ? undefined : 19],
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
