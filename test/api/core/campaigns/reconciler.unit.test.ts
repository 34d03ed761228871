import { describe, expect, test } from 'vitest'
import type { Call, Leg, Outcome } from '../../../../api/core/calls/call.ts'
import type { CallParty, CallRecord } from '../../../../api/core/calls/history.ts'
import type { Campaign } from '../../../../api/core/campaigns/campaign.ts'
import type { Dialling } from '../../../../api/core/campaigns/dial-queue.ts'
import { createReconciler } from '../../../../api/core/campaigns/reconciler.ts'
import { newAgent } from './agents.ts'
import { newCampaign } from './rules.ts'

const call: Dialling = {
  leadId: '1',
  number: '+49301',
  campaignId: null,
  agentId: '7',
  callId: 'hk_1',
  from: 'waiting',
  attempts: 0,
  since: 100,
}
const leg = (endpoint: string, state: Leg['state']) => ({ endpoint, state }) as Leg // no more is read of it

/** A call that lives, with these legs. */
async function look(legs: readonly Leg[], dialling: Dialling = call) {
  const done: unknown[] = []
  const note =
    (what: string) =>
    async (...about: unknown[]) =>
      void done.push([what, ...about])
  const reconciler = createReconciler({
    queue: {
      dialling: async () => [dialling],
      settle: async () => true,
      release: note('release'),
    },
    campaigns: { find: async () => undefined, halt: async () => true, setNote: note('note') },
    agents: {
      findAll: async () => [newAgent({ id: '7', extension: '1001' })],
      setFreeFrom: note('free'),
      breakOff: async () => undefined,
    },
    callLog: { finish: note('finish') },
    dialled: { find: async () => undefined, add: note('dialled') },
    history: { find: async () => undefined },
    liveCall: (): Pick<Call, 'state' | 'legs'> => ({ state: 'up', legs }),
    endpointOf: (extension) => extension,
    isPlacing: () => false,
    now: () => 200_000,
    onTrouble(err) {
      throw err
    },
  })
  expect(await reconciler.reconcile()).toEqual([dialling])
  return done
}

test('an agent whose phone has left a call that goes on is free for the next one', async () => {
  const done = await look([leg('1001', 'ended'), leg('1002', 'up'), leg('trunk', 'up')])
  expect(done).toEqual([
    ['free', '7', 200],
    ['release', call],
  ])
})

test.each([
  ['whose phone is in it', [leg('1001', 'up'), leg('trunk', 'up')]],
  ['whose phone has not rung yet', []],
  ['whose phone came back', [leg('1001', 'ended'), leg('1001', 'up')]],
])('an agent %s is not', async (_, legs) => {
  expect(await look(legs)).toEqual([])
})

test('whoever was released once is not released again', async () => {
  expect(await look([leg('1001', 'ended')], { ...call, agentId: null })).toEqual([])
})

interface End {
  outcome: Outcome
  /** Of the history; none by default. */
  record?: Pick<CallRecord, 'direction' | 'parties'>
  /** Of the lead. */
  from?: Dialling
}

/** Calls of a campaign that end so, one after another, each of another lead. @returns all that came of them */
async function endWith(ends: readonly (Outcome | End)[], campaign: Campaign | null = newCampaign()) {
  const none = (): unknown[] => []
  const done = { settled: none(), halted: none(), breaks: none(), notes: none(), told: none() }
  const put = (what: keyof typeof done, about: unknown) => void done[what].push(about)
  let end: End = { outcome: 'answered' }
  let at = 0
  const reconciler = createReconciler({
    queue: {
      dialling: async () => [
        end.from ?? { ...call, campaignId: '1', leadId: `${at}`, number: `+4930${at}`, callId: `hk_${at}` },
      ],
      settle: async (_, { outcome, counts, goesTo }) => {
        put('settled', [outcome, counts, goesTo])
        return true
      },
      release: async () => {},
    },
    campaigns: {
      find: async () => campaign ?? undefined,
      async halt(id, reason) {
        put('halted', [id, reason.attempts.map(({ leadId }) => leadId)])
        return true
      },
      setNote: async (_, text) => put('notes', text),
    },
    agents: {
      findAll: async () => [],
      setFreeFrom: async () => {},
      async breakOff(id) {
        put('breaks', id)
        return 'Anna'
      },
    },
    callLog: { finish: async () => {} },
    dialled: {
      find: async (id) => ({ id, userId: '1', number: '+49301', createdAt: 100, outcome: end.outcome }),
      add: async () => {},
    },
    history: { find: async () => end.record as CallRecord | undefined }, // no more is read of it
    liveCall: () => undefined,
    endpointOf: (extension) => extension,
    isPlacing: () => false,
    now: () => 200_000,
    onNote: (event) => put('told', event),
    onTrouble(err) {
      throw err
    },
  })
  for (const one of ends) {
    end = typeof one === 'string' ? { outcome: one } : one
    at += 1
    await reconciler.reconcile()
  }
  return done
}

