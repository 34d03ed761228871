import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHALLENGE_INVALID_TOKEN, CHALLENGE_MISSING_TOKEN, readBearer } from '../../contract/bearer.ts'

const token = 'eyJh.eyJp.c2ln'

test.each([
  ['in the usual spelling', `Bearer ${token}`],
  ['the scheme in small letters', `bearer ${token}`],
  ['the scheme in capitals', `BEARER ${token}`],
  ['the scheme in mixed letters', `bEaReR ${token}`],
  ['several blanks', `Bearer    ${token}`],
  ['several blanks and small letters', `bearer   ${token}`],
])('readBearer finds a token: %s', (_, header) => {
  expect(readBearer(header)).toEqual({ token })
})

test.each([
  ['no header', undefined],
  ['an empty one', ''],
  ['Basic', 'Basic dXNlcjpwYXNz'],
  ['Digest', 'Digest username="x"'],
  ['a scheme that begins alike', `Bearers ${token}`],
  ['a scheme that ends alike', `XBearer ${token}`],
  ['no scheme', token],
  ['a tab instead of a blank', `Bearer\t${token}`],
  ['a colon after the scheme', `Bearer: ${token}`],
  ['a blank before the scheme', ` Bearer ${token}`],
])('readBearer finds no token: %s', (_, header) => {
  expect(readBearer(header)).toBe('missing')
})

test.each([
  ['the scheme alone', 'Bearer'],
  ['the scheme alone in small letters', 'bearer'],
  ['a blank and nothing', 'Bearer '],
  ['blanks and nothing', 'bearer    '],
  ['two tokens', `Bearer ${token} ${token}`],
  ['two tokens in a list', `Bearer ${token}, Bearer ${token}`],
  ['the scheme twice', `Bearer Bearer ${token}`],
  ['a blank after it', `Bearer ${token} `],
  ['a parameter after it', `Bearer ${token} realm="x"`],
])('readBearer reports a malformed header: %s', (_, header) => {
  expect(readBearer(header)).toBe('malformed')
})

describe('readBearer removes blanks alone before a token', () => {
  test.each(['\t', '\u00a0', '\n', '\r', '\v', '\f', '\u2003', '\ufeff'])(
    'keeps %j as a part of the token',
    (sign) => {
      const read = [`Bearer ${sign}${token}`, `Bearer  ${sign}${token}`, `bearer ${sign}${token}`].map(
        readBearer,
      )
      expect(read).toEqual(Array(3).fill({ token: `${sign}${token}` }))
    },
  )

  test('for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.integer({ min: 1, max: 4 }),
        (text, blanks) => {
          const expected = text.includes(' ') ? undefined : { token: text }
          for (const scheme of ['Bearer', 'bEARER']) {
            const read = readBearer(scheme + ' '.repeat(blanks) + text)
            if (expected !== undefined) expect(read).toEqual(expected)
            else if (typeof read === 'object') expect(read.token).toBe(text.replace(/^ +/, ''))
          }
        },
      ),
    )
  })
})

test('the challenge names an error only if a token was sent (RFC 6750 §3)', () => {
  expect(CHALLENGE_MISSING_TOKEN).toBe('Bearer realm="hookswitch"')
  expect(CHALLENGE_INVALID_TOKEN).toBe('Bearer realm="hookswitch", error="invalid_token"')
})
