import { describe, expect, test } from 'vitest'
import { applyOutcomeRules } from '../../../../../api/core/call-center/campaigns/outcome-rules.ts'
import { CALL_OUTCOMES } from '../../../../../api/core/calls/call.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'

const now = 1_700_000_000
const first = { from: 'waiting', campaignId: '1', attempts: 0 } as const
const times = { endedAt: now - 2, now }

describe('the outcome of a lead’s call', () => {
  test.each([
    ['answered', 'done', now, now - 2 + 5],
    ['busy', 'waiting', now + 300, now],
    ['no_answer', 'waiting', now + 1_800, now],
    ['declined', 'waiting', now + 1_800, now],
    ['cancelled', 'waiting', now + 1_800, now],
    ['unknown', 'waiting', now + 1_800, now],
    ['unknown_number', 'done', now, now],
  ] as const)(
    '%s is an attempt, after which the lead is %s',
    (outcome, nextState, nextTryAt, availableFrom) => {
      expect(applyOutcomeRules(first, outcome, newRules(), times)).toEqual({
        result: { outcome, isAttempt: true, nextState, nextTryAt, now },
        availableFrom,
      })
    },
  )

  test.each(CALL_OUTCOMES.filter((one) => one.startsWith('own_')))(
    '%s is no attempt: the lead waits as before, and the agent gets no call for 30 seconds',
    (outcome) => {
      expect(applyOutcomeRules(first, outcome, newRules(), times)).toEqual({
        result: { outcome: null, isAttempt: false, nextState: 'waiting', nextTryAt: now, now },
        availableFrom: now + 30,
      })
    },
  )

  test('of the last attempt ends the lead’s queue, whatever it is', () => {
    for (const outcome of CALL_OUTCOMES.filter((one) => !one.startsWith('own_'))) {
      expect(applyOutcomeRules({ ...first, attempts: 2 }, outcome, newRules(), times).result.nextState).toBe(
        'done',
      )
    }
  })

  test.each([
    ['idle', null],
    ['idle', '1'],
    ['done', '1'],
  ] as const)(
    'returns a lead that was %s and called by hand to that state, in campaign %s',
    (from, campaignId) => {
      for (const outcome of CALL_OUTCOMES) {
        const { result } = applyOutcomeRules({ from, campaignId, attempts: 0 }, outcome, newRules(), times)
        expect(result.nextState).toBe(from)
        expect(result.isAttempt).toBe(campaignId !== null && !outcome.startsWith('own_'))
      }
    },
  )

  test('makes a lead idle if its campaign was deleted', () => {
    expect(applyOutcomeRules(first, 'busy', undefined, times).result.nextState).toBe('idle')
  })
})