describe('an agent whose phone does not take three calls in a row', () => {
  test.each([
    ['own_no_answer', 'own_no_answer', 'own_no_answer'],
    ['own_busy', 'own_busy', 'own_busy'],
    ['own_declined', 'own_declined', 'own_declined'],
    ['own_unavailable', 'own_unavailable', 'own_unavailable'],
    ['own_busy', 'own_declined', 'own_no_answer'],
  ] as const)(
    '%s, %s, %s: is on a break, the campaign has a note, and no lead was tried',
    async (...ends) => {
      expect(await endWith(ends)).toEqual({
        settled: ends.map(() => [null, false, 'waiting']),
        halted: [],
        breaks: ['7'],
        notes: [expect.stringMatching(/^Anna is on BREAK: their phone did not take 3 calls in a row/)],
        told: ['agent_break'],
      })
    },
  )

  test('goes on where they pick one of them up', async () => {
    const { breaks } = await endWith(['own_no_answer', 'own_busy', 'no_answer', 'own_declined'])
    expect(breaks).toEqual([])
  })
})

describe('calls that fail for every number', () => {
  const once = (outcome: Outcome, goesTo = 'waiting') => [outcome, true, goesTo]

  test('pause the campaign at the fifth, which is no attempt, and give the others back', async () => {
    const { settled, halted, told } = await endWith(Array.from({ length: 5 }, () => 'congestion' as const))
    expect(settled).toEqual([
      ...Array.from({ length: 4 }, () => once('congestion')),
      ['congestion', false, 'waiting'],
    ])
    expect(halted).toEqual([['1', ['1', '2', '3', '4']]])
    expect(told).toEqual(['campaign_paused'])
  })

  test('are no attempts either where they were under way as it was paused', async () => {
    const { settled, halted } = await endWith(['unknown_number', 'busy'], newCampaign({ status: 'paused' }))
    expect(settled).toEqual([['unknown_number', false, 'waiting'], once('busy')])
    expect(halted).toEqual([])
  })

  test.each([
    ['one that agents dial for', newCampaign({ automation: false, dialerMode: 'preview' })],
    ['one that is gone', null],
  ])('leave %s as it is', async (_, campaign) => {
    const { halted, settled } = await endWith(
      Array.from({ length: 6 }, () => 'congestion' as const),
      campaign,
    )
    expect(halted).toEqual([])
    expect(settled.every((one) => Array.isArray(one) && one[1] === true)).toBe(true)
  })

  test('one bad number is that lead’s, and done', async () => {
    const { settled, halted } = await endWith(['answered', 'unknown_number', 'answered'])
    expect(settled[1]).toEqual(once('unknown_number', 'done'))
    expect(halted).toEqual([])
  })
})

describe('a lead is answered by a phone at the other end', () => {
  const agent = { userId: '1', extension: '1001', answered: true }
  test.each<[string, CallRecord['direction'], boolean, readonly CallParty[]]>([
    ['of a trunk', 'outgoing', true, [agent]],
    ['of a colleague', 'internal', true, [agent, { userId: '2', extension: '1002', answered: true }]],
    ['and not by a dialplan that plays to the agent', 'internal', false, [agent]],
    [
      'and not by a colleague who only rang',
      'internal',
      false,
      [agent, { ...agent, userId: '2', answered: false }],
    ],
  ])('%s', async (_, direction, isAnswered, parties) => {
    const { settled } = await endWith([{ outcome: 'answered', record: { direction, parties } }])
    expect(settled).toEqual([isAnswered ? ['answered', true, 'done'] : ['failed', true, 'waiting']])
  })

  test.each(['failed', 'cancelled'] as const)(
    'and one whose agent never picked up their own phone was not tried: %s',
    async (outcome) => {
      const parties = [{ ...agent, answered: false }]
      const { settled } = await endWith([{ outcome, record: { direction: 'internal', parties } }])
      expect(settled).toEqual([[null, false, 'waiting']])
    },
  )
})
