import { expect, test } from 'vitest'
import { PhoneNumberParam, TimestampParam } from '../../../api/http/query-params.ts'

/** The decoded value of `?it=…`. */
const inQuery = (text: string) => new URLSearchParams(`it=${text}`).get('it') ?? ''

test.each([
  ['+4930', '+4930'],
  ['%2B4930', '+4930'],
  ['+49+30+12', '+49 30 12'],
  ['+(49)30', '+(49)30'],
  ['+', '+'],
  ['tel:+4930', 'tel:+4930'],
  ['030+12', '030 12'],
  ['+030', ' 030'],
])('PhoneNumberParam reads ?it=%s as %j', (text, number) => {
  expect(PhoneNumberParam.parse(inQuery(text))).toBe(number)
})

test.each([
  ['2026-03-29T00:00:00+02:00', '2026-03-28T22:00:00Z'],
  ['2026-03-29T00:00:00%2B02:00', '2026-03-28T22:00:00Z'],
  ['2026-03-29T00:00:00.5+02:00', '2026-03-28T22:00:01Z'],
  ['2026-03-29T00:00:00-02:00', '2026-03-29T02:00:00Z'],
  ['2026-03-29T00:00:00Z', '2026-03-29T00:00:00Z'],
  ['2026-03-29', '2026-03-29T00:00:00Z'],
])('TimestampParam reads ?it=%s as %s', (text, moment) => {
  expect(TimestampParam.parse(inQuery(text))).toBe(Date.parse(moment) / 1000)
})

test.each(['2026-03-29+02:00', '2026-03-29+00:00:00', 'yesterday', ''])(
  'TimestampParam refuses ?it=%s',
  (text) => {
    expect(TimestampParam.safeParse(inQuery(text)).success).toBe(false)
  },
)
