import { describe, expect, test } from 'vitest'
import { CALL_OUTCOMES } from '../../../../api/core/calls/call.ts'
import { USER_STATUSES } from '../../../../api/core/presence/user-status-store.ts'
import {
  ConnectedCallJson,
  LoggedCallJson,
  toClientStatus,
  toConnectedCallJson,
  toLoggedCallJson,
} from '../../../../api/http/voip/compat-wire.ts'
import { createVoipFixture } from './fixture.ts'
import { record, talking } from './sample-data.ts'

const { directory } = createVoipFixture()

describe('toClientStatus', () => {
  test.each([
    ['available', 'online', 'offline'],
    ['away', 'away', 'away'],
    ['dnd', 'busy', 'busy'],
    ['offline', 'offline', 'offline'],
  ] as const)('maps %s to %s, and to %s for a user without a client', (own, here, gone) => {
    expect([toClientStatus(own, true), toClientStatus(own, false)]).toEqual([here, gone])
  })

  test('maps each status', () => {
    expect(USER_STATUSES.map((own) => toClientStatus(own, true))).not.toContain(undefined)
  })
})

describe('toLoggedCallJson', () => {
  const of = (difference: Partial<typeof record>, readerId = '2') =>
    LoggedCallJson.parse(toLoggedCallJson({ ...record, ...difference }, readerId, directory))

  test.each([
    ['the caller', '2', 'outbound'],
    ['the callee', '3', 'inbound'],
    ['an admin who is not a party', '1', 'inbound'],
  ])('has the direction that %s sees', (_, readerId, direction) => {
    expect(of({}, readerId).direction).toBe(direction)
  })

  test('has caller and callee of a call to an outside number', () => {
    const call = of({
      direction: 'outgoing',
      toNumber: '+4930123',
      toName: '',
      parties: record.parties.slice(0, 1),
    })
    expect(call).toMatchObject({
      direction: 'outbound',
      caller: { id: 2, username: 'user1', extension: '1001' },
      callee_id: null,
      callee: { id: null, username: '+4930123', extension: '+4930123' },
    })
  })

  test('shows the name of an outside caller, if there is one', () => {
    const from = { fromNumber: '030123', fromName: 'Ada King', parties: record.parties.slice(1) }
    const call = of({ direction: 'incoming', ...from }, '3')
    expect(call).toMatchObject({ direction: 'inbound', caller: { id: null, username: 'Ada King' } })
  })

  test('names the user who had the extension at that time, also after that user was deleted', () => {
    const parties = [{ userId: '99', extension: '1001', answered: true }]
    expect(of({ parties }).caller).toEqual({ id: 99, username: 'user1', extension: '1001' })
  })

  test('maps each outcome, and only `answered` to `answered`', () => {
    const statuses = CALL_OUTCOMES.map((outcome) => of({ outcome }).status)
    expect(statuses.filter((status) => status === 'answered')).toHaveLength(1)
  })
})

test.each([
  ['dialling', 'ringing'],
  ['ringing', 'ringing'],
  ['up', 'connected'],
  ['held', 'on_hold'],
  ['parked', 'on_hold'],
  ['ended', 'ended'],
] as const)('toConnectedCallJson maps the state %s to %s', (state, status) => {
  const call = ConnectedCallJson.parse(toConnectedCallJson(talking({ state }), directory))
  expect(call).toMatchObject({ status, caller_id: 2, callee_id: 3 })
})
