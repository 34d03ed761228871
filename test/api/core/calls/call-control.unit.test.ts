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
/** Teams: user1 sales, user2 support, user3 none. */
const [ofSales, ofSupport, ofLegal, ofNone] = [
  anActor('ofSales'),
  anActor('ofSupport'),
  anActor('ofLegal'),
  anActor('ofNone'),
]

interface Fixture {
  calls: CallControl
  tracker: CallTracker
  /** The commands that the PBX got. */
  pbxCommands: unknown[][]
  softphoneCommands: unknown[][]
  placed: Map<string, PlacedCall>
  update(id: string, about: Partial<PbxChannel>): void
  gone(id: string, cause: number): void
}

/** 1001 talks with 1002 on a PBX that carries out all commands; `pbxChanges` changes one of them. */
function createFixture(
  pbxChanges: Partial<Pbx> = {},
  { listening = true, storesAway = false, reachOf = findReachIn(directory) } = {},
): Fixture {
  let at = 1_700_000_000_000_000
  const tracker = createCallTracker({
    isOwnEndpoint: (endpoint) => directory.findByEndpoint(endpoint) !== undefined,
    now: () => at / 1000,
    defer: (work) => setImmediate(work),
    onError: () => {},
  })
  const update = (id: string, changes: Partial<PbxChannel>) =>
    tracker.handle({ kind: 'channel', id, at: ++at, changes })
  const gone = (id: string, cause: number) => tracker.handle({ kind: 'channel_ended', id, at: ++at, cause })
  const leg = (id: string, endpoint: string) =>
    update(id, {
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
  const placed = new Map<string, PlacedCall>()
  const does =
    (name: keyof Pbx) =>
    async (...args: unknown[]) => {
      pbxCommands.push([name, ...args])
      if (name === 'hangup') gone(String(args[0]), 16)
      if (name === 'transferBlind') gone(String(args[0]), 16)
      if (name === 'park') update(String(args[0]), { parkingSpace: '701' })
      if (name === 'pauseRecording')
        update(String(args[0]), { recording: args[1] === true ? 'paused' : 'on' })
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
    ...pbxChanges,
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
          placed.set(call.id, call)
        },
        async finish(id, outcome) {
          const call = placed.get(id)
          if (call !== undefined) placed.set(id, { ...call, outcome })
        },
        find: async (id) => placed.get(id),
        unfinished: async () => [],
      },
      directory,
      reachOf,
      newId: () => `n${placed.size}`,
      now: () => at / 1000,
      ringMs: 30_000,
    }),
    pbx,
    tracker,
    waiter,
    clearNumber,
    placedCalls: { find: async (id) => placed.get(id) },
    directory,
    reachOf,
    softphones: {
      isConnected: () => listening,
      async send(userId, command, callId) {
        if (!listening) throw new Refusal('not_supported')
        softphoneCommands.push([userId, command, callId])
        const own = userId === '2' ? ID : '1700000000.2'
        if (command === 'answer') update(own, { state: 'up' })
        else update(own, { holds: command === 'hold' })
      },
    },
    answerByNotify: false,
  })
  return { calls, tracker: tracker, pbxCommands, softphoneCommands, placed, update, gone }
}

