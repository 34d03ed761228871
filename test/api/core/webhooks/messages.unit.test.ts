import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { toEndedCallEvents } from '../../../../api/core/webhooks/call-events.ts'
import { messageIdOf, toMessageBody } from '../../../../api/core/webhooks/event.ts'
import {
  MAX_RETRY_AFTER_S,
  parseRetryAfter,
  RETRY_DELAYS_S,
  retryDelayS,
} from '../../../../api/core/webhooks/retry-schedule.ts'
import { newWebhookSecret, signMessage } from '../../../../api/core/webhooks/signature.ts'

const nowS = () => Math.floor(Date.now() / 1000)

describe('a signature', () => {
  const message = { id: 'msg_1', body: '{"type":"call.ended"}' }

  test('is verified by the public package, by each secret of a rotation', () => {
    const [older, newer, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()]
    const headers = signMessage(message, [newer, older], nowS())
    for (const secret of [older, newer])
      expect(new Webhook(secret).verify(message.body, headers)).toEqual({ type: 'call.ended' })
    expect(() => new Webhook(other).verify(message.body, headers)).toThrow()
    expect(() => new Webhook(newer).verify(`${message.body} `, headers)).toThrow()
    expect(() => new Webhook(newer).verify(message.body, { ...headers, 'webhook-id': 'msg_2' })).toThrow()
  })

  test('equals the one that the public package makes', () => {
    const [secret, at] = [newWebhookSecret(), nowS()]
    expect(signMessage(message, [secret], at)['webhook-signature']).toBe(
      new Webhook(secret).sign(message.id, new Date(at * 1000), message.body),
    )
  })
})

describe('the id of a message', () => {
  test('is that of the fact, and has no full stop', () => {
    const id = messageIdOf({ key: 'call.ended:1769860800.42' })
    expect(id).toMatch(/^msg_[\w-]{32}$/)
    expect(messageIdOf({ key: 'call.ended:1769860800.42' })).toBe(id)
    expect(messageIdOf({ key: 'call.missed:1769860800.42' })).not.toBe(id)
  })
})

describe('retries', () => {
  test('end three days after the first attempt', () => {
    const total = RETRY_DELAYS_S.reduce((sum, one) => sum + one, 0)
    expect(total / 86_400).toBeGreaterThan(3)
    expect(total / 86_400).toBeLessThan(3.5)
    expect(retryDelayS(RETRY_DELAYS_S.length, 0)).toBeDefined()
    expect(retryDelayS(RETRY_DELAYS_S.length + 1, 0)).toBeUndefined()
  })

  test('are spread, and wait as long as the receiver asks, within bounds', () => {
    expect(retryDelayS(1, 0)).toBe(5)
    expect(retryDelayS(3, 1)).toBeGreaterThan(1_800)
    expect(retryDelayS(1, 0, 600)).toBe(600)
    expect(retryDelayS(4, 0, 60)).toBe(7_200)
    for (const random of [0, 0.5, 1]) expect(retryDelayS(1, random, 10 ** 9)).toBe(MAX_RETRY_AFTER_S)
    expect(retryDelayS(1, 1, 600)).toBeGreaterThan(600)
  })

  test.each([
    ['120', 120],
    [new Date(1_000_000 + 90_000).toUTCString(), 90],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('Retry-After %s is %s', (header, seconds) => expect(parseRetryAfter(header, 1_000_000)).toBe(seconds))
})

describe('an ended call', () => {
  const record = {
    id: '1769860800.42',
    direction: 'incoming' as const,
    fromNumber: '+4930123',
    fromName: 'Ana',
    toNumber: '1001',
    toName: '',
    startedAt: 1_769_860_800,
    answeredAt: null,
    endedAt: 1_769_860_820,
    duration: 20,
    billable: 0,
    outcome: 'no_answer' as const,
    cause: 19,
    recordings: ['1001/a.wav', '1001/b.wav'],
    parties: [{ userId: '5', extension: '1001', answered: false, called: true as const }],
  }

  test('that no user answered is also missed, and has an event for each recording', () => {
    const events = toEndedCallEvents(record)
    expect(events.map(({ key }) => key)).toEqual([
      'call.ended:1769860800.42',
      'call.missed:1769860800.42',
      'recording.ready:1769860800.42:1',
      'recording.ready:1769860800.42:2',
    ])
    expect(events[1]?.data).toMatchObject({ missed_by: ['5'], from: { number: '+4930123' } })
    expect(events[3]?.data).toMatchObject({ name: 'b.wav', recording: 2 })
    expect(JSON.parse(toMessageBody(events[0] ?? expect.fail()))).toMatchObject({
      type: 'call.ended',
      timestamp: '2026-01-31T12:00:20.000Z',
      data: { call_id: '1769860800.42', outcome: 'no_answer', answered_at: null, duration: 20 },
    })
  })

  test('that was answered is not missed', () => {
    const parties = [{ userId: '5', extension: '1001', answered: true, called: true as const }]
    const answered = { ...record, outcome: 'answered' as const, parties, recordings: [] }
    expect(toEndedCallEvents(answered).map(({ type }) => type)).toEqual(['call.ended'])
  })
})
