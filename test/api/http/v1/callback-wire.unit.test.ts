import { expect, it } from 'vitest'
import { CallbackBody, toCallbackRequest } from '../../../../api/http/v1/callback-wire.ts'

it.each(['0000-01-01T00:00', '0001-01-01T00:00', '1969-12-31T23:59', '3000-01-01T00:00'])(
  'a callback at %s is refused',
  (at) => {
    expect(CallbackBody.safeParse({ at }).success).toBe(false)
  },
)

it.each(['1970-01-01T00:00', '2026-12-01T10:00', '2999-12-31T23:59'])('a local time may be %s', (at) => {
  expect(CallbackBody.safeParse({ at }).success).toBe(true)
})

it.each([
  ['europe/BERLIN', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
])('the time zone %s is read as %s', (written, timeZone) => {
  const body = CallbackBody.parse({ at: '2026-12-01T10:00', time_zone: written })
  expect(toCallbackRequest(body).timeZone).toBe(timeZone)
})
