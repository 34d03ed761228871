import { describe, expect, test } from 'vitest'
import { createDialReconciler } from '../../../../../api/core/call-center/campaigns/dial-reconciler.ts'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'
import type { CallParty, CallRecord, PlacedCall } from '../../../../../api/core/calls/call-history.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'
import { call, endWith, leg, reconcileLive } from './fixtures/dial-reconciler.ts'

test('an agent who has left a call in progress is released for the next call', async () => {
  const done = await reconcileLive([leg('1001', 'ended'), leg('1002', 'up'), leg('trunk', 'up')])
  expect(done).toEqual([
    ['setAvailableFrom', '7', 200],
    ['releaseAgent', call],
  ])
})

test.each([
  ['with a phone in the call', [leg('1001', 'up'), leg('trunk', 'up')]],
  ['with a phone that has not rung yet', []],
  ['with a phone that returned to the call', [leg('1001', 'ended'), leg('1001', 'up')]],
])('an agent %s is not released', async (_, legs) => {
  expect(await reconcileLive(legs)).toEqual([])
})

test('a released agent is not released again', async () => {
  expect(await reconcileLive([leg('1001', 'ended')], { ...call, agentId: null })).toEqual([])
})

describe('an agent who does not answer three calls in a row', () => {
  test.each([
    ['own_no_answer', 'own_no_answer', 'own_no_answer'],
    ['own_busy', 'own_busy', 'own_busy'],
    ['own_declined', 'own_declined', 'own_declined'],
    ['own_unavailable', 'own_unavailable', 'own_unavailable'],
    ['own_busy', 'own_declined', 'own_no_answer'],
  ] as const)(
    'is set on a break, with a note at the campaign and no attempt counted: %s, %s, %s',
    async (...ends) => {
      expect(await endWith(ends)).toEqual({
        completed: ends.map(() => [null, false, 'waiting']),
        outages: [],
        breaks: ['7'],
        notes: [expect.stringMatching(/^Anna is on BREAK: their phone did not take 3 calls in a row/)],
        notified: ['agent_break'],
        failures: [],
      })
    },
  )

  test('is not set on a break if they answered one of the calls', async () => {
    const { breaks } = await endWith(['own_no_answer', 'own_busy', 'no_answer', 'own_declined'])
    expect(breaks).toEqual([])
  })
})

describe('calls that fail before an external phone is reached', () => {
  const once = (outcome: CallOutcome, nextState = 'waiting') => [outcome, true, nextState]

  test('pause the campaign at the fifth, which is no attempt, and refund the other attempts', async () => {
    const { completed, outages, notified } = await endWith(
      Array.from({ length: 5 }, () => 'congestion' as const),
    )
    expect(completed).toEqual([
      ...Array.from({ length: 4 }, () => once('congestion')),
      ['congestion', false, 'waiting'],
    ])
    expect(outages).toEqual([['1', ['1', '2', '3', '4']]])
    expect(notified).toEqual(['campaign_paused'])
  })

  test('are no attempts if they were in progress when the campaign was paused', async () => {
    const { completed, outages } = await endWith(
      ['unknown_number', 'busy'],
      newCampaign({ status: 'paused' }),
    )
    expect(completed).toEqual([['unknown_number', false, 'waiting'], once('busy')])
    expect(outages).toEqual([])
  })

  test.each([
    ['a campaign without automation', newCampaign({ automation: false, dialerMode: 'preview' })],
    ['a deleted campaign', null],
  ])('do not pause %s', async (_, campaign) => {
    const { outages, completed } = await endWith(
      Array.from({ length: 6 }, () => 'congestion' as const),
      campaign,
    )
    expect(outages).toEqual([])
    expect(completed.every((one) => Array.isArray(one) && one[1] === true)).toBe(true)
  })

  test('end only their lead if one number does not exist', async () => {
    const { completed, outages } = await endWith(['answered', 'unknown_number', 'answered'])
    expect(completed[1]).toEqual(once('unknown_number', 'done'))
    expect(outages).toEqual([])
  })
})