describe('access to a call', () => {
  test.each<[string, typeof user1, number]>([
    ['the caller sees it', user1, 1],
    ['the callee sees it', user2, 1],
    ['a third user sees nothing', user3, 0],
    ['an admin sees it', admin, 1],
    ['a supervisor of the caller’s team sees it', ofSales, 1],
    ['a supervisor of the callee’s team sees it', ofSupport, 1],
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
  test('includes a supervisor of another team if supervisors reach all', async () => {
    const { calls, pbxCommands } = createFixture({}, { reachOf: findReachIn(directory, 'all') })
    expect(await calls.list(ofLegal)).toHaveLength(1)
    await calls.hangup(ofLegal, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test('to one’s own call works while the database is unavailable', async () => {
    const reachOf = async () => {
      throw new Refusal('unavailable')
    }
    const { calls, pbxCommands, update } = createFixture({}, { reachOf })
    update('1700000000.3', { name: 'PJSIP/1006-3', endpoint: '1006', callId: ID, state: 'up', bridge: 'b' })
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

describe('a call command', () => {
  test('hangs up the own phone alone', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.2', 'normal']])
  })
  test('that hangs up resolves when the call has ended, if the PBX hangs up an end that is left alone', async () => {
    const { calls, tracker, gone } = createFixture({
      async hangup(channel) {
        gone(channel, 16)
        setTimeout(() => gone(ID, 16), 30)
      },
    })
    await calls.hangup(user2, ID)
    expect(tracker.find(ID)?.state).toBe('ended')
  })
  test('hangs up nothing for a user after their phone has left the call', async () => {
    const { calls, pbxCommands, gone } = createFixture()
    gone('1700000000.2', 16)
    await expect(calls.hangup(user2, ID)).rejects.toMatchObject({ code: 'conflict' })
    expect(pbxCommands).toEqual([])
  })
  test('of an admin hangs up all ends', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(admin, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test.each([
    ['the caller’s', ofSales, ID],
    ['the callee’s', ofSupport, '1700000000.2'],
  ])('of a supervisor of %s team acts on the phone of that team alone', async (_, actor, own) => {
    const { calls, pbxCommands, softphoneCommands, update } = createFixture()
    await calls.mute(actor, ID, true)
    await calls.sendDigits(actor, ID, '1')
    await calls.hold(actor, ID)
    const far = own === ID ? '1700000000.2' : ID
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([own, far])
    expect(softphoneCommands).toEqual([[own === ID ? '2' : '3', 'hold', ID]])
    update(ID, { recording: 'on' })
    await calls.pauseRecording(actor, ID, true)
    await calls.hangup(actor, ID)
    expect(pbxCommands.slice(3)).toEqual([['hangup', own, 'normal']])
  })
  test('of a supervisor hangs up the whole call if no phone of another team is in it', async () => {
    const { calls, pbxCommands, gone, update } = createFixture()
    gone('1700000000.2', 16)
    update('1700000000.3', { name: 'PJSIP/trunk-3', endpoint: 'trunk', callId: ID, state: 'up', bridge: 'b' })
    await calls.hangup(ofSales, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.3'])
  })
  test('of an actor who has left the call, with all of their team, is a conflict and does nothing', async () => {
    const { calls, pbxCommands, gone, update } = createFixture()
    update(ID, { recording: 'on' })
    gone('1700000000.2', 16)
    await expect(calls.hangup(ofSupport, ID)).rejects.toMatchObject({ code: 'conflict' })
    await expect(calls.mute(ofSupport, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    for (const actor of [user2, ofSupport]) {
      await expect(calls.pauseRecording(actor, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    }
    expect(pbxCommands).toEqual([])
  })
  test('declines a ringing phone with "busy"', async () => {
    const { calls, pbxCommands, update } = createFixture()
    update('1700000000.3', { name: 'PJSIP/1002-3', endpoint: '1002', callId: ID, state: 'ringing' })
    await calls.decline(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.3', 'busy']])
  })
  test.each(['hold', 'unhold'] as const)('%s is sent to the softphone', async (command) => {
    const { calls, softphoneCommands, update } = createFixture()
    update(ID, { holds: command === 'unhold' })
    await calls[command](user1, ID)
    expect(softphoneCommands).toEqual([['2', command, ID]])
  })
  test('hold is not supported without a connected softphone', async () => {
    const { calls } = createFixture({}, { listening: false })
    await expect(calls.hold(user1, ID)).rejects.toMatchObject({ code: 'not_supported' })
  })
  test('answer is a conflict if no phone rings', async () => {
    await expect(createFixture().calls.answer(user1, ID)).rejects.toMatchObject({ code: 'conflict' })
  })
  test('transfers according to the dial policy', async () => {
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
  ])(
    '%s reaches no number on the do-not-call list, and none while the list is unavailable',
    async (_, command) => {
      const { calls, pbxCommands } = createFixture()
      await expect(command(calls, '1009')).rejects.toMatchObject({
        code: 'dial_denied',
        detail: expect.stringContaining('do-not-call'),
      })
      expect(pbxCommands).toEqual([])
      const away = createFixture({}, { storesAway: true })
      await expect(command(away.calls, '1003')).rejects.toMatchObject({ code: 'unavailable' })
      expect(away.pbxCommands).toEqual([])
    },
  )
  test.each(['completeTransfer', 'cancelTransfer'] as const)(
    '%s ends no call if no transfer is under way',
    async (command) => {
      const { calls, pbxCommands } = createFixture()
      await expect(calls[command](user1, ID)).rejects.toMatchObject({ code: 'conflict' })
      expect(pbxCommands).toEqual([])
    },
  )
  test('completes a transfer while the other end waits in another bridge', async () => {
    const { calls, pbxCommands, update } = createFixture()
    update(ID, { bridge: 'consultation' })
    await calls.completeTransfer(user1, ID)
    expect(pbxCommands).toEqual([['hangup', ID, 'normal']])
  })
  test('parks the other end, and returns the space', async () => {
    const { calls, pbxCommands } = createFixture()
    expect(await calls.park(user1, ID)).toEqual({ space: '701' })
    expect(pbxCommands).toEqual([['park', '1700000000.2', 'PJSIP/1001-00000001']])
  })
  test('pauses a recording, and is a conflict without one', async () => {
    const { calls, update } = createFixture()
    await expect(calls.pauseRecording(user1, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    update(ID, { recording: 'on' })
    await calls.pauseRecording(user1, ID, true)
    expect(await calls.find(user1, ID)).toMatchObject({ call: { recording: 'paused' } })
  })
  test('pauses every recording of a call on any channel, and each that is still running', async () => {
    const { calls, update, pbxCommands } = createFixture()
    for (const id of [ID, '1700000000.2']) update(id, { recording: 'on' })
    update('1700000000.2', { recording: 'off' })
    await calls.pauseRecording(user1, ID, true)
    expect(pbxCommands).toEqual([['pauseRecording', ID, true]])
    update('1700000000.2', { recording: 'on' })
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
      const { calls, pbxCommands, update } = createFixture()
      const half = (n: number, bridge: string) =>
        update(`1700000000.${n + 2}`, {
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
      update('1700000000.2', { bridge: 'b2' })
      await expect(calls[command](user2, ID)).rejects.toMatchObject({
        code: 'conflict',
        detail: 'no transfer is under way',
      })
      expect(pbxCommands).toEqual([])
    },
  )
  describe('digits', () => {
    const FAR = '1700000000.2'
    test('are sent to the other end, and not pressed while it is in the bridge', async () => {
      const { calls, pbxCommands } = createFixture()
      await calls.sendDigits(user1, ID, '#1630')
      expect(pbxCommands).toEqual([['sendDigits', FAR, '#1630']])
    })
    test('are sent to each other end of a call of three', async () => {
      const { calls, pbxCommands, update } = createFixture()
      update('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'up', bridge: 'b' })
      await calls.sendDigits(user1, ID, '1')
      expect(pbxCommands).toEqual([
        ['sendDigits', FAR, '1'],
        ['sendDigits', '1700000000.3', '1'],
      ])
    })
    test('are pressed while the dialplan handles the call, until another end joins it', async () => {
      const { calls, pbxCommands, update, gone } = createFixture()
      gone(FAR, 16)
      update(ID, { bridge: undefined })
      await calls.sendDigits(user1, ID, '12#')
      expect(pbxCommands).toEqual([['pressDigits', ID, '12#', expect.any(Function)]])
      const mayPress = pbxCommands[0]?.[3] as () => boolean
      expect(mayPress()).toBe(true)
      update('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'ringing' })
      expect(mayPress()).toBe(false)
    })
    test.each<[string, (it: Fixture) => void]>([
      ['another end rings', ({ update }) => update(FAR, { state: 'ringing', bridge: undefined })],
      ['the other end waits in another bridge', ({ update }) => update(FAR, { bridge: 'b2' })],
      ['the other end is hidden in the bridge', ({ gone }) => gone(FAR, 16)],
      ['the leg is parked', ({ update }) => update(ID, { bridge: undefined, parkingSpace: '701' })],
    ])('are refused while %s', async (_, happens) => {
      const it = createFixture()
      happens(it)
      await expect(it.calls.sendDigits(user1, ID, '#1630')).rejects.toMatchObject({ code: 'conflict' })
      expect(it.pbxCommands).toEqual([])
    })
    test('wait until an end that has answered enters the bridge', async () => {
      const { calls, pbxCommands, update } = createFixture()
      update(FAR, { bridge: undefined })
      const sending = calls.sendDigits(user1, ID, '1')
      setImmediate(() => update(FAR, { bridge: 'b' }))
      await sending
      expect(pbxCommands).toEqual([['sendDigits', FAR, '1']])
    })
  })
  test.each(['', 'x', '1,2', '1\r\n', '1'.repeat(33), '１'])('refuses %j as digits', async (digits) => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.sendDigits(user1, ID, digits)).rejects.toMatchObject({ code: 'input_invalid' })
    expect(pbxCommands).toEqual([])
  })
})

describe('placing a call', () => {
  test('rings the own phone, then the number, with an id of ours', async () => {
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
  test('with the same idempotency key returns the same call, and dials once', async () => {
    const { calls, pbxCommands } = createFixture()
    const first = await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })
    expect(await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).toEqual(first)
    expect(pbxCommands).toHaveLength(1)
  })
  test('may be repeated with the key of a refused request', async () => {
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
  test('is limited, except for emergencies', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.dial(user1, { number: '1002' })
    await expect(calls.dial(user1, { number: '1003' })).rejects.toMatchObject({ code: 'throttled' })
    await calls.dial(user1, { number: '112' })
    expect(pbxCommands).toHaveLength(2)
  })
  test.each<[string, Parameters<CallControl['dial']>[1], string]>([
    ['the own number', { number: '1001' }, 'input_invalid'],
    ['a number that the policy denies', { number: '+33123' }, 'dial_denied'],
    ['another user’s phone', { number: '1003', userId: '3' }, 'forbidden'],
    ['another user’s number as caller number', { number: '1003', callerNumber: '1002' }, 'dial_denied'],
  ])('refuses %s, and no phone rings', async (_, request, code) => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.dial(user1, request)).rejects.toMatchObject({ code })
    expect(pbxCommands).toEqual([])
  })
  test('rings the phone of the user for whom a supervisor dials', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.dial(admin, { number: '1003', userId: '3' })
    expect(pbxCommands).toMatchObject([['dial', { endpoint: '1002' }]])
  })
  test.each([
    ['of their team', ofSales, '2', undefined],
    ['of another team', ofSales, '3', 'not_found'],
    ['of no team', ofSales, '4', 'not_found'],
    ['that does not exist', ofSales, '77', 'not_found'],
    ['of any team, where they are in none', ofNone, '3', undefined],
  ])('by a supervisor for a user %s', async (_, actor, userId, code) => {
    const { calls, pbxCommands } = createFixture()
    const placed = calls.dial(actor, { number: '1003', userId })
    if (code !== undefined) await expect(placed).rejects.toMatchObject({ code })
    else await placed
    expect(pbxCommands).toHaveLength(code === undefined ? 1 : 0)
  })
  test('lets those who oversee the user find and cancel a call that was only requested', async () => {
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
  test('is refused while the PBX is offline, and nothing is queued', async () => {
    const { calls, placed } = createFixture({
      state: () => ({ online: false, offlineSince: 0, epoch: undefined }),
    })
    await expect(calls.dial(user1, { number: '1002' })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 2,
    })
    expect(placed.size).toBe(0)
  })
  test('is not repeated if the response was lost, and is found by its id once the PBX reports it', async () => {
    const sent: string[] = []
    const { calls, update } = createFixture({
      async dial({ callId }) {
        sent.push(callId)
        setTimeout(
          () => update(callId, { name: 'PJSIP/1001-9', endpoint: '1001', callId, state: 'ringing' }),
          50,
        )
        throw new Refusal('unconfirmed')
      },
    })
    const { callId } = await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })
    expect((await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).callId).toBe(callId)
    expect(sent).toEqual([callId])
  })
  test('reaches an emergency number while every store is unavailable', async () => {
    const { calls, pbxCommands } = createFixture({}, { storesAway: true })
    await expect(calls.dial(user1, { number: '1002', idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'unavailable',
    })
    await calls.dial(user1, { number: '112', idempotencyKey: 'k' })
    expect(pbxCommands).toMatchObject([['dial', { number: '112' }]])
  })
  test('can be cancelled before the phone rings', async () => {
    const { calls, pbxCommands } = createFixture()
    const { callId } = await calls.dial(user1, { number: '1002' })
    await calls.hangup(user1, callId)
    expect(pbxCommands.at(-1)).toEqual(['hangup', callId, 'normal'])
    await expect(calls.hangup(user2, callId)).rejects.toMatchObject({ code: 'not_found' })
  })
})
