import { describe, expect, test } from 'vitest'
import type { CallControl } from '../../../../api/core/calls/call-control.ts'
import type { PlacedCall } from '../../../../api/core/calls/call-history.ts'
import { type CallTracker, createCallTracker } from '../../../../api/core/calls/call-tracker.ts'
import { createCallWaiter } from '../../../../api/core/calls/call-waiter.ts'
import { createCallControl } from '../../../../api/core/calls/create-call-control.ts'
import { noPbx } from '../../../../api/core/calls/no-pbx.ts'
import type { Pbx } from '../../../../api/core/calls/pbx.ts'
import type { PbxChannel } from '../../../../api/core/calls/pbx-events.ts'
import { createPlaceCall } from '../../../../api/core/calls/place-call.ts'
import { createClearance } from '../../../../api/core/dial-policy/clearance.ts'
import type { NumberVariants } from '../../../../api/core/dial-policy/number-variants.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { aDirectory, anActor, findReachIn } from './fixtures/calls.ts'

const ID = '1700000000.1'
const directory = await aDirectory()
const [admin, user1, user2, user3] = [anActor('admin'), anActor('user1'), anActor('user2'), anActor('user3')]
/** user1 is of sales, user2 of support, user3 of no team. */
const [ofSales, ofSupport, ofLegal, ofNone] = [
  anActor('ofSales'),
  anActor('ofSupport'),
  anActor('ofLegal'),
  anActor('ofNone'),
]

interface Fixture {
  calls: CallControl
  table: CallTracker
  /** What the PBX was asked. */
  pbxCommands: unknown[][]
  softphoneCommands: unknown[][]
  dialled: Map<string, PlacedCall>
  tell(id: string, about: Partial<PbxChannel>): void
  gone(id: string, cause: number): void
}

/** 1001 talks with 1002 on a PBX that does what it is asked; `flaw` changes one thing of it. */
function createFixture(
  flaw: Partial<Pbx> = {},
  { listening = true, storesAway = false, reachOf = findReachIn(directory) } = {},
): Fixture {
  let at = 1_700_000_000_000_000
  const tracker = createCallTracker({
    isOwnEndpoint: (endpoint) => directory.findByEndpoint(endpoint) !== undefined,
    now: () => at / 1000,
    defer: (work) => setImmediate(work),
    onError: () => {},
  })
  const tell = (id: string, changes: Partial<PbxChannel>) =>
    tracker.handle({ kind: 'channel', id, at: ++at, changes })
  const gone = (id: string, cause: number) => tracker.handle({ kind: 'channel_ended', id, at: ++at, cause })
  const leg = (id: string, endpoint: string) =>
    tell(id, {
      name: `PJSIP/${endpoint}-0000000${id.at(-1)}`,
      endpoint,
      callId: ID,
      state: 'up',
      number: endpoint,
      dialedExtension: '1002',
      bridge: 'b',
      createdAt: at,
    })
  leg(ID, '1001')
  tracker.handle({ kind: 'dial', from: ID, to: '1700000000.2', at: ++at, end: undefined })
  leg('1700000000.2', '1002')
  tracker.handle({ kind: 'dial', from: ID, to: '1700000000.2', at: ++at, end: 'answered' })

  const pbxCommands: unknown[][] = []
  const softphoneCommands: unknown[][] = []
  const dialled = new Map<string, PlacedCall>()
  const does =
    (name: keyof Pbx) =>
    async (...args: unknown[]) => {
      pbxCommands.push([name, ...args])
      if (name === 'hangup') gone(String(args[0]), 16)
      if (name === 'transferBlind') gone(String(args[0]), 16)
      if (name === 'park') tell(String(args[0]), { parkingSpace: '701' })
      if (name === 'pauseRecording') tell(String(args[0]), { recording: args[1] === true ? 'paused' : 'on' })
    }
  const pbx: Pbx = {
    ...noPbx,
    state: () => ({ online: true, offlineSince: undefined, epoch: 'e' }),
    can: () => true,
    dial: does('dial'),
    hangup: does('hangup'),
    transferBlind: does('transferBlind'),
    sendDigits: does('sendDigits'),
    pressDigits: does('pressDigits'),
    park: does('park'),
    mute: does('mute'),
    pauseRecording: does('pauseRecording'),
    ...flaw,
  }
  const waiter = createCallWaiter(tracker)
  const policy = () => ({
    variants: (text: string): NumberVariants => [text],
    embeddedVariants: () => [],
    check(text: string) {
      if (text === '+33123') throw new Refusal('dial_denied', { detail: 'international' })
      return { number: text, kind: 'internal' as const, isEmergency: text === '112' }
    },
    limits: { perMinute: 1, perDay: 1, concurrent: 1 },
    allowedCallerNumber: (extension: string, text: string) =>
      extension === '1001' && text === '+49301001' ? text : undefined,
  })
  const clearNumber = createClearance({
    policy,
    doNotCall: {
      async has(spellings) {
        if (storesAway) throw new Refusal('unavailable')
        return spellings.includes('1009')
      },
    },
  })
  const keys = new Map<string, string>()
  let taken = 0
  const calls = createCallControl({
    dial: createPlaceCall({
      pbx,
      waiter,
      policy,
      clearNumber,
      limits: {
        async acquire() {
          taken += 1
          if (taken > 1) throw new Refusal('throttled', { retryAfter: 60 })
        },
        async release() {
          taken -= 1
        },
        heartbeat: async () => {},
      },
      idempotencyKeys: {
        async claim(userId, key, _, callId) {
          if (storesAway) throw new Refusal('unavailable')
          const known = keys.get(userId + key)
          if (known === undefined) keys.set(userId + key, callId)
          return known ?? callId
        },
        async release(userId, key) {
          keys.delete(userId + key)
        },
      },
      placedCalls: {
        async add(call) {
          if (storesAway) throw new Refusal('unavailable')
          dialled.set(call.id, call)
        },
        async finish(id, outcome) {
          const call = dialled.get(id)
          if (call !== undefined) dialled.set(id, { ...call, outcome })
        },
        find: async (id) => dialled.get(id),
        unfinished: async () => [],
      },
      directory,
      reachOf,
      newId: () => `n${dialled.size}`,
      now: () => at / 1000,
      ringMs: 30_000,
    }),
    pbx,
    tracker,
    waiter,
    clearNumber,
    placedCalls: { find: async (id) => dialled.get(id) },
    directory,
    reachOf,
    softphones: {
      isConnected: () => listening,
      async send(userId, command, callId) {
        if (!listening) throw new Refusal('not_supported')
        softphoneCommands.push([userId, command, callId])
        const own = userId === '2' ? ID : '1700000000.2'
        if (command === 'answer') tell(own, { state: 'up' })
        else tell(own, { holds: command === 'hold' })
      },
    },
    answerByNotify: false,
  })
  return { calls, table: tracker, pbxCommands, softphoneCommands, dialled, tell, gone }
}

