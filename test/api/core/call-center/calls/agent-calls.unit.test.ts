import { beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../../../../api/core/actor.ts'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import { covers, createAgentLookup } from '../../../../../api/core/call-center/agents/agent-lookup.ts'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import { createAgentCallPlacer } from '../../../../../api/core/call-center/calls/agent-call-placer.ts'
import {
  type AgentCallActor,
  createAgentCalls,
} from '../../../../../api/core/call-center/calls/agent-calls.ts'
import { createCallFinder } from '../../../../../api/core/call-center/calls/call-finder.ts'
import type { Campaign } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import type { Call } from '../../../../../api/core/calls/call.ts'
import type { CallControl } from '../../../../../api/core/calls/call-control.ts'
import { createClearance } from '../../../../../api/core/dial-policy/clearance.ts'
import type { AllowedNumber } from '../../../../../api/core/dial-policy/dial-policy.ts'
import type { NumberVariants } from '../../../../../api/core/dial-policy/number-variants.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import type { Role } from '../../../../../contract/claims.ts'
import { aCall, aDirectory, aLeg } from '../../calls/fixtures/calls.ts'

const anAgent = (id: string, changes: Partial<Agent>): Agent => ({
  id,
  userId: id,
  name: `agent ${id}`,
  kind: 'human',
  team: 'sales',
  status: 'ready',
  statusAt: 0,
  availableFrom: 0,
  username: `agent${id}`,
  extension: null,
  role: 'user',
  disabled: false,
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  ...changes,
})
/** The users of `aDirectory`: 2, 3 and 4 have the phones 1001, 1002 and 1003. */
const AGENTS = {
  anna: anAgent('2', { extension: '1001' }),
  bert: anAgent('3', { extension: '1002' }),
  carl: anAgent('4', { extension: '1003', team: 'support' }),
  sven: anAgent('5', { role: 'supervisor' }),
  tara: anAgent('6', { role: 'supervisor', team: 'support' }),
  root: anAgent('7', { role: 'admin', team: null }),
  lone: anAgent('8', { role: 'supervisor', team: null }),
}
type Name = keyof typeof AGENTS

function actorOf(name: Name): AgentCallActor {
  const agent = AGENTS[name]
  const role: Role = agent.role ?? 'user'
  const callCenterActor: CallCenterActor = { userId: agent.id, role, agent, scope: scopeOf(role, agent) }
  const extension = agent.extension === null ? {} : { extension: agent.extension }
  const claims = { sub: agent.id, sid: 's', role, ...extension } as Actor['claims'] // what is read of them
  return { actor: { userId: agent.id, sessionId: 's', claims }, callCenterActor }
}

const lead: Lead = {
  id: '9',
  firstName: 'L',
  lastName: 'N',
  phone: '030 1',
  number: '+49301',
  email: null,
  company: null,
  title: null,
  status: 'new',
  notes: null,
  timeZone: null,
  team: 'sales',
  agentId: '2',
  campaignId: '1',
  attempts: 0,
  lastCallAt: null,
  lastOutcome: null,
  dialState: 'waiting',
  nextTryAt: 77,
  version: 1,
  createdAt: 0,
  updatedAt: 0,
}

async function createFixture() {
  const deeds: unknown[] = []
  const barred = new Set<string>()
  const rows = new Map<string, AgentCall>()
  const live = new Map<string, Call>()
  const keys = new Map<string, { fingerprint: string; callId: string }>()
  let claimedBy: string | undefined
  let dialFails: Refusal | undefined
  let ids = 0
  let pauses = 0
  let settlesAfter = 3
  /** How often what takes a deed back fails, from now on. */
  let undoFails = 0
  const troubles: string[] = []
  const mayFail = () => {
    undoFails -= 1
    if (undoFails >= 0) throw new Refusal('unavailable')
  }
  const all = Object.values(AGENTS)
  const directory = await aDirectory()
  await directory.refresh()
  const agents = {
    find: async (id: string, scope: CallCenterActor['scope']) =>
      all.find((one) => one.id === id && covers(scope, one)),
    findAll: async (ids: readonly string[]) => all.filter((one) => ids.includes(one.id)),
    findOrCreateForUser: async (userId: string) => all.find((one) => one.userId === userId) as Agent, // of those users alone
  }
  const agentCallStore = {
    async add(call: Omit<AgentCall, 'id' | 'outcome'>) {
      const row = { ...call, id: String(rows.size + 1), outcome: null }
      rows.set(call.callId, row)
      return row
    },
    addIfMissing: (call: Omit<AgentCall, 'id' | 'outcome'>) => agentCallStore.add(call),
    find: async (id: string) => rows.get(id) ?? [...rows.values()].find((row) => row.id === id),
    async delete(callId: string) {
      mayFail()
      rows.delete(callId)
    },
  }
  let callerId: string | null = null
  const policy = () => ({
    allowedCallerNumber: (extension: string, text: string) =>
      extension === '1001' && text === '+4911' ? text : undefined,
    variants: (text: string): NumberVariants => [text.replace(/^030 /, '+4930'), text],
    embeddedVariants: () => [],
    check(text: string): AllowedNumber {
      if (text.startsWith('0900')) throw new Refusal('dial_denied', { detail: 'premium numbers' })
      const isEmergency = text === '112'
      return { number: text, kind: isEmergency ? 'emergency' : 'national', isEmergency }
    },
  })
  const clear = createClearance({
    policy,
    doNotCall: { has: async (spellings) => spellings.some((one) => barred.has(one)) },
  })
  const did =
    (name: string) =>
    async (actor: Actor, ...about: unknown[]) => {
      deeds.push([name, actor.userId, actor.claims.role, ...about])
    }
  const calls = {
    async dial({ userId }: { userId: string }, request: { number: string }) {
      await clear(request.number)
      deeds.push(['dial', userId, request])
      if (dialFails !== undefined) throw dialFails
      return { callId: '' }
    },
    hangup: did('hangup'),
    hold: did('hold'),
    unhold: did('unhold'),
    async transfer(actor: Actor, callId: string, number: string) {
      await clear(number)
      await did('transfer')(actor, callId, number)
    },
  } satisfies Pick<CallControl, 'dial' | 'hangup' | 'hold' | 'unhold' | 'transfer'>
  const agentLookup = createAgentLookup({ agents, directory, now: Date.now })
  const desk = createAgentCalls({
    callPlacer: createAgentCallPlacer({
      directory: { endpointOf: (extension) => extension },
      calls,
      leadLookup: {
        find: async (id, scope) =>
          id === lead.id && scope.sees !== 'own'
            ? lead
            : id === lead.id && scope.sees === 'own' && scope.agentId === lead.agentId
              ? lead
              : undefined,
        findByNumber: async (spellings) => (spellings.includes(lead.number) ? lead : undefined),
      },
      agents,
      campaigns: { find: async () => ({ rules: { callerId } }) as Campaign }, // what is read of it
      clear,
      queue: {
        async claim({ leadId, agentId, callId }) {
          if (claimedBy !== undefined) throw new Refusal('conflict')
          claimedBy = callId
          return {
            leadId,
            agentId,
            callId,
            number: lead.number,
            campaignId: '1',
            from: 'waiting',
            attempts: 0,
            since: 0,
          }
        },
        async inProgress() {
          const about = { number: '+49', campaignId: null, from: 'idle', attempts: 0, since: 0 } as const
          return claimedBy === undefined
            ? []
            : [{ ...about, leadId: lead.id, agentId: '3', callId: claimedBy }]
        },
        async complete({ callId }, { outcome, isAttempt, nextState, nextTryAt }) {
          mayFail()
          deeds.push(['settle', { outcome, counts: isAttempt, goesTo: nextState, nextTryAt }])
          if (claimedBy === callId) claimedBy = undefined
          return true
        },
      },
      agentCallStore,
      idempotencyKeys: {
        async claim(userId, key, fingerprint, callId) {
          const known = keys.get(`${userId} ${key}`) ?? { fingerprint, callId }
          keys.set(`${userId} ${key}`, known)
          if (known.fingerprint !== fingerprint) throw new Refusal('key_reused')
          return known.callId
        },
        async release(userId, key) {
          mayFail()
          keys.delete(`${userId} ${key}`)
        },
      },
      policy,
      callTracker: { find: (id) => live.get(id) },
      pause: async () => {
        pauses += 1
        if (pauses === settlesAfter) claimedBy = undefined
      },
      onFailure: (what) => void troubles.push(what),
      newId: () => String(++ids),
      now: () => 5_000,
    }),
    calls,
    callFinder: createCallFinder({
      agentCallStore,
      callTracker: { find: (id) => live.get(id) },
      history: { find: async () => undefined },
      placedCalls: { find: async () => undefined },
      agents,
      directory,
      agentLookup,
    }),
    agentLookup,
    agents,
    directory,
    mediaLinks: { issueForRecording: async (_, path) => ({ url: `/media/${path}`, expiresAt: 0 }) },
  })
  return {
    desk,
    deeds,
    barred,
    rows,
    keys,
    taken: () => claimedBy,
    troubles,
    undoFails(times: number) {
      undoFails = times
      settlesAfter = Number.POSITIVE_INFINITY
    },
    pauses: () => pauses,
    /** Somebody else has called the lead. */
    takenBy(callId: string, settles: number) {
      claimedBy = callId
      settlesAfter = settles
    },
    campaignShows: (number: string) => {
      callerId = number
    },
    failWith: (refusal: Refusal | undefined) => {
      dialFails = refusal
    },
    /** A call that nobody made from the desk. */
    lives(call: Call) {
      live.set(call.id, call)
      return call.id
    },
  }
}

const refusal = (code: string, detail?: string) =>
  expect.objectContaining(detail === undefined ? { code } : { code, detail: expect.stringContaining(detail) })

let world: Awaited<ReturnType<typeof createFixture>>
beforeEach(async () => {
  world = await createFixture()
})

describe('calling a lead', () => {
  const dial = (name: Name, order: { agentId?: string; idempotencyKey?: string } = {}) =>
    world.desk.dialLead(actorOf(name), { leadId: lead.id, ...order })

  test('takes it, notes it, and dials its number with the same id', async () => {
    const made = await dial('anna')
    expect(made).toMatchObject({
      callId: 'hk_1',
      agentId: '2',
      leadId: '9',
      campaignId: '1',
      number: '+49301',
    })
    expect(world.deeds).toEqual([['dial', '2', { callId: 'hk_1', number: '+49301', userId: '2' }]])
    expect(world.taken()).toBe('hk_1')
  })

  test.each<[string, Name, string | undefined, ReturnType<typeof refusal>]>([
    ['of somebody else', 'bert', undefined, refusal('not_found', 'Lead')],
    ['for another, by an agent', 'anna', '3', refusal('forbidden')],
    ['for one of another team', 'sven', '4', refusal('not_found', 'Agent')],
    ['by a supervisor without a phone', 'sven', undefined, refusal('conflict', 'no extension')],
    ['for somebody without a phone', 'root', '5', refusal('conflict', 'no extension')],
    ['for nobody', 'root', '99', refusal('not_found', 'Agent')],
  ])('not one %s', async (_, name, agentId, expected) => {
    await expect(dial(name, agentId === undefined ? {} : { agentId })).rejects.toEqual(expected)
    expect([world.deeds, world.rows.size, world.taken()]).toEqual([[], 0, undefined])
  })

  test.each<[string, Name]>([
    ['a supervisor', 'sven'],
    ['an admin', 'root'],
  ])('%s does for an agent, whose phone rings', async (_, name) => {
    expect(await dial(name, { agentId: '2' })).toMatchObject({ agentId: '2' })
    expect(world.deeds).toEqual([
      ['dial', actorOf(name).actor.userId, expect.objectContaining({ userId: '2' })],
    ])
  })

  test('not one that is on the do-not-call list: nothing is taken', async () => {
    world.barred.add(lead.number)
    await expect(dial('anna')).rejects.toEqual(refusal('dial_denied', 'do-not-call'))
    expect([world.deeds, world.rows.size, world.taken()]).toEqual([[], 0, undefined])
  })

  test('waits for a call before that is over and not settled yet', async () => {
    world.lives(aCall({ id: 'hk_0', state: 'ended' }))
    world.takenBy('hk_0', 3)
    expect(await dial('anna')).toMatchObject({ callId: 'hk_1' })
    expect(world.pauses()).toBe(3)
  })

  test('does not wait for ever', async () => {
    world.lives(aCall({ id: 'hk_0', state: 'ended' }))
    world.takenBy('hk_0', 1_000)
    await expect(dial('anna')).rejects.toEqual(refusal('conflict'))
    expect(world.pauses()).toBe(30)
  })

  test.each<[string, Call | undefined]>([
    ['that goes on', aCall({ id: 'hk_0' })],
    ['that nobody has heard of yet', undefined],
  ])('is refused at once during a call of the lead %s', async (_, call) => {
    if (call !== undefined) world.lives(call)
    world.takenBy('hk_0', 1)
    await expect(dial('anna')).rejects.toEqual(refusal('conflict'))
    expect([world.pauses(), world.deeds]).toEqual([0, []])
  })

  test.each([
    ['their campaign’s number, where the agent may', '+4911', { callerNumber: '+4911' }],
    ['the agent’s extension, where they may not show the campaign’s', '+4922', {}],
  ])('shows %s', async (_, number, shown) => {
    world.campaignShows(number)
    await dial('anna')
    expect(world.deeds).toEqual([['dial', '2', { callId: 'hk_1', number: '+49301', userId: '2', ...shown }]])
  })

  test('that the PBX would not dial is as it was, and no call of anybody', async () => {
    world.failWith(new Refusal('unavailable'))
    await expect(dial('anna', { idempotencyKey: 'k' })).rejects.toEqual(refusal('unavailable'))
    expect(world.deeds.at(-1)).toEqual([
      'settle',
      { outcome: null, counts: false, goesTo: 'waiting', nextTryAt: 77 },
    ])
    expect([world.rows.size, world.keys.size, world.taken()]).toEqual([0, 0, undefined])
    world.failWith(undefined)
    expect(await dial('anna', { idempotencyKey: 'k' })).toMatchObject({ callId: 'hk_2' })
  })

  test.each([1, 2, 3, 4, 9])(
    'that the PBX would not dial is as it was in the end, also where taking it back fails %i times',
    async (times) => {
      world.failWith(new Refusal('unavailable'))
      world.undoFails(times)
      await expect(dial('anna', { idempotencyKey: 'k' })).rejects.toEqual(refusal('unavailable'))
      expect(world.troubles).not.toEqual([])
      await expect.poll(() => [world.rows.size, world.keys.size, world.taken()]).toEqual([0, 0, undefined])
      world.failWith(undefined)
      expect(await dial('anna', { idempotencyKey: 'k' })).toMatchObject({ callId: 'hk_2' })
      expect(world.troubles.join()).not.toContain('not tried any more')
    },
  )

  test('that cannot be taken back is tried a few times, and the last failure is logged', async () => {
    world.failWith(new Refusal('unavailable'))
    world.undoFails(1_000)
    await expect(dial('anna')).rejects.toEqual(refusal('unavailable'))
    const lost = 'a lead that was not dialled could not be given back'
    await expect.poll(() => world.troubles).toContain(`${lost}, and is not tried any more`)
    expect(world.troubles.filter((what) => what === lost)).toHaveLength(1)
  })

  test('with the same key is the same call, and taken once; with another it is refused', async () => {
    const first = await dial('anna', { idempotencyKey: 'k' })
    expect(await dial('anna', { idempotencyKey: 'k' })).toEqual(first)
    expect(world.deeds).toHaveLength(1)
    await expect(dial('anna', { idempotencyKey: 'l' })).rejects.toEqual(refusal('conflict'))
    await expect(
      world.desk.dialNumber(actorOf('anna'), { number: '1002', idempotencyKey: 'k' }),
    ).rejects.toEqual(refusal('key_reused'))
  })
})

test('a key whose first request is under way is told so: there is no number to give yet', async () => {
  const order = { leadId: lead.id, idempotencyKey: 'k' }
  const [first, second] = await Promise.allSettled([
    world.desk.dialLead(actorOf('anna'), order),
    world.desk.dialLead(actorOf('anna'), order),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: refusal('conflict', 'under way') })
  expect(world.deeds).toHaveLength(1)
})

describe('calling a number', () => {
  const direct = (number: string, name: Name = 'anna') => world.desk.dialNumber(actorOf(name), { number })

  test('dials it was asked for, and takes nothing', async () => {
    expect(await direct('1002')).toMatchObject({ leadId: null, number: '1002' })
    expect([world.deeds, world.taken()]).toEqual([
      [['dial', '2', { callId: 'hk_1', number: '1002', userId: '2' }]],
      undefined,
    ])
  })

  test('of a lead is the lead’s call', async () => {
    expect(await direct('030 1')).toMatchObject({ leadId: '9', campaignId: '1' })
    expect(world.taken()).toBe('hk_1')
  })

  test.each([
    ['on the do-not-call list', '+4940', 'do-not-call'],
    ['that the policy bars', '0900123', 'premium'],
  ])('not one %s', async (_, number, words) => {
    world.barred.add('+4940')
    await expect(direct(number)).rejects.toEqual(refusal('dial_denied', words))
    expect([world.deeds, world.rows.size]).toEqual([[], 0])
  })

  test('for help is never barred', async () => {
    world.barred.add('112')
    expect(await direct('112')).toMatchObject({ number: '112' })
  })
})

describe('who knows of a call and commands it', () => {
  const ownTalk = () => world.lives(aCall()) // 1001 with 1002, both of sales
  const acrossTeams = () => world.lives(aCall({ legs: [aLeg('1003'), aLeg('1001', { role: 'callee' })] }))

  test.each<[Name, boolean]>([
    ['anna', true],
    ['bert', true],
    ['carl', false],
    ['sven', true],
    ['tara', false],
    ['lone', false],
    ['root', true],
  ])('%s: %s', async (name, knows) => {
    const id = ownTalk()
    const found = world.desk.find(actorOf(name), id)
    if (knows) expect((await found).call).toMatchObject({ callId: id, status: 'bridged' })
    else await expect(found).rejects.toEqual(refusal('not_found', 'Call'))
    const commands = [
      () => world.desk.hangup(actorOf(name), id),
      () => world.desk.hold(actorOf(name), id),
      () => world.desk.unhold(actorOf(name), id),
      () => world.desk.transfer(actorOf(name), id, { number: '1003' }),
    ]
    for (const command of commands) {
      if (knows) await command()
      else await expect(command()).rejects.toEqual(refusal('not_found', 'Call'))
    }
    expect(world.deeds).toHaveLength(knows ? commands.length : 0)
  })

  test('its first sight gives it a number, which is whose phone was called', async () => {
    const id = ownTalk()
    const { call } = await world.desk.find(actorOf('anna'), id)
    expect(call).toMatchObject({ id: '1', agentId: '3', direction: 'inbound' })
    expect((await world.desk.find(actorOf('root'), call.id)).call).toMatchObject({ callId: id })
    expect(world.rows.size).toBe(1)
  })

  test('of phones of nobody there is no call, not even for an admin', async () => {
    const id = world.lives(aCall({ legs: [aLeg('trunk'), aLeg('2000')] }))
    await expect(world.desk.find(actorOf('root'), id)).rejects.toEqual(refusal('not_found'))
  })

  test.each<[Name, string]>([
    ['sven', '2'],
    ['tara', '4'],
  ])('%s acts as the phone of their own team', async (name, userId) => {
    await world.desk.hold(actorOf(name), acrossTeams())
    expect(world.deeds).toEqual([['hold', userId, 'user', expect.any(String)]])
  })

  test('whoever is in it acts as themselves', async () => {
    await world.desk.hold(actorOf('anna'), acrossTeams())
    expect(world.deeds).toEqual([['hold', '2', 'user', expect.any(String)]])
  })

  test('a supervisor whose agent has left does nothing to the phones of others', async () => {
    const id = world.lives(aCall({ legs: [aLeg('1001', { state: 'ended' }), aLeg('1003')] }))
    await expect(world.desk.hold(actorOf('sven'), id)).rejects.toEqual(refusal('conflict', 'no phone'))
    expect(world.deeds).toEqual([])
  })

  test('what is over is shown and hung up, and nothing else is done to it', async () => {
    const id = world.lives(aCall({ state: 'ended', outcome: 'answered', endedAt: 1_700_000_009_000_000 }))
    expect((await world.desk.hangup(actorOf('anna'), id)).call.status).toBe('completed')
    await expect(world.desk.hold(actorOf('anna'), id)).rejects.toEqual(refusal('conflict', 'over'))
    expect(world.deeds).toEqual([])
  })
})

describe('handing a call to', () => {
  const transfer = (name: Name, target: { agentId: string } | { number: string }) =>
    world.desk.transfer(actorOf(name), world.lives(aCall({ legs: [aLeg('1001'), aLeg('trunk')] })), target)

  test('a colleague reaches their extension', async () => {
    await transfer('anna', { agentId: '3' })
    expect(world.deeds).toEqual([['transfer', '2', 'user', expect.any(String), '1002']])
  })

  test.each<[string, Name, string, ReturnType<typeof refusal>]>([
    ['somebody of another team', 'anna', '4', refusal('not_found', 'Agent')],
    ['nobody', 'anna', '99', refusal('not_found', 'Agent')],
    ['somebody without a phone', 'anna', '5', refusal('conflict', 'no extension')],
  ])('%s is refused', async (_, name, agentId, expected) => {
    await expect(transfer(name, { agentId })).rejects.toEqual(expected)
    expect(world.deeds).toEqual([])
  })

  test('a number on the do-not-call list is refused', async () => {
    world.barred.add('+4940')
    await expect(transfer('anna', { number: '+4940' })).rejects.toEqual(refusal('dial_denied'))
    expect(world.deeds).toEqual([])
  })
})
