import { describe, expect, test } from 'vitest'
import {
  toSessionEnded,
  toSessionStarted,
  toUserEvent,
} from '../../../../api/core/webhooks/account-events.ts'
import { toAgentStatusEvent, toCampaignEvents } from '../../../../api/core/webhooks/call-center-events.ts'
import {
  toEndedCallEvents,
  toLiveCallEvents,
  withDialedNumbers,
} from '../../../../api/core/webhooks/call-events.ts'
import { SUBSCRIBABLE_EVENTS, type WebhookEvent } from '../../../../api/core/webhooks/event.ts'
import { EVENT_DATA } from '../../../../api/http/v1/webhook-event-wire.ts'
import { newUser } from '../../../support/fixtures/users.ts'

const AT = 1_769_860_800
const record = {
  ...{ id: '1769860800.42', direction: 'incoming' as const, fromNumber: '030', fromName: 'Ana' },
  ...{ toNumber: '1001', toName: '', startedAt: AT, answeredAt: null, endedAt: AT + 20, duration: 20 },
  ...{ billable: 0, outcome: 'no_answer' as const, cause: 19, recordings: ['a/b.wav'] },
  parties: [{ userId: '5', extension: '1001', answered: false, called: true as const }],
}
const live = {
  ...{ id: record.id, state: 'up' as const, startedAt: AT * 1e6, answeredAt: AT * 1e6, outcome: undefined },
}
const user = {
  ...newUser({ username: 'clara', role: 'user', extension: null, passwordHash: 'the hash' }),
  ...{ id: '5', displayName: null, email: null, disabled: false, createdAt: AT },
}
const session = {
  id: 'Cr7MW2QlixZw-sBJDEs4Aw',
  userId: '5',
  surface: 'v1',
  createdAt: AT,
  expiresAt: AT + 60,
}
const agent = {
  id: '2',
  userId: '5',
  name: 'Clara',
  team: null,
  status: 'break' as const,
  breakReason: 'tea',
}
const campaign = (status: 'active' | 'paused' | 'completed' | 'draft') =>
  toCampaignEvents({ id: '7', name: 'Spring', team: 'sales', status, version: 3 }, AT)

const events: WebhookEvent[] = [
  ...toLiveCallEvents(live, undefined, () => record),
  ...toEndedCallEvents(record),
  toAgentStatusEvent(agent, AT, 'n'),
  ...campaign('active'),
  ...campaign('paused'),
  ...campaign('completed'),
  toSessionStarted(session),
  toSessionEnded(session, AT, 'logout'),
  ...(['user.created', 'user.updated', 'user.disabled', 'user.deleted'] as const).map((type) =>
    toUserEvent(type, user, AT),
  ),
]

describe('events', () => {
  test('are all of the types that can be subscribed to', () => {
    expect(events.map(({ type }) => type).sort()).toEqual([...SUBSCRIBABLE_EVENTS].sort())
  })

  test.each(events.map((event) => [event.type, event] as const))(
    '%s has the documented data',
    (type, event) => {
      expect(EVENT_DATA[type].data.parse(event.data)).toEqual(event.data)
      expect(JSON.stringify(event.data)).not.toContain('hash')
    },
  )

  test('a call that has only started was answered by none, though the phone of its caller is up', () => {
    const parties = [{ userId: '5', extension: '1001', answered: true }]
    const early = { ...live, answeredAt: undefined }
    const [started] = toLiveCallEvents(early, undefined, () => ({ ...record, parties }))
    expect(started?.data).toMatchObject({ answered_at: null, parties: [{ user_id: '5', answered: false }] })
  })

  test('a call that the API placed has the number that it dials, as long as the PBX names none', async () => {
    const id = 'hk_1'
    const find = async () => ({ id, userId: '5', number: '1002', createdAt: AT, outcome: null })
    const eventsTo = (toNumber: string, callId = id) =>
      toLiveCallEvents({ ...live, id: callId }, undefined, () => ({ ...record, id: callId, toNumber }))
    const numbersOf = async (some: WebhookEvent[]) =>
      (await withDialedNumbers(some, { find })).map(({ data }) => (data as { to: object }).to)
    expect(await numbersOf(eventsTo(''))).toEqual(Array(2).fill({ number: '1002', name: '' }))
    expect(await numbersOf(eventsTo('1003'))).toEqual(Array(2).fill({ number: '1003', name: '' }))
    expect(await numbersOf(eventsTo('', '17.1'))).toEqual(Array(2).fill({ number: '', name: '' }))
    const other = toSessionStarted(session)
    expect(await withDialedNumbers([other], { find })).toEqual([other])
  })

  test('a call that was known sends nothing again', () => {
    expect(toLiveCallEvents(live, live, () => record)).toEqual([])
    expect(campaign('draft')).toEqual([])
  })
})