describe('whose call it is', () => {
  test.each<[string, typeof user1, number]>([
    ['the caller sees it', user1, 1],
    ['the one called sees it', user2, 1],
    ['a third user sees nothing', user3, 0],
    ['an admin sees it', admin, 1],
    ['a supervisor of the caller’s team sees it', ofSales, 1],
    ['a supervisor of the other’s team sees it', ofSupport, 1],
    ['a supervisor of another team sees nothing', ofLegal, 0],
    ['a supervisor of no team sees it', ofNone, 1],
  ])('%s', async (_, actor, count) => {
    expect(await createFixture().calls.list(actor)).toHaveLength(count)
  })

  const commands: [string, (calls: CallControl, actor: typeof user1) => Promise<unknown>][] = [
    ['find', (calls, actor) => calls.find(actor, ID)],
    ['answer', (calls, actor) => calls.answer(actor, ID)],
    ['hangup', (calls, actor) => calls.hangup(actor, ID)],
    ['decline', (calls, actor) => calls.decline(actor, ID)],
    ['hold', (calls, actor) => calls.hold(actor, ID)],
    ['unhold', (calls, actor) => calls.unhold(actor, ID)],
    ['transfer', (calls, actor) => calls.transfer(actor, ID, '1003')],
    ['startTransfer', (calls, actor) => calls.startTransfer(actor, ID, '1003')],
    ['completeTransfer', (calls, actor) => calls.completeTransfer(actor, ID)],
    ['cancelTransfer', (calls, actor) => calls.cancelTransfer(actor, ID)],
    ['sendDigits', (calls, actor) => calls.sendDigits(actor, ID, '1')],
    ['park', (calls, actor) => calls.park(actor, ID)],
    ['mute', (calls, actor) => calls.mute(actor, ID, true)],
    ['pauseRecording', (calls, actor) => calls.pauseRecording(actor, ID, true)],
  ]
  test.each(commands)(
    'to a third user and another team’s supervisor there is no such call: %s',
    async (_, command) => {
      for (const actor of [user3, ofLegal]) {
        const { calls, pbxCommands, softphoneCommands } = createFixture()
        await expect(command(calls, actor)).rejects.toMatchObject({ code: 'not_found' })
        expect([...pbxCommands, ...softphoneCommands]).toEqual([])
      }
    },
  )
  test('with reach all, a supervisor of another team acts on it', async () => {
    const { calls, pbxCommands } = createFixture({}, { reachOf: findReachIn(directory, 'all') })
    expect(await calls.list(ofLegal)).toHaveLength(1)
    await calls.hangup(ofLegal, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test('one’s own call is commanded while the database is away', async () => {
    const reachOf = async () => {
      throw new Refusal('unavailable')
    }
    const { calls, pbxCommands, tell } = createFixture({}, { reachOf })
    tell('1700000000.3', { name: 'PJSIP/1006-3', endpoint: '1006', callId: ID, state: 'up', bridge: 'b' })
    await calls.mute(ofLegal, ID, true)
    await calls.hangup(ofLegal, ID)
    expect(pbxCommands.map(([name, channel]) => [name, channel])).toEqual([
      ['mute', '1700000000.3'],
      ['hangup', '1700000000.3'],
    ])
    await expect(createFixture({}, { reachOf }).calls.hangup(ofLegal, ID)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
  test.each(commands.filter(([name]) => name !== 'find' && name !== 'hangup'))(
    'on a call that is over is a conflict: %s',
    async (_, command) => {
      const { calls, gone } = createFixture()
      gone(ID, 16)
      gone('1700000000.2', 16)
      await expect(command(calls, user1)).rejects.toMatchObject({ code: 'conflict' })
    },
  )
})

describe('a command', () => {
  test('hangs up the own phone alone', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.2', 'normal']])
  })
  test('that hangs up is done when the call is over, where the PBX hangs up whoever is left alone', async () => {
    const { calls, table, gone } = createFixture({
      async hangup(channel) {
        gone(channel, 16)
        setTimeout(() => gone(ID, 16), 30)
      },
    })
    await calls.hangup(user2, ID)
    expect(table.find(ID)?.state).toBe('ended')
  })
  test('hangs nothing up for whose phone has left the call', async () => {
    const { calls, pbxCommands, gone } = createFixture()
    gone('1700000000.2', 16)
    await expect(calls.hangup(user2, ID)).rejects.toMatchObject({ code: 'conflict' })
    expect(pbxCommands).toEqual([])
  })
  test('of an admin hangs up everybody', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(admin, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test.each([
    ['the caller’s', ofSales, ID],
    ['the other’s', ofSupport, '1700000000.2'],
  ])('of a supervisor of %s team is for the phone of that team alone', async (_, actor, own) => {
    const { calls, pbxCommands, softphoneCommands, tell } = createFixture()
    await calls.mute(actor, ID, true)
    await calls.sendDigits(actor, ID, '1')
    await calls.hold(actor, ID)
    const far = own === ID ? '1700000000.2' : ID
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([own, far])
    expect(softphoneCommands).toEqual([[own === ID ? '2' : '3', 'hold', ID]])
    tell(ID, { recording: 'on' })
    await calls.pauseRecording(actor, ID, true)
    await calls.hangup(actor, ID)
    expect(pbxCommands.slice(3)).toEqual([['hangup', own, 'normal']])
  })
  test('of a supervisor hangs up all of a call that no phone of another team is in', async () => {
    const { calls, pbxCommands, gone, tell } = createFixture()
    gone('1700000000.2', 16)
    tell('1700000000.3', { name: 'PJSIP/trunk-3', endpoint: 'trunk', callId: ID, state: 'up', bridge: 'b' })
    await calls.hangup(ofSales, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.3'])
  })
  test('of whoever has left the call, with all of their team, is a conflict, and does nothing', async () => {
    const { calls, pbxCommands, gone, tell } = createFixture()
    tell(ID, { recording: 'on' })
    gone('1700000000.2', 16)
    await expect(calls.hangup(ofSupport, ID)).rejects.toMatchObject({ code: 'conflict' })
    await expect(calls.mute(ofSupport, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    for (const actor of [user2, ofSupport]) {
      await expect(calls.pauseRecording(actor, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    }
    expect(pbxCommands).toEqual([])
  })
  test('declines with "busy" what rings', async () => {
    const { calls, pbxCommands, tell } = createFixture()
    tell('1700000000.3', { name: 'PJSIP/1002-3', endpoint: '1002', callId: ID, state: 'ringing' })
    await calls.decline(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.3', 'busy']])
  })
  test.each(['hold', 'unhold'] as const)('%s is the softphone’s to do', async (command) => {
    const { calls, softphoneCommands, tell } = createFixture()
    tell(ID, { holds: command === 'unhold' })
    await calls[command](user1, ID)
    expect(softphoneCommands).toEqual([['2', command, ID]])
  })
  test('hold without a softphone that listens is not supported', async () => {
    const { calls } = createFixture({}, { listening: false })
    await expect(calls.hold(user1, ID)).rejects.toMatchObject({ code: 'not_supported' })
  })
  test('answer where nothing rings is a conflict', async () => {
    await expect(createFixture().calls.answer(user1, ID)).rejects.toMatchObject({ code: 'conflict' })
  })
  test('transfers under the dial policy', async () => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.transfer(user1, ID, '+33123')).rejects.toMatchObject({ code: 'dial_denied' })
    expect(pbxCommands).toEqual([])
    await calls.transfer(user1, ID, '1003')
    expect(pbxCommands).toEqual([['transferBlind', ID, '1003']])
  })
  test.each<[string, (calls: CallControl, number: string) => Promise<unknown>]>([
    ['dial', (calls, number) => calls.dial(user1, { number })],
    ['transfer', (calls, number) => calls.transfer(user1, ID, number)],
    ['startTransfer', (calls, number) => calls.startTransfer(user1, ID, number)],
  ])('%s reaches no number on the do-not-call list, and none while the list is away', async (_, command) => {
    const { calls, pbxCommands } = createFixture()
    await expect(command(calls, '1009')).rejects.toMatchObject({
      code: 'dial_denied',
      detail: expect.stringContaining('do-not-call'),
    })
    expect(pbxCommands).toEqual([])
    const away = createFixture({}, { storesAway: true })
    await expect(command(away.calls, '1003')).rejects.toMatchObject({ code: 'unavailable' })
    expect(away.pbxCommands).toEqual([])
  })
  test.each(['completeTransfer', 'cancelTransfer'] as const)(
    '%s ends no call where no transfer is under way',
    async (command) => {
      const { calls, pbxCommands } = createFixture()
      await expect(calls[command](user1, ID)).rejects.toMatchObject({ code: 'conflict' })
      expect(pbxCommands).toEqual([])
    },
  )
  test('completes a transfer, once the other end waits elsewhere', async () => {
    const { calls, pbxCommands, tell } = createFixture()
    tell(ID, { bridge: 'consultation' })
    await calls.completeTransfer(user1, ID)
    expect(pbxCommands).toEqual([['hangup', ID, 'normal']])
  })
  test('parks the other end, and says where', async () => {
    const { calls, pbxCommands } = createFixture()
    expect(await calls.park(user1, ID)).toEqual({ space: '701' })
    expect(pbxCommands).toEqual([['park', '1700000000.2', 'PJSIP/1001-00000001']])
  })
  test('pauses a recording, and not one that is not', async () => {
    const { calls, tell } = createFixture()
    await expect(calls.pauseRecording(user1, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    tell(ID, { recording: 'on' })
    await calls.pauseRecording(user1, ID, true)
    expect(await calls.find(user1, ID)).toMatchObject({ call: { recording: 'paused' } })
  })
  test('pauses every recording of a call, on whichever channel, and all that is left of them', async () => {
    const { calls, tell, pbxCommands } = createFixture()
    for (const id of [ID, '1700000000.2']) tell(id, { recording: 'on' })
    tell('1700000000.2', { recording: 'off' })
    await calls.pauseRecording(user1, ID, true)
    expect(pbxCommands).toEqual([['pauseRecording', ID, true]])
    tell('1700000000.2', { recording: 'on' })
    await calls.pauseRecording(user1, ID, true)
    expect(
      pbxCommands
        .slice(1)
        .map(([, id]) => id)
        .sort(),
    ).toEqual([ID, '1700000000.2'])
    expect(await calls.find(user1, ID)).toMatchObject({ call: { recording: 'paused' } })
  })
  test.each(['completeTransfer', 'cancelTransfer'] as const)(
    'orders nothing for %s where a Local channel joins the bridges of the two ends: they talk',
    async (command) => {
      const { calls, pbxCommands, tell } = createFixture()
      const half = (n: number, bridge: string) =>
        tell(`1700000000.${n + 2}`, {
          ...{
            name: `Local/1002@from-queue-00000001;${n}`,
            endpoint: undefined,
            callId: ID,
            state: 'up',
            bridge,
          },
        })
      half(1, 'b')
      half(2, 'b2')
      tell('1700000000.2', { bridge: 'b2' })
      await expect(calls[command](user2, ID)).rejects.toMatchObject({
        code: 'conflict',
        detail: 'no transfer is under way',
      })
      expect(pbxCommands).toEqual([])
    },
  )
  describe('digits', () => {
    const FAR = '1700000000.2'
    test('are sent to the other end, and never pressed in its company', async () => {
      const { calls, pbxCommands } = createFixture()
      await calls.sendDigits(user1, ID, '#1630')
      expect(pbxCommands).toEqual([['sendDigits', FAR, '#1630']])
    })
    test('are sent to each end of a call of three', async () => {
      const { calls, pbxCommands, tell } = createFixture()
      tell('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'up', bridge: 'b' })
      await calls.sendDigits(user1, ID, '1')
      expect(pbxCommands).toEqual([
        ['sendDigits', FAR, '1'],
        ['sendDigits', '1700000000.3', '1'],
      ])
    })
    test('are pressed where the dialplan has the call, until another end comes into it', async () => {
      const { calls, pbxCommands, tell, gone } = createFixture()
      gone(FAR, 16)
      tell(ID, { bridge: undefined })
      await calls.sendDigits(user1, ID, '12#')
      expect(pbxCommands).toEqual([['pressDigits', ID, '12#', expect.any(Function)]])
      const mayPress = pbxCommands[0]?.[3] as () => boolean
      expect(mayPress()).toBe(true)
      tell('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'ringing' })
      expect(mayPress()).toBe(false)
    })
    test.each<[string, (it: Fixture) => void]>([
      ['another end is rung', ({ tell }) => tell(FAR, { state: 'ringing', bridge: undefined })],
      ['the other end waits in another bridge', ({ tell }) => tell(FAR, { bridge: 'b2' })],
      ['the other end is hidden in the bridge', ({ gone }) => gone(FAR, 16)],
      ['the leg is parked', ({ tell }) => tell(ID, { bridge: undefined, parkingSpace: '701' })],
    ])('are refused while %s', async (_, happens) => {
      const it = createFixture()
      happens(it)
      await expect(it.calls.sendDigits(user1, ID, '#1630')).rejects.toMatchObject({ code: 'conflict' })
      expect(it.pbxCommands).toEqual([])
    })
    test('wait for an end that has answered to enter the bridge', async () => {
      const { calls, pbxCommands, tell } = createFixture()
      tell(FAR, { bridge: undefined })
      const sending = calls.sendDigits(user1, ID, '1')
      setImmediate(() => tell(FAR, { bridge: 'b' }))
      await sending
      expect(pbxCommands).toEqual([['sendDigits', FAR, '1']])
    })
  })
  test.each(['', 'x', '1,2', '1\r\n', '1'.repeat(33), '１'])('sends no digits like %j', async (digits) => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.sendDigits(user1, ID, digits)).rejects.toMatchObject({ code: 'input_invalid' })
    expect(pbxCommands).toEqual([])
  })
})

describe('dialling', () => {
  test('rings the own phone, then the number, by an id of ours', async () => {
    const { calls, pbxCommands } = createFixture()
    const { callId } = await calls.dial(user1, { number: '1002' })
    expect(callId).toBe('hk_n0')
    expect(pbxCommands).toEqual([
      [
        'dial',
        {
          callId: 'hk_n0',
          endpoint: '1001',
          number: '1002',
          callerId: { name: 'user1', number: '1001' },
          ringMs: 30_000,
        },
      ],
    ])
    expect(await calls.find(user1, callId)).toMatchObject({ kind: 'requested', number: '1002' })
    await expect(calls.find(user2, callId)).rejects.toMatchObject({ code: 'not_found' })
  })
  test('with the same key gives the same call, and dials once', async () => {
    const { calls, pbxCommands } = createFixture()
    const first = await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })
    expect(await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).toEqual(first)
    expect(pbxCommands).toHaveLength(1)
  })
  test('with a key that was refused may be tried again', async () => {
    let offline = true
    const { calls } = createFixture({
      dial: async () => {
        if (offline) throw new Refusal('unavailable')
      },
    })
    const request = { number: '1002', idempotencyKey: 'k' }
    await expect(calls.dial(user1, request)).rejects.toMatchObject({ code: 'unavailable' })
    offline = false
    await expect(calls.dial(user1, request)).resolves.toBeDefined()
  })
  test('is limited, but for emergencies', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.dial(user1, { number: '1002' })
    await expect(calls.dial(user1, { number: '1003' })).rejects.toMatchObject({ code: 'throttled' })
    await calls.dial(user1, { number: '112' })
    expect(pbxCommands).toHaveLength(2)
  })
  test.each<[string, Parameters<CallControl['dial']>[1], string]>([
    ['the own number', { number: '1001' }, 'input_invalid'],
    ['what the policy denies', { number: '+33123' }, 'dial_denied'],
    ['another’s phone', { number: '1003', userId: '3' }, 'forbidden'],
    ['another’s number to show', { number: '1003', callerNumber: '1002' }, 'dial_denied'],
  ])('refuses %s, and nothing rings', async (_, request, code) => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.dial(user1, request)).rejects.toMatchObject({ code })
    expect(pbxCommands).toEqual([])
  })
  test('a supervisor dials for another, whose phone rings', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.dial(admin, { number: '1003', userId: '3' })
    expect(pbxCommands).toMatchObject([['dial', { endpoint: '1002' }]])
  })
  test.each([
    ['of their team', ofSales, '2', undefined],
    ['of another team', ofSales, '3', 'not_found'],
    ['of no team', ofSales, '4', 'not_found'],
    ['there is not', ofSales, '77', 'not_found'],
    ['of any team, where they are in none', ofNone, '3', undefined],
  ])('a supervisor for somebody %s', async (_, actor, userId, code) => {
    const { calls, pbxCommands } = createFixture()
    const dialled = calls.dial(actor, { number: '1003', userId })
    if (code !== undefined) await expect(dialled).rejects.toMatchObject({ code })
    else await dialled
    expect(pbxCommands).toHaveLength(code === undefined ? 1 : 0)
  })
  test('a call that was only asked for is found and called off by whoever oversees its user', async () => {
    const { calls, pbxCommands } = createFixture()
    const { callId } = await calls.dial(user1, { number: '1002' })
    for (const actor of [ofSupport, ofLegal]) {
      await expect(calls.find(actor, callId)).rejects.toMatchObject({ code: 'not_found' })
      await expect(calls.hangup(actor, callId)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await calls.find(ofSales, callId)).toMatchObject({ kind: 'requested' })
    await calls.hangup(ofSales, callId)
    expect(pbxCommands.at(-1)).toEqual(['hangup', callId, 'normal'])
  })
  test('while the PBX is away is refused, and nothing is kept for later', async () => {
    const { calls, dialled } = createFixture({
      state: () => ({ online: false, offlineSince: 0, epoch: undefined }),
    })
    await expect(calls.dial(user1, { number: '1002' })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 2,
    })
    expect(dialled.size).toBe(0)
  })
  test('whose answer was lost is found by its id once the PBX tells of it, and never sent again', async () => {
    const sent: string[] = []
    const { calls, tell } = createFixture({
      async dial({ callId }) {
        sent.push(callId)
        setTimeout(
          () => tell(callId, { name: 'PJSIP/1001-9', endpoint: '1001', callId, state: 'ringing' }),
          50,
        )
        throw new Refusal('unconfirmed')
      },
    })
    const { callId } = await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })
    expect((await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).callId).toBe(callId)
    expect(sent).toEqual([callId])
  })
  test('for help is done even while every store is away', async () => {
    const { calls, pbxCommands } = createFixture({}, { storesAway: true })
    await expect(calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'unavailable',
    })
    await calls.dial(user1, { number: '112', idempotencyKey: 'k' })
    expect(pbxCommands).toMatchObject([['dial', { number: '112' }]])
  })
  test('can be called off before the phone rings', async () => {
    const { calls, pbxCommands } = createFixture()
    const { callId } = await calls.dial(user1, { number: '1002' })
    await calls.hangup(user1, callId)
    expect(pbxCommands.at(-1)).toEqual(['hangup', callId, 'normal'])
    await expect(calls.hangup(user2, callId)).rejects.toMatchObject({ code: 'not_found' })
  })
})
