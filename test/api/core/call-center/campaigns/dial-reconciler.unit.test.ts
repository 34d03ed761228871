import { describe, expect, test } from 'vitest'
import type { Campaign } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import type { DialAttempt } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createDialReconciler } from '../../../../../api/core/call-center/campaigns/dial-reconciler.ts'
import type { Call, CallOutcome, Leg } from '../../../../../api/core/calls/call.ts'
import type { CallParty, CallRecord, PlacedCall } from '../../../../../api/core/calls/call-history.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'

const call: DialAttempt = {
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
async function reconcileLive(legs: readonly Leg[], dialling: DialAttempt = call) {
  const done: unknown[] = []
  const note =
    (what: string) =>
    async (...about: unknown[]) =>
      void done.push([what, ...about])
  const reconciler = createDialReconciler({
    queue: {
      inProgress: async () => [dialling],
      complete: async () => true,
      releaseAgent: note('release'),
    },
    campaigns: { find: async () => undefined, pauseForOutage: async () => true, setNote: note('note') },
    agents: {
      findAll: async () => [newAgent({ id: '7', extension: '1001' })],
      setAvailableFrom: note('free'),
      putOnBreak: async () => undefined,
    },
    agentCallStore: { finish: note('finish') },
    placedCalls: { find: async () => undefined, add: note('dialled') },
    history: { find: async () => undefined },
    findLiveCall: (): Pick<Call, 'state' | 'legs'> => ({ state: 'up', legs }),
    endpointOf: (extension) => extension,
    isPlacing: () => false,
    now: () => 200_000,
    onFailure(err) {
      throw err
    },
  })
  expect(await reconciler.reconcile()).toEqual([dialling])
  return done
}

test('an agent whose phone has left a call that goes on is free for the next one', async () => {
  const done = await reconcileLive([leg('1001', 'ended'), leg('1002', 'up'), leg('trunk', 'up')])
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
  expect(await reconcileLive(legs)).toEqual([])
})

test('whoever was released once is not released again', async () => {
  expect(await reconcileLive([leg('1001', 'ended')], { ...call, agentId: null })).toEqual([])
})

interface End {
  outcome: CallOutcome
  /** Of the history; none by default. */
  record?: Pick<CallRecord, 'direction' | 'parties'>
  /** Of the lead. */
  from?: DialAttempt
  /** What the database refuses, three times. */
  fails?: 'finish' | 'settle' | 'halt' | 'breakOff'
}

/** Calls of a campaign that end so, one after another, each of another lead. @returns all that came of them */
async function endWith(ends: readonly (CallOutcome | End)[], campaign: Campaign | null = newCampaign()) {
  const none = (): unknown[] => []
  const done = {
    settled: none(),
    halted: none(),
    breaks: none(),
    notes: none(),
    told: none(),
    troubles: none(),
  }
  const put = (what: keyof typeof done, about: unknown) => void done[what].push(about)
  let end: End = { outcome: 'answered' }
  let at = 0
  let [refusals, isSettled] = [0, false]
  let status = campaign?.status
  const write = async (what: End['fails']) => {
    if (end.fails === what && refusals-- > 0) throw new Refusal('unavailable')
  }
  const reconciler = createDialReconciler({
    queue: {
      inProgress: async () =>
        isSettled
          ? []
          : [
              end.from ?? {
                ...call,
                campaignId: '1',
                leadId: `${at}`,
                number: `+4930${at}`,
                callId: `hk_${at}`,
              },
            ],
      complete: async (_, { outcome, isAttempt, nextState }) => {
        await write('settle')
        put('settled', [outcome, isAttempt, nextState])
        isSettled = true
        return true
      },
      releaseAgent: async () => {},
    },
    campaigns: {
      find: async () => (campaign && status ? { ...campaign, status } : undefined),
      async pauseForOutage(id, reason) {
        await write('halt')
        put('halted', [id, reason.attempts.map(({ leadId }) => leadId)])
        status = 'paused'
        return true
      },
      setNote: async (_, text) => put('notes', text),
    },
    agents: {
      findAll: async () => [],
      setAvailableFrom: async () => {},
      async putOnBreak(id) {
        await write('breakOff')
        put('breaks', id)
        return 'Anna'
      },
    },
    agentCallStore: { finish: () => write('finish') },
    placedCalls: {
      find: async (id) => ({ id, userId: '1', number: '+49301', createdAt: 100, outcome: end.outcome }),
      add: async () => {},
    },
    history: { find: async () => end.record as CallRecord | undefined }, // no more is read of it
    findLiveCall: () => undefined,
    endpointOf: (extension) => extension,
    isPlacing: () => false,
    now: () => 200_000,
    onNote: (event) => put('told', event),
    onFailure: Object.assign(
      (err: unknown) => {
        if (end.fails === undefined) throw err
        put('troubles', 'fails')
      },
      { recovered: () => put('troubles', 'works') },
    ),
  })
  for (const one of ends) {
    end = typeof one === 'string' ? { outcome: one } : one
    at += 1
    refusals = end.fails === undefined ? 0 : 3
    isSettled = false
    while ((await reconciler.reconcile()).length > 0) {}
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
        troubles: [],
      })
    },
  )

  test('goes on where they pick one of them up', async () => {
    const { breaks } = await endWith(['own_no_answer', 'own_busy', 'no_answer', 'own_declined'])
    expect(breaks).toEqual([])
  })
})

