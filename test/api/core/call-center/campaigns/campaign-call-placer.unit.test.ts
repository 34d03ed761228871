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
const back = { outcome: null, isAttempt: false, nextState: 'waiting', nextTryAt: now, now }

/** Places one call, or one after another. @returns all that was done, in its order */
async function place(
  difference: {
    number?: string
    numbers?: readonly string[]
    fence?: number
    callerId?: string
    fault?: unknown
    listFails?: unknown
  } = {},
) {
  const done: unknown[] = []
  const note =
    (what: string) =>
    async (...about: unknown[]) =>
      void done.push([what, ...about])
  const needs: CampaignCallPlacerNeeds = {
    queue: {
      async complete(_, settling: AttemptResult) {
        done.push(['settle', settling])
        return true
      },
    },
    calls: {
      async dial(_, { number, callId = '', callerNumber }) {
        done.push(['dial', number, callerNumber])
        if (difference.fault !== undefined) throw difference.fault
        return { callId }
      },
    },
    agentCallStore: {
      async add(entry) {
        done.push(['log', entry.callId])
        return { ...entry, id: '1', outcome: null }
      },
      finish: note('finish'),
    },
    agents: { setAvailableFrom: note('aside') },
    campaigns: {
      setNote: note('note'),
      async transition(...about) {
        done.push(['step', ...about])
        return true
      },
    },
    clear: createClearance({
      policy: () =>
        createDialPolicy(PolicyFile.parse({ emergency: ['112'], deny: ['0900123'], international: true })),
      doNotCall: {
        async has(spellings) {
          if (difference.listFails !== undefined) throw difference.listFails
          return spellings.includes('+49401')
        },
      },
    }),
    lease: { fence: () => difference.fence ?? 7 },
    now: () => now * 1_000,
    onFailure: (err) => void done.push(['trouble', err]),
  }
  const placing = createCampaignCallPlacer(needs)
  const campaign = newCampaign({ rules: newRules({ callerId: difference.callerId ?? null }) })
  for (const number of difference.numbers ?? [difference.number ?? call.number]) {
    placing.start({ ...call, number }, { agent, campaign, fence: 7 })
    expect(placing.isPlacing('hk_1')).toBe(true)
    await placing.drained()
  }
  expect(placing.isPlacing('hk_1')).toBe(false)
  return { done, pausedUntil: placing.pausedUntil() }
}

describe('a lead that is dialled', () => {
  test('is written down before the PBX hears of it', async () => {
    const { done } = await place()
    expect(done).toEqual([
      ['log', 'hk_1'],
      ['dial', call.number, undefined],
    ])
  })

  test('sees the campaign’s number, where it has one', async () => {
    expect((await place({ callerId: '+4930' })).done).toContainEqual(['dial', call.number, '+4930'])
  })

  test('goes back when the lease was lost in between, and nothing is dialled', async () => {
    const { done } = await place({ fence: 8 })
    expect(done).toEqual([
      ['log', 'hk_1'],
      ['finish', 'hk_1', 'cancelled'],
      ['settle', back],
    ])
  })

  test.each([
    ['an emergency number', '112', 'it is an emergency number'],
    ['one that the policy denies', '0900123', expect.stringMatching(/./)],
    ['what is no number', 'anna', expect.stringMatching(/a number is/)],
  ])('%s is given up, and the campaign says why', async (_, number, why) => {
    const { done } = await place({ number })
    expect(done).toHaveLength(2)
    expect(done[0]).toEqual(['note', '1', expect.stringMatching(/^lead 5 cannot be called: /)])
    expect(String((done[0] as unknown[])[2]).replace(/^.*?called: /, '')).toEqual(why)
    expect(done[1]).toEqual([
      'settle',
      { outcome: 'failed', isAttempt: false, nextState: 'done', nextTryAt: now, now },
    ])
  })

  test('one that is on the do-not-call list in another spelling is done, and no fault of the rules', async () => {
    const settled = { outcome: null, isAttempt: false, nextState: 'done', status: 'do_not_call' }
    const { done } = await place({ numbers: Array.from({ length: 6 }, () => '+49401') })
    expect(done).toEqual(Array.from({ length: 6 }, () => ['settle', { ...settled, nextTryAt: now, now }]))
  })

  test('while the do-not-call list cannot be read nothing is dialled, and nothing given up', async () => {
    const away = new Refusal('unavailable')
    expect((await place({ listFails: away })).done).toEqual([['trouble', away]])
  })

  test('five numbers in a row that may not be called pause the campaign: the policy is wrong, not the list', async () => {
    const { done } = await place({ numbers: ['112', '112', '112', '112', '112', '112'] })
    const steps = done.filter((one) => Array.isArray(one) && one[0] === 'step')
    expect(steps).toEqual([['step', '1', ['active'], { status: 'paused' }, now]])
    expect(done.indexOf(steps[0])).toBe(10)
  })

  test('a good number among them starts the count anew', async () => {
    const { done } = await place({ numbers: ['112', '112', '112', '112', call.number, '112', '112'] })
    expect(done.flatMap((one) => (Array.isArray(one) ? one[0] : []))).not.toContain('step')
  })

  test.each([
    ['throttled', 17, now + 17],
    ['dial_denied', undefined, now + 30],
    ['conflict', undefined, now + 30],
  ] as const)(
    '%s is about the agent: they are left alone, and the lead is another’s',
    async (code, retryAfter, free) => {
      const fault = new Refusal(code, { detail: 'too much', ...(retryAfter && { retryAfter }) })
      const { done, pausedUntil } = await place({ fault })
      expect(done.slice(2)).toEqual([
        ['aside', '1', free],
        ['note', '1', 'Anna: too much'],
        ['finish', 'hk_1', 'cancelled'],
        ['settle', back],
      ])
      expect(pausedUntil).toBe(0)
    },
  )

  test('while the PBX or a store is away the lead goes back, and nobody tries for a while', async () => {
    const { done, pausedUntil } = await place({ fault: new Refusal('unavailable', { retryAfter: 3 }) })
    expect(done.slice(2)).toEqual([
      ['finish', 'hk_1', 'cancelled'],
      ['settle', back],
    ])
    expect(pausedUntil).toBe((now + 3) * 1_000)
  })

  test.each([[new Refusal('unconfirmed')], [new Refusal('unknown_number')], [new Error('unforeseen')]])(
    'after %s nobody knows whether it rings: it is left as it is',
    async (fault) => {
      expect((await place({ fault })).done.slice(2)).toEqual([['trouble', fault]])
    },
  )
})
