import { describe, expect, test } from 'vitest'
import { afterCall } from '../../../../../api/core/call-center/campaigns/outcome-rules.ts'
import { OUTCOMES } from '../../../../../api/core/calls/call.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'

const now = 1_700_000_000
const first = { from: 'waiting', campaignId: '1', attempts: 0 } as const
const times = { endedAt: now - 2, now }

describe('after a call of a lead', () => {
  test.each([
    ['answered', 'done', now, now - 2 + 5],
    ['busy', 'waiting', now + 300, now],
    ['no_answer', 'waiting', now + 1_800, now],
    ['declined', 'waiting', now + 1_800, now],
    ['cancelled', 'waiting', now + 1_800, now],
    ['unknown', 'waiting', now + 1_800, now],
    ['unknown_number', 'done', now, now],
  ] as const)('%s is an attempt: the lead is %s', (outcome, goesTo, nextTryAt, freeFrom) => {
    expect(afterCall(first, outcome, newRules(), times)).toEqual({
      settling: { outcome, counts: true, goesTo, nextTryAt, now },
      freeFrom,
    })
  })

  test.each(OUTCOMES.filter((one) => one.startsWith('own_')))(
    '%s is the agent’s: the lead waits as before, and the agent is left alone for a while',
    (outcome) => {
      expect(afterCall(first, outcome, newRules(), times)).toEqual({
        settling: { outcome: null, counts: false, goesTo: 'waiting', nextTryAt: now, now },
        freeFrom: now + 30,
      })
    },
  )

  test('the last attempt is the end, whatever came of it', () => {
    for (const outcome of OUTCOMES.filter((one) => !one.startsWith('own_'))) {
      expect(afterCall({ ...first, attempts: 2 }, outcome, newRules(), times).settling.goesTo).toBe('done')
    }
  })

  test.each([
    ['idle', null],
    ['idle', '1'],
    ['done', '1'],
  ] as const)('a lead that was %s and called by hand is so again, in campaign %s', (from, campaignId) => {
    for (const outcome of OUTCOMES) {
      const { settling } = afterCall({ from, campaignId, attempts: 0 }, outcome, newRules(), times)
      expect(settling.goesTo).toBe(from)
      expect(settling.counts).toBe(campaignId !== null && !outcome.startsWith('own_'))
    }
  })

  test('a lead whose campaign is gone waits for nothing', () => {
    expect(afterCall(first, 'busy', undefined, times).settling.goesTo).toBe('idle')
  })
})