describe('a call with a result that could not be stored three times', () => {
  const WRITES = ['finish', 'complete'] as const

  test.each(WRITES)(
    'is counted once as missed: two missed calls cause no break (%s fails)',
    async (write) => {
      const { breaks } = await endWith([{ outcome: 'own_no_answer', failing: write }, 'own_no_answer'])
      expect(breaks).toEqual([])
    },
  )

  test('sets the agent on a break if it is the third they missed', async () => {
    const { breaks } = await endWith(['own_busy', 'own_busy', { outcome: 'own_busy', failing: 'complete' }])
    expect(breaks).toEqual(['7'])
  })

  test('sets the agent on a break at the next missed call if the break itself could not be stored', async () => {
    const { breaks, notes } = await endWith([
      'own_busy',
      'own_busy',
      { outcome: 'own_busy', failing: 'putOnBreak' },
      'own_busy',
    ])
    expect(breaks).toEqual(['7'])
    expect(notes).toEqual([expect.stringContaining('4 calls in a row')])
  })

  test.each(WRITES)(
    'is counted once as failed: three failed calls pause no campaign (%s fails)',
    async (write) => {
      const { outages } = await endWith([
        'congestion',
        'congestion',
        { outcome: 'congestion', failing: write },
        'congestion',
      ])
      expect(outages).toEqual([])
    },
  )

  test.each([...WRITES, 'pauseForOutage'] as const)(
    'pauses the campaign once if it is the fifth that failed, and refunds one attempt to each lead (%s fails)',
    async (write) => {
      const four = Array.from({ length: 4 }, () => 'congestion' as const)
      const { outages, completed } = await endWith([...four, { outcome: 'congestion', failing: write }])
      expect(outages.at(0)).toEqual(['1', ['1', '2', '3', '4']])
      expect(outages.slice(1)).toEqual([])
      expect(completed.at(-1)).toEqual(['congestion', false, 'waiting'])
    },
  )

  test('is reported once as a failure and once as recovered', async () => {
    const { failures } = await endWith([{ outcome: 'busy', failing: 'complete' }])
    expect(failures).toEqual(['failed', 'recovered'])
  })

  test('releases the lead in its previous state if no process dialed it', async () => {
    const completed: unknown[] = []
    const placed = new Map<string, PlacedCall>()
    let refusals = 3
    const reconciler = createDialReconciler({
      queue: {
        inProgress: async () => (completed.length === 0 ? [{ ...call, campaignId: '1' }] : []),
        async complete(_, { outcome, isAttempt, nextState }) {
          if (refusals-- > 0) throw new Refusal('unavailable')
          completed.push([outcome, isAttempt, nextState])
          return true
        },
        releaseAgent: async () => {},
      },
      campaigns: {
        find: async () => newCampaign(),
        pauseForOutage: async () => true,
        setNote: async () => {},
      },
      agents: {
        findAll: async () => [newAgent({ id: '7', userId: '1' })],
        setAvailableFrom: async () => {},
        putOnBreak: async () => undefined,
      },
      agentCallStore: { finish: async () => {} },
      placedCalls: {
        find: async (id) => placed.get(id),
        async add(one) {
          if (placed.has(one.id)) throw new Refusal('taken')
          placed.set(one.id, one)
        },
      },
      history: { find: async () => undefined },
      findLiveCall: () => undefined,
      endpointsOf: (extension) => [extension, `${extension}-web`],
      isPlacing: () => false,
      now: () => 200_000,
      onFailure: () => {},
    })
    while ((await reconciler.reconcile()).length > 0) {}
    expect(completed).toEqual([[null, false, 'waiting']])
  })
})

describe('the result of a lead’s call', () => {
  const agent = { userId: '1', extension: '1001', answered: true }
  test.each<[string, CallRecord['direction'], boolean, readonly CallParty[]]>([
    ['is answered over a trunk', 'outgoing', true, [agent]],
    [
      'is answered by another agent’s phone',
      'internal',
      true,
      [agent, { userId: '2', extension: '1002', answered: true }],
    ],
    ['failed if only the dialplan played to the agent', 'internal', false, [agent]],
    [
      'failed if another agent’s phone only rang',
      'internal',
      false,
      [agent, { ...agent, userId: '2', answered: false }],
    ],
  ])('%s', async (_, direction, isAnswered, parties) => {
    const { completed } = await endWith([{ outcome: 'answered', record: { direction, parties } }])
    expect(completed).toEqual([isAnswered ? ['answered', true, 'done'] : ['failed', true, 'waiting']])
  })

  test.each(['failed', 'cancelled'] as const)(
    'is no attempt if the agent’s own phone was never answered: %s',
    async (outcome) => {
      const parties = [{ ...agent, answered: false }]
      const { completed } = await endWith([{ outcome, record: { direction: 'internal', parties } }])
      expect(completed).toEqual([[null, false, 'waiting']])
    },
  )
})
