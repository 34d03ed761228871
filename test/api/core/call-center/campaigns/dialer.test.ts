import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAvailableAgents } from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import { createCampaignCallPlacer } from '../../../../../api/core/call-center/campaigns/campaign-call-placer.ts'
import { createDialReconciler } from '../../../../../api/core/call-center/campaigns/dial-reconciler.ts'
import { createDialer } from '../../../../../api/core/call-center/campaigns/dialer.ts'
import { createTrunkCapacity } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'
import { createClearance } from '../../../../../api/core/dial-policy/clearance.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal, type RefusalCode } from '../../../../../api/core/refusal.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentCallStore } from '../../../../../api/store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createCampaignStore } from '../../../../../api/store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createPlacedCallStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import {
  type CrashableProcess,
  createCrashableProcess,
  type InjectedCrash,
} from '../../../../support/crash-injection.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { addLead, now as epoch } from '../../../../support/fixtures/campaign-rows.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'

const POLICY = createDialPolicy(PolicyFile.parse({}))
const OUTCOMES = [
  'answered',
  'busy',
  'no_answer',
  'unknown',
  'cancelled',
  'own_no_answer',
  'own_busy',
] as const
const REFUSALS = ['throttled', 'unavailable', 'dial_denied', 'unknown_number', 'internal'] as const
/** What is kept of a call is over without a word by then: see `keeping.ts`. */
const UNOBSERVED_AFTER_S = 35

type Command =
  | {
      does: 'round'
      who: 0 | 1
      fate: InjectedCrash | undefined
      trouble: (typeof REFUSALS)[number] | undefined
    }
  | { does: 'both' }
  | { does: 'end'; which: number; outcome: (typeof OUTCOMES)[number] }
  | { does: 'wait'; seconds: number }
  | { does: 'wake' }

const fate = fc.option(
  fc.record({
    step: fc.nat(25),
    after: fc.boolean(),
    kind: fc.constantFrom('dies' as const, 'sleeps' as const),
  }),
  { nil: undefined, freq: 2 },
)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    does: fc.constant('round' as const),
    who: fc.constantFrom(0 as const, 1 as const),
    fate,
    trouble: fc.option(fc.constantFrom(...REFUSALS), { nil: undefined, freq: 4 }),
  }),
  fc.record({ does: fc.constant('both' as const) }),
  fc.record({ does: fc.constant('end' as const), which: fc.nat(9), outcome: fc.constantFrom(...OUTCOMES) }),
  fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 5, 31, 61, 400) }),
  fc.record({ does: fc.constant('wake' as const) }),
)
const scene = fc.record({
  /** The last digits of numbers: leads may share one. */
  leads: fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }),
  agents: fc.integer({ min: 1, max: 3 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  commands: fc.array(command, { maxLength: 25 }),
})

