import { expect, test } from 'vitest'
import type { Call, Leg, Outcome } from '../../../../api/core/calls/call.ts'
import type { Dialling } from '../../../../api/core/campaigns/dial-queue.ts'
import { createReconciler } from '../../../../api/core/campaigns/reconciler.ts'
import { newAgent } from './agents.ts'

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
    campaigns: { find: async () => undefined },
    agents: {
      findAll: async () => [newAgent({ id: '7', extension: '1001' })],
      setFreeFrom: note('free'),
      setStatus: note('status'),
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

/** An agent of a campaign whose calls end so, one after another. @returns what became of them */
async function after(outcomes: readonly Outcome[]) {
  const statuses: unknown[] = []
  let outcome: Outcome = 'answered'
  const reconciler = createReconciler({
    queue: { dialling: async () => [call], settle: async () => true, release: async () => {} },
    campaigns: { find: async () => undefined },
    agents: {
      findAll: async () => [],
      setFreeFrom: async () => {},
      setStatus: async (id, status) => void statuses.push([id, status]),
    },
    callLog: { finish: async () => {} },
    dialled: {
      find: async (id) => ({ id, userId: '1', number: '+49301', createdAt: 100, outcome }),
      add: async () => {},
    },
    history: { find: async () => undefined },
    liveCall: () => undefined,
    endpointOf: (extension) => extension,
    isPlacing: () => false,
    now: () => 200_000,
    onTrouble(err) {
      throw err
    },
  })
  for (outcome of outcomes) await reconciler.reconcile()
  return statuses
}

test('whoever lets three calls in a row ring is on a break', async () => {
  expect(await after(['own_no_answer', 'own_no_answer', 'own_no_answer'])).toEqual([['7', 'break']])
})

test.each<[string, Outcome]>([
  ['picks one of them up', 'no_answer'],
  ['declines one', 'own_declined'],
])('whoever %s goes on', async (_, one) => {
  expect(await after(['own_no_answer', 'own_no_answer', one, 'own_no_answer'])).toEqual([])
})
