import { describe, expect, test } from 'vitest'
import type { CallControl } from '../../../../api/core/calls/call-control.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import {
  admin,
  createFixture,
  ofLegal,
  ofNone,
  ofSales,
  ofSupport,
  user1,
  user2,
} from './fixtures/call-control.ts'

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
          isBrowser: false,
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
  test.each([
    ['any', { phone: true, web: false }, '1001', false],
    ['any', { phone: true, web: true }, '1001', false],
    ['any', { phone: false, web: true }, '1001-web', true],
    ['any', { phone: false, web: false }, '1001', false],
    ['browser', { phone: true, web: true }, '1001-web', true],
  ] as const)(
    'with device %s and registered %o rings %s',
    async (device, registered, endpoint, isBrowser) => {
      const { calls, pbxCommands } = createFixture({}, { registered })
      await calls.dial(user1, { number: '1002', device })
      expect(pbxCommands).toMatchObject([['dial', { endpoint, isBrowser }]])
    },
  )
  test('by a browser is refused while none is registered, and the same key may be used again', async () => {
    const registered = { phone: true, web: false }
    const { calls, pbxCommands } = createFixture({}, { registered })
    const request = { number: '1002', device: 'browser', idempotencyKey: 'k' } as const
    await expect(calls.dial(user1, request)).rejects.toMatchObject({
      code: 'conflict',
      detail: 'no browser is registered as a phone of this extension',
    })
    expect(pbxCommands).toEqual([])
    registered.web = true
    await calls.dial(user1, request)
    expect(pbxCommands).toHaveLength(1)
  })
  test('by a browser to an emergency number rings the desk phone if no browser is registered', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.dial(user1, { number: '112', device: 'browser' })
    expect(pbxCommands).toMatchObject([['dial', { endpoint: '1001', isBrowser: false }]])
  })
  test('with an idempotency key covers the device', async () => {
    const { calls, fingerprints } = createFixture({}, { registered: { phone: true, web: true } })
    await calls.dial(user1, { number: '1002', idempotencyKey: 'k' })
    await calls.dial(user1, { number: '1002', idempotencyKey: 'k', device: 'any' })
    await calls.dial(user1, { number: '1002', idempotencyKey: 'k', device: 'browser' })
    expect(fingerprints[1]).toBe(fingerprints[0])
    expect(fingerprints[2]).not.toBe(fingerprints[0])
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
      state: () => ({ online: false, offlineSince: 0, pbxEpoch: undefined }),
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
  test('is refused if the request could not be stored in time, and the same key may be used again', async () => {
    const late = createFixture({}, { storeDelayMs: 5_001 })
    const request = { number: '1002', idempotencyKey: 'k' }
    for (const _ of [1, 2]) {
      await expect(late.calls.dial(user1, request)).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(late.pbxCommands).toEqual([])
    expect([...late.placed.values()]).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }])
    const inTime = createFixture({}, { storeDelayMs: 5_000 })
    await inTime.calls.dial(user1, request)
    expect(inTime.pbxCommands).toHaveLength(1)
  })
  test('reaches an emergency number however late', async () => {
    const { calls, pbxCommands } = createFixture({}, { storeDelayMs: 60_000 })
    await calls.dial(user1, { number: '112' })
    expect(pbxCommands).toMatchObject([['dial', { number: '112' }]])
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
