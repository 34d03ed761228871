import { describe, expect, test } from 'vitest'
import type { AvailableAgent } from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import {
  type CampaignCallPlacerNeeds,
  createCampaignCallPlacer,
} from '../../../../../api/core/call-center/campaigns/campaign-call-placer.ts'
import type { AttemptResult } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createClearance } from '../../../../../api/core/dial-policy/clearance.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

const now = 1_700_000_000
const call = {
  ...{ leadId: '5', number: '030123456', campaignId: '1', agentId: '1', callId: 'hk_1' },
  ...({ from: 'waiting', attempts: 0, since: now } as const),
}
const agent: AvailableAgent = { ...newAgent(), userId: '1', extension: '1001' }
const released = { outcome: null, isAttempt: false, nextState: 'waiting', nextTryAt: now, now }

/** Places one call, or several one after another. @returns all operations, in order */
async function place(
  difference: {
    number?: string
    numbers?: readonly string[]
    fence?: number
    callerId?: string
    dialError?: unknown
    doNotCallError?: unknown
  } = {},
) {
  const done: unknown[] = []
  const record =
    (operation: string) =>
    async (...args: unknown[]) =>
      void done.push([operation, ...args])
  const needs: CampaignCallPlacerNeeds = {
    queue: {
      async complete(_, result: AttemptResult) {
        done.push(['complete', result])
        return true
      },
    },
    calls: {
      async dial(_, { number, callId = '', callerNumber }) {
        done.push(['dial', number, callerNumber])
        if (difference.dialError !== undefined) throw difference.dialError
        return { callId }
      },
    },
    agentCallStore: {
      async add(entry) {
        done.push(['addAgentCall', entry.callId])
        return { ...entry, id: '1', outcome: null }
      },
      finish: record('finish'),
    },
    agents: { setAvailableFrom: record('setAvailableFrom') },
    campaigns: {
      setNote: record('note'),
      async transition(...args) {
        done.push(['transition', ...args])
        return true
      },
    },
    clear: createClearance({
      policy: () =>
        createDialPolicy(PolicyFile.parse({ emergency: ['112'], deny: ['0900123'], international: true })),
      doNotCall: {
        async has(spellings) {
          if (difference.doNotCallError !== undefined) throw difference.doNotCallError
          return spellings.includes('+49401')
        },
      },
    }),
    lease: { fence: () => difference.fence ?? 7 },
    now: () => now * 1_000,
    onFailure: (err) => void done.push(['failure', err]),
  }
  const placer = createCampaignCallPlacer(needs)
  const campaign = newCampaign({ rules: newRules({ callerId: difference.callerId ?? null }) })
  for (const number of difference.numbers ?? [difference.number ?? call.number]) {
    placer.start({ ...call, number }, { agent, campaign, fence: 7 })
    expect(placer.isPlacing('hk_1')).toBe(true)
    await placer.drained()
  }
  expect(placer.isPlacing('hk_1')).toBe(false)
  return { done, pausedUntil: placer.pausedUntil() }
}

describe('the campaign call placer', () => {
  test('stores the agent call before it dials', async () => {
    const { done } = await place()
    expect(done).toEqual([
      ['addAgentCall', 'hk_1'],
      ['dial', call.number, undefined],
    ])
  })

  test('dials with the campaign’s caller ID, if it has one', async () => {
    expect((await place({ callerId: '+4930' })).done).toContainEqual(['dial', call.number, '+4930'])
  })

  test('releases the lead and does not dial if the lease was lost meanwhile', async () => {
    const { done } = await place({ fence: 8 })
    expect(done).toEqual([
      ['addAgentCall', 'hk_1'],
      ['finish', 'hk_1', 'cancelled'],
      ['complete', released],
    ])
  })

  test.each([
    ['an emergency number', '112', 'it is an emergency number'],
    ['a number that the dial policy denies', '0900123', expect.stringMatching(/./)],
    ['a text that is not a number', 'anna', expect.stringMatching(/a number is/)],
  ])('ends the lead of %s, and notes the reason at the campaign', async (_, number, reason) => {
    const { done } = await place({ number })
    expect(done).toHaveLength(2)
    expect(done[0]).toEqual(['note', '1', expect.stringMatching(/^lead 5 cannot be called: /)])
    expect(String((done[0] as unknown[])[2]).replace(/^.*?called: /, '')).toEqual(reason)
    expect(done[1]).toEqual([
      'complete',
      { outcome: 'failed', isAttempt: false, nextState: 'done', nextTryAt: now, now },
    ])
  })

  test('ends a lead that the do-not-call list has in another spelling, without counting it as a denied number', async () => {
    const result = { outcome: null, isAttempt: false, nextState: 'done', status: 'do_not_call' }
    const { done } = await place({ numbers: Array.from({ length: 6 }, () => '+49401') })
    expect(done).toEqual(Array.from({ length: 6 }, () => ['complete', { ...result, nextTryAt: now, now }]))
  })

  test('neither dials nor ends a lead while the do-not-call list cannot be read', async () => {
    const unavailable = new Refusal('unavailable')
    expect((await place({ doNotCallError: unavailable })).done).toEqual([['failure', unavailable]])
  })

  test('pauses the campaign after five denied numbers in a row', async () => {
    const { done } = await place({ numbers: ['112', '112', '112', '112', '112', '112'] })
    const transitions = done.filter((one) => Array.isArray(one) && one[0] === 'transition')
    expect(transitions).toEqual([['transition', '1', ['active'], { status: 'paused' }, now]])
    expect(done.indexOf(transitions[0])).toBe(10)
  })

  test('resets the count of denied numbers at an allowed one', async () => {
    const { done } = await place({ numbers: ['112', '112', '112', '112', call.number, '112', '112'] })
    expect(done.flatMap((one) => (Array.isArray(one) ? one[0] : []))).not.toContain('transition')
  })

  test.each([
    ['throttled', 17, now + 17],
    ['dial_denied', undefined, now + 30],
    ['conflict', undefined, now + 30],
  ] as const)(
    'after %s pauses the agent, and releases the lead for another agent',
    async (code, retryAfter, availableFrom) => {
      const dialError = new Refusal(code, { detail: 'too much', ...(retryAfter && { retryAfter }) })
      const { done, pausedUntil } = await place({ dialError })
      expect(done.slice(2)).toEqual([
        ['setAvailableFrom', '1', availableFrom],
        ['note', '1', 'Anna: too much'],
        ['finish', 'hk_1', 'cancelled'],
        ['complete', released],
      ])
      expect(pausedUntil).toBe(0)
    },
  )

  test('releases the lead and pauses all dialing while the PBX or a store is unavailable', async () => {
    const { done, pausedUntil } = await place({ dialError: new Refusal('unavailable', { retryAfter: 3 }) })
    expect(done.slice(2)).toEqual([
      ['finish', 'hk_1', 'cancelled'],
      ['complete', released],
    ])
    expect(pausedUntil).toBe((now + 3) * 1_000)
  })

  test.each([[new Refusal('unconfirmed')], [new Refusal('unknown_number')], [new Error('unforeseen')]])(
    'leaves the attempt to the reconciler after %s: the call may ring',
    async (dialError) => {
      expect((await place({ dialError })).done.slice(2)).toEqual([['failure', dialError]])
    },
  )
})