describe('a campaign that is dialled by two APIs, each of which may die or sleep at any step', () => {
  let folder: string
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dialling-'))
    const url = `sqlite:${join(folder, 'test.db')}`
    await migrate(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })

  test('whoever dies or sleeps at any step of a round, and wakes when others have gone on, calls nobody twice', async () => {
    const round = { does: 'round', fate: undefined, trouble: undefined } as const
    for (const fate of CRASHES) {
      const world = await createFixture(db, { leads: [1, 2], agents: 2, maxAttempts: 2 })
      await world.obey({ ...round, who: 0, fate })
      // Longer than anybody takes to dial, so what is not dialled goes back and to another.
      await world.obey({ does: 'wait', seconds: 31 })
      await world.obey({ ...round, who: 1 })
      await world.obey({ ...round, who: 1 })
      await world.obey({ does: 'wake' })
      await world.finish()
      expect(world.faults, JSON.stringify(fate)).toEqual([])
      expect((await world.leads()).map(({ dial_state, attempts }) => [dial_state, attempts])).toEqual([
        ['done', 2],
        ['done', 2],
      ])
    }
  }, 120_000)

  test('no lead, number or agent is ever in two calls, none is tried too often, and all come to an end', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ leads, agents, maxAttempts, commands }) => {
        const world = await createFixture(db, { leads, agents, maxAttempts })
        for (const one of commands) await world.obey(one)
        await world.finish()
        expect(world.faults).toEqual([])
        for (const { dial_state, attempts, number } of await world.leads()) {
          expect(dial_state, number).toBe('done')
          expect(attempts).toBeLessThanOrEqual(maxAttempts)
        }
        expect(await world.attempts()).toBeGreaterThanOrEqual(world.tried())
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

/** Every way to end or sleep in a round, and more steps than one has. */
const CRASHES = Array.from({ length: 30 }, (_, step) =>
  ([true, false] as const).flatMap((after) =>
    (['dies', 'sleeps'] as const).map((kind): InjectedCrash => ({ step, after, kind })),
  ),
).flat()

async function createFixture(db: Database, given: { leads: number[]; agents: number; maxAttempts: number }) {
  for (const table of [
    'leads',
    'campaigns',
    'desk_calls',
    'dialled_calls',
    'agents',
    'account_names',
    'users',
  ] as const) {
    await db.query.deleteFrom(table).execute()
  }
  let time = epoch
  const now = () => time * 1_000
  const campaigns = createCampaignStore(db)
  const agents = createAgentStore(db)
  const dialled = createPlacedCallStore(db)
  const agentIds: string[] = []
  for (let n = 0; n < given.agents; n += 1) {
    const extension = String(1_000 + n)
    const user = await createUserStore(db).add({
      username: extension,
      extension,
      role: 'user',
      passwordHash: '',
    })
    const agent = await agents.add(
      { userId: user.id, name: extension, kind: 'human', team: null },
      time,
      time,
    )
    await agents.setStatus(agent.id, 'ready', time)
    agentIds.push(agent.id)
  }
  const rules = newRules({
    maxAttempts: given.maxAttempts,
    retryMinutes: 1,
    retryMinutesOf: { busy: 0 },
    trunk: 'telnyx',
  })
  const made = {
    name: 'Spring',
    description: null,
    team: null,
    dialerMode: 'progressive',
    rules,
    agentIds,
  } as const
  const campaignId = (await campaigns.add(made, time)).id
  await campaigns.transition(campaignId, ['draft'], { status: 'active', automation: true }, time)
  for (const digit of given.leads) await addLead(db, campaignId, { number: `03010000${digit}` })

  /** Calls on the PBX: the truth. */
  const live = new Map<string, { number: string; userId: string }>()
  /** Calls that have ended. */
  const rang = new Set<string>()
  const faults: string[] = []
  let tried = 0
  let ids = 0
  let nextRefusal: RefusalCode | undefined

  function ring(callId: string, number: string, userId: string) {
    for (const other of live.values()) {
      if (other.number === number) faults.push(`${number} is called twice at once`)
      if (other.userId === userId) faults.push(`user ${userId} is called twice at once`)
    }
    live.set(callId, { number, userId })
  }

  function createApi() {
    const mortal = createCrashableProcess()
    const fence = mortal.isRunning
    const queue = mortal.wrapPort(createDialQueue(db))
    const store = mortal.wrapPort(campaigns)
    const agentStore = mortal.wrapPort(agents)
    const agentCallStore = mortal.wrapPort(createAgentCallStore(db))
    const placedCalls = mortal.wrapPort(dialled)
    const pbx = mortal.wrapPort({
      ring: async (id: string, number: string, userId: string) => ring(id, number, userId),
    })
    const lease = {
      // Whoever sleeps loses it.
      fence: () => (fence() ? 1 : undefined),
      stepDown: () => {},
    }
    const onFailure = () => {}
    const callPlacer = createCampaignCallPlacer({
      ...{ queue, agentCallStore, agents: agentStore, campaigns: store, lease, now, onFailure },
      clear: createClearance({ policy: () => POLICY, doNotCall: { has: async () => false } }),
      calls: {
        async dial({ userId }, { number, callId = '' }) {
          const fault = nextRefusal
          nextRefusal = undefined
          if (fault !== undefined) throw new Refusal(fault)
          await placedCalls.add({ id: callId, userId, number, createdAt: time, outcome: null })
          await pbx.ring(callId, number, userId)
          return { callId }
        },
      },
    })
    const reconciler = createDialReconciler({
      ...{ queue, agentCallStore, agents: agentStore, campaigns: store, placedCalls, now, onFailure },
      // As in production: a call that rang is in the history before it has an outcome.
      history: {
        find: async (id) =>
          rang.has(id) ? newCall({ id, direction: 'outgoing', parties: [], endedAt: time }) : undefined,
      },
      findLiveCall: (id) => (live.has(id) ? { state: 'up', legs: [] } : undefined),
      endpointOf: (extension) => extension,
      isPlacing: callPlacer.isPlacing,
    })
    const availableAgents = createAvailableAgents({
      agents: agentStore,
      statusOf: () => 'available',
      isReachable: () => true,
      isInCall: () => false,
      canPresentNumber: () => true,
      now,
    })
    const dialer = createDialer({
      ...{ lease, queue, campaigns: store, reconciler, availableAgents, callPlacer, now },
      trunkCapacity: createTrunkCapacity({ limits: new Map([['telnyx', 2]]), live: () => [] }),
      isOnline: () => true,
      newId() {
        ids += 1
        return String(ids)
      },
    })
    const round = async () => {
      await dialer.tick()
      await callPlacer.drained()
    }
    return { mortal, round: () => Promise.race([round(), mortal.stopped]) }
  }

  const apis = [createApi(), createApi()]
  const suspended: CrashableProcess[] = []

  async function round(who: number, crash?: InjectedCrash) {
    const api = apis[who] ?? createApi()
    api.mortal.scheduleCrash(crash)
    await api.round()
    api.mortal.scheduleCrash(undefined)
    if (api.mortal.isRunning()) return
    suspended.push(api.mortal)
    apis[who] = createApi()
  }

  async function end(callId: string, outcome: CallOutcome) {
    live.delete(callId)
    rang.add(callId)
    if (!outcome.startsWith('own_')) tried += 1
    await dialled.finish(callId, outcome)
  }

  async function wait(seconds: number) {
    time += seconds
    for (const { id, createdAt } of await dialled.unfinished(time - UNOBSERVED_AFTER_S)) {
      if (!live.has(id) && createdAt < time - UNOBSERVED_AFTER_S) await dialled.finish(id, 'unknown')
    }
  }

  /** Also those who sleep in the middle of a step get to its end. */
  async function wake() {
    for (const sleeper of suspended.splice(0)) sleeper.resume()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }

  const leads = () =>
    db.query.selectFrom('leads').select(['dial_state', 'attempts', 'number']).orderBy('id').execute()
  return {
    faults,
    leads,
    tried: () => tried,
    attempts: async () => (await leads()).reduce((sum, one) => sum + one.attempts, 0),
    async obey(one: Command) {
      if (one.does === 'round') {
        nextRefusal = one.trouble
        await round(one.who, one.fate)
        nextRefusal = undefined
      } else if (one.does === 'both') await Promise.all([round(0), round(1)])
      else if (one.does === 'wait') await wait(one.seconds)
      else if (one.does === 'wake') await wake()
      else {
        const callId = [...live.keys()][one.which]
        if (callId !== undefined) await end(callId, one.outcome)
      }
    },
    /** Lets it run on without trouble until nothing is left to do. */
    async finish() {
      await wake()
      for (let turn = 0; turn < 60; turn += 1) {
        await Promise.all([round(0), round(1)])
        for (const callId of [...live.keys()]) await end(callId, 'busy')
        await wait(UNOBSERVED_AFTER_S + 1)
        if ((await leads()).every(({ dial_state }) => dial_state === 'done')) return
      }
    },
  }
}
