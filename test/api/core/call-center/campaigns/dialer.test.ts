import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFloor } from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import { createPlacing } from '../../../../../api/core/call-center/campaigns/campaign-call-placer.ts'
import { createReconciler } from '../../../../../api/core/call-center/campaigns/dial-reconciler.ts'
import { createDialler } from '../../../../../api/core/call-center/campaigns/dialer.ts'
import { createTrunks } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import type { Outcome } from '../../../../../api/core/calls/call.ts'
import { createClearance } from '../../../../../api/core/dial-policy/clearance.ts'
import { createPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal, type RefusalCode } from '../../../../../api/core/refusal.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createCallLog } from '../../../../../api/store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createCampaignStore } from '../../../../../api/store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createDialledStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createMortal, type Fate, type Mortal } from '../../../../support/crash-injection.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { addLead, now as epoch } from '../../../../support/fixtures/campaign-rows.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'

const POLICY = createPolicy(PolicyFile.parse({}))
const OUTCOMES = [
  'answered',
  'busy',
  'no_answer',
  'unknown',
  'cancelled',
  'own_no_answer',
  'own_busy',
] as const
const TROUBLES = ['throttled', 'unavailable', 'dial_denied', 'unknown_number', 'internal'] as const
/** What is kept of a call is over without a word by then: see `keeping.ts`. */
const UNHEARD_S = 35

type Command =
  | { does: 'round'; who: 0 | 1; fate: Fate | undefined; trouble: (typeof TROUBLES)[number] | undefined }
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
    trouble: fc.option(fc.constantFrom(...TROUBLES), { nil: undefined, freq: 4 }),
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
    for (const fate of FATES) {
      const world = await createWorld(db, { leads: [1, 2], agents: 2, maxAttempts: 2 })
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
        const world = await createWorld(db, { leads, agents, maxAttempts })
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
const FATES = Array.from({ length: 30 }, (_, step) =>
  ([true, false] as const).flatMap((after) =>
    (['dies', 'sleeps'] as const).map((kind): Fate => ({ step, after, kind })),
  ),
).flat()

async function createWorld(db: Database, given: { leads: number[]; agents: number; maxAttempts: number }) {
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
  const dialled = createDialledStore(db)
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
  await campaigns.step(campaignId, ['draft'], { status: 'active', automation: true }, time)
  for (const digit of given.leads) await addLead(db, campaignId, { number: `03010000${digit}` })

  /** Calls on the PBX: the truth. */
  const live = new Map<string, { number: string; userId: string }>()
  /** Calls that have ended. */
  const rang = new Set<string>()
  const faults: string[] = []
  let tried = 0
  let ids = 0
  let trouble: RefusalCode | undefined

  function ring(callId: string, number: string, userId: string) {
    for (const other of live.values()) {
      if (other.number === number) faults.push(`${number} is called twice at once`)
      if (other.userId === userId) faults.push(`user ${userId} is called twice at once`)
    }
    live.set(callId, { number, userId })
  }

  function createApi() {
    const mortal = createMortal()
    const fence = mortal.isAwake
    const queue = mortal.port(createDialQueue(db))
    const store = mortal.port(campaigns)
    const crew = mortal.port(agents)
    const callLog = mortal.port(createCallLog(db))
    const asked = mortal.port(dialled)
    const pbx = mortal.port({
      ring: async (id: string, number: string, userId: string) => ring(id, number, userId),
    })
    const lease = {
      // Whoever sleeps loses it.
      fence: () => (fence() ? 1 : undefined),
      pass: () => {},
    }
    const onTrouble = () => {}
    const placing = createPlacing({
      ...{ queue, callLog, agents: crew, campaigns: store, lease, now, onTrouble },
      clear: createClearance({ policy: () => POLICY, doNotCall: { has: async () => false } }),
      calls: {
        async dial({ userId }, { number, callId = '' }) {
          const fault = trouble
          trouble = undefined
          if (fault !== undefined) throw new Refusal(fault)
          await asked.add({ id: callId, userId, number, createdAt: time, outcome: null })
          await pbx.ring(callId, number, userId)
          return { callId }
        },
      },
    })
    const reconciler = createReconciler({
      ...{ queue, callLog, agents: crew, campaigns: store, dialled: asked, now, onTrouble },
      // As in production: a call that rang is in the history before it has an outcome.
      history: {
        find: async (id) =>
          rang.has(id) ? newCall({ id, direction: 'outgoing', parties: [], endedAt: time }) : undefined,
      },
      liveCall: (id) => (live.has(id) ? { state: 'up', legs: [] } : undefined),
      endpointOf: (extension) => extension,
      isPlacing: placing.has,
    })
    const floor = createFloor({
      agents: crew,
      statusOf: () => 'available',
      isReachable: () => true,
      isInCall: () => false,
      mayShow: () => true,
      now,
    })
    const dialler = createDialler({
      ...{ lease, queue, campaigns: store, reconciler, floor, placing, now },
      trunks: createTrunks({ bounds: new Map([['telnyx', 2]]), live: () => [] }),
      isOnline: () => true,
      newId() {
        ids += 1
        return String(ids)
      },
    })
    const round = async () => {
      await dialler.round()
      await placing.idle()
    }
    return { mortal, round: () => Promise.race([round(), mortal.gone]) }
  }

  const apis = [createApi(), createApi()]
  const sleepers: Mortal[] = []

  async function round(who: number, doom?: Fate) {
    const api = apis[who] ?? createApi()
    api.mortal.doom(doom)
    await api.round()
    api.mortal.doom(undefined)
    if (api.mortal.isAwake()) return
    sleepers.push(api.mortal)
    apis[who] = createApi()
  }

  async function end(callId: string, outcome: Outcome) {
    live.delete(callId)
    rang.add(callId)
    if (!outcome.startsWith('own_')) tried += 1
    await dialled.finish(callId, outcome)
  }

  async function wait(seconds: number) {
    time += seconds
    for (const { id, createdAt } of await dialled.unfinished(time - UNHEARD_S)) {
      if (!live.has(id) && createdAt < time - UNHEARD_S) await dialled.finish(id, 'unknown')
    }
  }

  /** Also those who sleep in the middle of a step get to its end. */
  async function wake() {
    for (const sleeper of sleepers.splice(0)) sleeper.wake()
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
        trouble = one.trouble
        await round(one.who, one.fate)
        trouble = undefined
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
        await wait(UNHEARD_S + 1)
        if ((await leads()).every(({ dial_state }) => dial_state === 'done')) return
      }
    },
  }
}