describe('calls that fail for every number', () => {
  const once = (outcome: CallOutcome, goesTo = 'waiting') => [outcome, true, goesTo]

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

describe('a call that the database refuses to write three times is counted once', () => {
  const WRITES = ['finish', 'settle'] as const

  test.each(WRITES)('one that an agent missed is no reason for a break: %s', async (fails) => {
    const { breaks } = await endWith([{ outcome: 'own_no_answer', fails }, 'own_no_answer'])
    expect(breaks).toEqual([])
  })

  test('the third that an agent missed is', async () => {
    const { breaks } = await endWith(['own_busy', 'own_busy', { outcome: 'own_busy', fails: 'settle' }])
    expect(breaks).toEqual(['7'])
  })

  test('an agent whose break could not be written has it at the next call that they miss', async () => {
    const { breaks, notes } = await endWith([
      'own_busy',
      'own_busy',
      { outcome: 'own_busy', fails: 'breakOff' },
      'own_busy',
    ])
    expect(breaks).toEqual(['7'])
    expect(notes).toEqual([expect.stringContaining('4 calls in a row')])
  })

  test.each(WRITES)('one that failed pauses no campaign: %s', async (fails) => {
    const { halted } = await endWith([
      'congestion',
      'congestion',
      { outcome: 'congestion', fails },
      'congestion',
    ])
    expect(halted).toEqual([])
  })

  test.each([...WRITES, 'halt'] as const)(
    'the fifth that fails pauses its campaign once, and each lead gets one attempt back: %s',
    async (fails) => {
      const four = Array.from({ length: 4 }, () => 'congestion' as const)
      const { halted, settled } = await endWith([...four, { outcome: 'congestion', fails }])
      expect(halted.at(0)).toEqual(['1', ['1', '2', '3', '4']])
      expect(halted.slice(1)).toEqual([])
      expect(settled.at(-1)).toEqual(['congestion', false, 'waiting'])
    },
  )

  test('and that is reported once, and that it works again', async () => {
    const { troubles } = await endWith([{ outcome: 'busy', fails: 'settle' }])
    expect(troubles).toEqual(['fails', 'works'])
  })

  test('a lead that no process dialled is given back as it was', async () => {
    const settled: unknown[] = []
    const asked = new Map<string, PlacedCall>()
    let refusals = 3
    const reconciler = createDialReconciler({
      queue: {
        inProgress: async () => (settled.length === 0 ? [{ ...call, campaignId: '1' }] : []),
        async complete(_, { outcome, isAttempt, nextState }) {
          if (refusals-- > 0) throw new Refusal('unavailable')
          settled.push([outcome, isAttempt, nextState])
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
        find: async (id) => asked.get(id),
        async add(one) {
          if (asked.has(one.id)) throw new Refusal('taken')
          asked.set(one.id, one)
        },
      },
      history: { find: async () => undefined },
      findLiveCall: () => undefined,
      endpointOf: (extension) => extension,
      isPlacing: () => false,
      now: () => 200_000,
      onFailure: () => {},
    })
    while ((await reconciler.reconcile()).length > 0) {}
    expect(settled).toEqual([[null, false, 'waiting']])
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
