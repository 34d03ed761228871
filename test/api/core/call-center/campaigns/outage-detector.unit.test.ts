import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createOutageDetector,
  ROUTE_FAILURES,
} from '../../../../../api/core/call-center/campaigns/outage-detector.ts'
import type { CallOutcome, Leg } from '../../../../../api/core/calls/call.ts'

type Noted = Parameters<ReturnType<typeof createOutageDetector>['record']>

/** Checks and records a call that ended, as the reconciler does. */
function end(outages: ReturnType<typeof createOutageDetector>, ...call: Noted) {
  const outage = outages.check(...call)
  if (outage === undefined) outages.record(...call)
  else outages.reset(call[0])
  return outage
}

/** Ends calls with these outcomes, each of another lead and number unless given. @returns the indexes that pause the campaign */
function pausedBy(...ends: readonly (CallOutcome | [CallOutcome, string])[]) {
  const outages = createOutageDetector()
  return ends.flatMap((one, at) => {
    const [outcome, number] = Array.isArray(one) ? one : [one, `0301000${at}`]
    const call = { leadId: number, number, callId: `hk_${at}` }
    return end(outages, '1', call, outcome) === undefined ? [] : [at]
  })
}
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

describe('calls of a campaign that fail before an external phone is reached', () => {
  test.each(ROUTE_FAILURES)('pause it if five in a row are %s', (outcome) => {
    expect(pausedBy(...times(5, outcome))).toEqual([4])
  })

  test('pause it also if their outcomes differ', () => {
    expect(pausedBy('congestion', 'failed', 'unavailable', 'unknown_number', 'congestion')).toEqual([4])
  })

  test.each(['answered', 'busy', 'no_answer', 'declined'] as const)(
    'do not pause it if one among them is %s: the trunk works',
    (good) => {
      const four = times(4, 'congestion' as const)
      expect(pausedBy(...four, good, ...four, good, ...four)).toEqual([])
    },
  )

  test.each(['cancelled', 'unknown', 'own_busy', 'own_no_answer'] as const)(
    'pause it also with a call among them that is %s: it is no evidence',
    (neutral) => {
      expect(pausedBy('failed', 'failed', neutral, 'failed', 'failed', neutral, 'failed')).toEqual([6])
    },
  )

  test('do not pause it if only one or two numbers fail', () => {
    expect(pausedBy(...times(9, ['congestion', '030'] as [CallOutcome, string]))).toEqual([])
    const two = ['030', '031'].map((number): [CallOutcome, string] => ['congestion', number])
    expect(pausedBy(...two, ...two, ...two, ...two)).toEqual([])
    expect(pausedBy(...two, ...two, 'congestion')).toEqual([4])
  })

  test('do not count for another campaign, which may use another trunk', () => {
    const outages = createOutageDetector()
    const paused = times(5, ['bad', 'good'] as const).flatMap((both, at) =>
      both.filter((campaign) => {
        const call = { leadId: `${at}`, number: `030${at}`, callId: `hk_${campaign}_${at}` }
        return end(outages, campaign, call, campaign === 'bad' ? 'congestion' : 'busy') !== undefined
      }),
    )
    expect(paused).toEqual(['bad'])
  })

  test('are refunded except for the last, which is not counted yet, and are explained in a note', () => {
    const outages = createOutageDetector()
    const [last] = times(5, 0).flatMap((_, at) => {
      const call = { leadId: `${at}`, number: `030${at}`, callId: `hk_${at}` }
      return end(outages, '1', call, 'unknown_number') ?? []
    })
    expect(last).toEqual({
      countedAttempts: ['0', '1', '2', '3'].map((leadId) => ({ leadId })),
      note: 'the PBX knew none of 5 numbers in a row: check its dial context and dialplan. No attempt was counted',
    })
  })

  test('are not counted by repeated checks', () => {
    const outages = createOutageDetector()
    const call = { leadId: '1', number: '0301', callId: 'hk_1' }
    for (let times = 0; times < 20; times++) {
      const other = { leadId: '2', number: `030${times}`, callId: 'hk_2' }
      expect(outages.check('1', times % 2 === 0 ? call : other, 'congestion')).toBeUndefined()
    }
  })

  test('pause it exactly at each fifth in a row, for any sequence of outcomes', () => {
    const outcome = fc.constantFrom<CallOutcome>('congestion', 'failed', 'answered', 'no_answer', 'cancelled')
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        let inARow = 0
        const should = outcomes.flatMap((one, at) => {
          if (one === 'answered' || one === 'no_answer') inARow = 0
          if (one === 'congestion' || one === 'failed') inARow += 1
          if (inARow < 5) return []
          inARow = 0
          return [at]
        })
        expect(pausedBy(...outcomes)).toEqual(should)
      }),
    )
  })
})

describe('while some calls ring and others fail at once', () => {
  const leg = (difference: Partial<Leg> = {}): Leg =>
    ({ role: 'callee', state: 'ringing', ...difference }) as Leg // no other members are read
  const activeCall = (legs: readonly Leg[]) => [{ campaignId: '1', callId: 'hk_far', legs }]
  const fail = (outages: ReturnType<typeof createOutageDetector>, count: number, from = 0) =>
    times(count, 0).flatMap((_, at) => {
      const call = { leadId: '1', number: `030${from + at}`, callId: `hk_${from + at}` }
      return end(outages, '1', call, 'congestion') === undefined ? [] : [from + at]
    })

  test('a ringing external phone raises the limit to 20 failures', () => {
    const outages = createOutageDetector()
    outages.observe(activeCall([leg()]), 1_000)
    outages.observe(activeCall([leg()]), 3_000)
    expect(fail(outages, 19)).toEqual([])
    expect(fail(outages, 1, 19)).toEqual([19])
  })

  test.each([
    ['a call that has just started', [leg()]],
    ['a leg that has ended', [leg({ state: 'ended' })]],
    ['the agent’s own leg', [leg({ role: 'caller', state: 'up', answeredAt: 1 })]],
  ])('%s does not raise the limit', (_, legs) => {
    const outages = createOutageDetector()
    outages.observe(activeCall(legs), 1_000)
    expect(fail(outages, 5)).toEqual([4])
  })

  test('an answered call resets the count once, when it is answered and not when it ends', () => {
    const outages = createOutageDetector()
    expect(fail(outages, 4)).toEqual([])
    const up = activeCall([leg({ state: 'up', answeredAt: 1 })])
    outages.observe(up, 1_000)
    expect(fail(outages, 4, 10)).toEqual([])
    outages.observe(up, 1_500)
    // The trunk failed during the talk: the end of that call is no evidence.
    outages.record('1', { leadId: '2', number: '031', callId: 'hk_far' }, 'answered')
    expect(fail(outages, 1, 20)).toEqual([20])
  })
})
