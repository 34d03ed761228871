import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCredentialRenewal } from '../../../console/phone/credential-renewal.ts'
import type { PhoneCredentials } from '../../../console/phone/phone-types.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const HOUR = 3_600_000
const credentials = (lifeMs = HOUR): PhoneCredentials => ({
  display_name: null,
  sip_username: '1003-web',
  auth_username: '1003-web',
  sip_password: 'sesame',
  sip_domain: 'pbx.example',
  socket_path: '/api/v1/phone/socket',
  ice_servers: [],
  expires_at: new Date(Date.now() + lifeMs).toISOString(),
})
function create(fetch: () => Promise<PhoneCredentials> = async () => credentials()) {
  const needs = { fetch: vi.fn(fetch), onRenewed: vi.fn(), onBlocked: vi.fn() }
  const first = vi.fn()
  const renewal = createCredentialRenewal(needs)
  renewal.start(first)
  return { ...needs, first, renewal }
}

test('they are renewed before they expire, again and again', async () => {
  const { fetch, first, onRenewed } = create()
  await vi.advanceTimersByTimeAsync(0)
  expect([first.mock.calls.length, onRenewed.mock.calls.length]).toEqual([1, 0])
  await vi.advanceTimersByTimeAsync(0.8 * HOUR)
  expect([fetch.mock.calls.length, onRenewed.mock.calls.length]).toEqual([2, 1])
  await vi.advanceTimersByTimeAsync(0.8 * HOUR)
  expect(fetch.mock.calls.length).toBe(3)
})

test('a failure of the API is repeated until it succeeds', async () => {
  let failures = 3
  const { first, onBlocked } = create(async () => {
    failures -= 1
    if (failures >= 0) throw new Error('503')
    return credentials()
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect([first.mock.calls.length, onBlocked.mock.calls.length]).toEqual([1, 0])
})

test.each([
  ['conflict', 'no_extension'],
  ['not_supported', 'not_supported'],
  ['session_ended', 'session_ended'],
])('the refusal %s is final', async (code, reason) => {
  const { fetch, onBlocked } = create(() => Promise.reject(Object.assign(new Error(code), { code })))
  await vi.advanceTimersByTimeAsync(HOUR)
  expect([fetch.mock.calls.length, onBlocked.mock.calls]).toEqual([1, [[reason]]])
})

test('credentials that the registrar refuses are replaced, ever more slowly', async () => {
  const { fetch, renewal } = create()
  await vi.advanceTimersByTimeAsync(0)
  renewal.refused()
  await vi.advanceTimersByTimeAsync(500)
  expect(fetch.mock.calls.length).toBe(2)
  for (let n = 0; n < 5; n += 1) renewal.refused()
  await vi.advanceTimersByTimeAsync(7_000)
  expect(fetch.mock.calls.length).toBe(2)
})

test('a check after a sleep of the machine renews them at once; one before leaves them', async () => {
  const { fetch, renewal } = create()
  await vi.advanceTimersByTimeAsync(0)
  renewal.check()
  await vi.advanceTimersByTimeAsync(0)
  expect(fetch.mock.calls.length).toBe(1)
  vi.setSystemTime(Date.now() + HOUR)
  renewal.check()
  await vi.advanceTimersByTimeAsync(0)
  expect(fetch.mock.calls.length).toBe(2)
})

test('an answer after the stop is dropped', async () => {
  const { first, renewal } = create()
  renewal.stop()
  await vi.advanceTimersByTimeAsync(HOUR)
  expect(first).not.toHaveBeenCalled()
})

test('credentials of a wrong clock, already expired, are not fetched in a loop', async () => {
  const { fetch } = create(async () => credentials(-HOUR))
  await vi.advanceTimersByTimeAsync(20_000)
  expect(fetch.mock.calls.length).toBeLessThan(6)
})
