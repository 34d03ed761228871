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
import { createVoipFixture, record, talking } from './fixture.ts'

const { directory } = createVoipFixture()

describe('a status', () => {
  test.each([
    ['available', 'online', 'offline'],
    ['away', 'away', 'away'],
    ['dnd', 'busy', 'busy'],
    ['offline', 'offline', 'offline'],
  ] as const)('%s is %s to clients, and %s of a user without a client', (own, here, gone) => {
    expect([toClientStatus(own, true), toClientStatus(own, false)]).toEqual([here, gone])
  })

  test('each of ours has a word', () => {
    expect(USER_STATUSES.map((own) => toClientStatus(own, true))).not.toContain(undefined)
  })
})

describe('a past call', () => {
  const of = (difference: Partial<typeof record>, readerId = '2') =>
    LoggedCallJson.parse(toLoggedCallJson({ ...record, ...difference }, readerId, directory))

  test.each([
    ['who called', '2', 'outbound'],
    ['who was called', '3', 'inbound'],
    ['an admin who was neither', '1', 'inbound'],
  ])('is %s’s as they see it', (_, readerId, direction) => {
    expect(of({}, readerId).direction).toBe(direction)
  })

  test('to an outside number has both ends as clients read them', () => {
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

  test('from outside shows the name, where there is one', () => {
    const from = { fromNumber: '030123', fromName: 'Ada King', parties: record.parties.slice(1) }
    const call = of({ direction: 'incoming', ...from }, '3')
    expect(call).toMatchObject({ direction: 'inbound', caller: { id: null, username: 'Ada King' } })
  })

  test('is of the user who had the extension then, also when that user is gone', () => {
    const parties = [{ userId: '99', extension: '1001', answered: true }]
    expect(of({ parties }).caller).toEqual({ id: 99, username: 'user1', extension: '1001' })
  })

  test('has a word for each outcome', () => {
    const words = CALL_OUTCOMES.map((outcome) => of({ outcome }).status)
    expect(words.filter((word) => word === 'answered')).toHaveLength(1)
  })
})

test.each([
  ['dialling', 'ringing'],
  ['ringing', 'ringing'],
  ['up', 'connected'],
  ['held', 'on_hold'],
  ['parked', 'on_hold'],
  ['ended', 'ended'],
] as const)('a live call that is %s is %s to clients', (state, status) => {
  const call = ConnectedCallJson.parse(toConnectedCallJson(talking({ state }), directory))
  expect(call).toMatchObject({ status, caller_id: 2, callee_id: 3 })
})
