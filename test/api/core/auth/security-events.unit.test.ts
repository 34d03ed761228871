import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSecurityEventRecorder,
  type SecurityRecord,
  toSecurityRecord,
} from '../../../../api/core/auth/security-events.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const failed = (username: string) => ({ event: 'authn_login_fail', username, address: '192.0.2.1' }) as const

function setUp() {
  const stored: SecurityRecord[] = []
  const dropped: number[] = []
  const sql = { isAway: false }
  const recorder = createSecurityEventRecorder({
    store: {
      async add(records) {
        if (sql.isAway) throw new Refusal('unavailable')
        stored.push(...records)
      },
    },
    now: () => 5_000,
    onDropped: (count) => dropped.push(count),
  })
  return { recorder, stored, dropped, sql, names: () => stored.map(({ detail }) => detail.username) }
}

test('events wait while SQL is away, and are written once, in order, when it is back', async () => {
  const { recorder, sql, names } = setUp()
  sql.isAway = true
  for (let n = 0; n < 450; n += 1) recorder.write(failed(`user-${n}`))
  await expect(recorder.flush()).rejects.toMatchObject({ code: 'unavailable' })
  sql.isAway = false
  await Promise.all([recorder.flush(), recorder.flush()])
  expect(names()).toEqual(Array.from({ length: 450 }, (_, n) => `user-${n}`))
})

test('at most 10 000 events wait, and the number of lost ones is reported once', async () => {
  const { recorder, sql, stored, dropped } = setUp()
  sql.isAway = true
  for (let n = 0; n < 10_007; n += 1) recorder.write(failed('x'))
  await recorder.flush().catch(() => {})
  sql.isAway = false
  await recorder.flush()
  await recorder.flush()
  expect([stored.length, dropped]).toEqual([10_000, [7]])
})

test('any text that a client typed can be stored, and is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (username) => {
      const { detail } = toSecurityRecord(failed(username), 5)
      expect(detail.username).not.toMatch(/\p{Cc}|\p{Surrogate}/u)
      expect(detail.username?.length).toBeLessThanOrEqual(128)
    }),
  )
})

test('an event is split into columns and details', () => {
  const event = {
    ...({ event: 'session_ended', userId: '5', sessionId: 's' } as const),
    ...{ reason: 'disabled', actorId: 'cli', address: 'local' },
  }
  expect(toSecurityRecord(event, 5)).toEqual({
    ...{ at: 5, event: 'session_ended', userId: '5', actorId: 'cli', sessionId: 's', address: 'local' },
    detail: { reason: 'disabled' },
  })
})
