import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCredential } from '../../contract/credential.ts'

const allNames = ['authorization', 'link', 'ticket'] as const
const read = (query: string | undefined, header?: string) => readCredential(header, query, allNames)
const token = { by: 'token', text: 'a.b.c' }

describe('readCredential finds one credential', () => {
  test.each([
    ['from the header', undefined, 'Bearer a.b.c', token],
    ['from the header, beside a query without one', 'page=2', 'Bearer a.b.c', token],
    ['from the header, beside an empty query', '', 'Bearer a.b.c', token],
    ['from the query', 'authorization=a.b.c', undefined, token],
    ['from the query, among other members', 'x=1&authorization=a.b.c&y', undefined, token],
    ['from the query, beside another scheme', 'authorization=a.b.c', 'Basic eDp5', token],
    ['from the query, as the header’s whole value', 'authorization=Bearer%20a.b.c', undefined, token],
    ['from the query, its scheme in small letters', 'authorization=bearer%20a.b.c', undefined, token],
    ['from the query, percent-encoded once', 'authorization=a%2Eb%2ec', undefined, token],
    ['from both, where they are the same', 'authorization=a.b.c', 'Bearer a.b.c', token],
    ['as a link', 'link=a.b.c', undefined, { by: 'link', text: 'a.b.c' }],
    ['as a ticket', 'ticket=t', undefined, { by: 'ticket', text: 't' }],
    ['with = in its value', 'authorization=a.b.c=', undefined, { by: 'token', text: 'a.b.c=' }],
    ['decoded once and not twice', 'authorization=a%252Eb', undefined, { by: 'token', text: 'a%2Eb' }],
    ['from the query, with + for the blank', 'authorization=Bearer+a.b.c', undefined, token],
    ['from the query, with several + for blanks', 'authorization=bearer+++a.b.c', undefined, token],
    ['from the query, with + and %20 for blanks', 'authorization=Bearer+%20a.b.c', undefined, token],
    [
      'from both, where they are the same, with + for the blank',
      'authorization=Bearer+a.b.c',
      'Bearer a.b.c',
      token,
    ],
    [
      'with a + that is percent-encoded as it stands',
      'authorization=a%2Bb',
      undefined,
      { by: 'token', text: 'a+b' },
    ],
  ])('%s', (_, query, header, expected) => {
    expect(read(query, header)).toEqual(expected)
  })
})

test('readCredential accepts ?token= only if the endpoint does', () => {
  expect(readCredential(undefined, 'token=a.b.c', ['token'])).toEqual(token)
  expect(readCredential('Bearer a.b.c', 'token=a.b.c', ['token'])).toEqual(token)
  expect(readCredential('Bearer x.y.z', 'token=a.b.c', ['token'])).toBe('malformed')
  expect(readCredential(undefined, 'token=a.b.c', ['ticket'])).toBe('malformed')
})

test('readCredential accepts in ?token= the token alone, or the whole value of the header', () => {
  for (const value of ['a.b.c', 'Bearer%20a.b.c', 'Bearer+a.b.c', 'bearer++a.b.c']) {
    expect(readCredential(undefined, `token=${value}`, ['token']), value).toEqual(token)
  }
  expect(readCredential(undefined, 'token=Bearer+a+b', ['token'])).toBe('malformed')
})

test.each([
  ['nothing at all', undefined, undefined],
  ['an empty query', '', undefined],
  ['empty members', '&&=&', undefined],
  ['other members', 'x=1&author=me&authorizations=a', undefined],
  ['another scheme', undefined, 'Basic eDp5'],
  ['a member that only looks like an object’s own', '__proto__=a&constructor=b', undefined],
])('readCredential finds none in %s', (_, query, header) => {
  expect(read(query, header)).toBe('missing')
})

describe('readCredential reports as malformed', () => {
  test.each([
    ['given twice', 'authorization=a&authorization=b'],
    ['given twice, alike', 'authorization=a&authorization=a'],
    ['given twice, once empty', 'authorization=&authorization=a'],
    ['of two kinds', 'authorization=a&link=b'],
    ['of two kinds, the other way', 'ticket=a&authorization=b'],
    ['empty', 'authorization='],
    ['a name without a value', 'authorization'],
    ['its name in capitals', 'AUTHORIZATION=a'],
    ['its name in mixed letters', 'Authorization=a'],
    ['its name percent-encoded', '%61uthorization=a'],
    ['its name percent-encoded to the end', 'authorizatio%6e=a'],
    ['its name with a blank', 'authorization%20=a'],
    ['its name with a + for a blank', 'authorization+=a'],
    ['its name with a newline', 'authorization%0a=a'],
    ['its name with a byte order mark', '%EF%BB%BFauthorization=a'],
    ['a second spelling beside the first', 'authorization=a&Authorization=a'],
    ['a name that no endpoint accepts', 'access_token=a'],
    ['a name that another endpoint accepts', 'token=a'],
    ['not UTF-8', 'authorization=%ff'],
    ['overlong UTF-8', 'authorization=%c0%ae'],
    ['a broken escape', 'authorization=%'],
    ['a broken escape in its end', 'authorization=a%2'],
    ['a broken escape in another name', '%zz=1&authorization=a'],
    ['the scheme alone', 'authorization=Bearer%20'],
    ['the scheme alone, with + for the blank', 'authorization=Bearer+'],
    ['two tokens', 'authorization=Bearer%20a%20b'],
    ['two tokens, with + for the blanks', 'authorization=Bearer+a+b'],
  ])('a credential %s', (_, query) => {
    expect(read(query)).toBe('malformed')
    expect(read(query, 'Bearer a')).toBe('malformed')
  })

  test.each([
    ['another one in the query', 'authorization=other', 'Bearer a'],
    ['a link in the query', 'link=a', 'Bearer a'],
    ['a ticket in the query', 'ticket=a', 'Bearer a'],
    ['a header that makes no sense', 'authorization=a', 'Bearer a b'],
    ['a header without a token', 'authorization=a', 'Bearer'],
  ])('a header and %s', (_, query, header) => {
    expect(read(query, header)).toBe('malformed')
  })
})

test.each([
  ['nothing', [], 'authorization'],
  ['a link', ['link'], 'authorization'],
  ['a token or a ticket', ['authorization', 'ticket'], 'link'],
  ['a token or a link', ['authorization', 'link'], 'ticket'],
] as const)('an endpoint that accepts %s in the query rejects others: %s %s', (_, allowed, name) => {
  expect(readCredential(undefined, `${name}=a`, allowed)).toBe('malformed')
  expect(readCredential('Bearer a', `${name}=a`, allowed)).toBe('malformed')
})

test('readCredential decodes any query as a form: + and %20 are the same blank', () => {
  const spelled = fc.array(
    fc.oneof(fc.constantFrom(' ', '+', '%', 'Bearer'), fc.string({ unit: 'binary', maxLength: 5 })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...allNames), spelled, fc.constantFrom('+', '%20'), (name, parts, blank) => {
      const value = parts.join('').toWellFormed()
      const encoded = encodeURIComponent(value).replaceAll('%20', blank)
      const asForm = new URLSearchParams(`${name}=${encoded}`).get(name) ?? ''
      expect(asForm).toBe(value)
      expect(read(`${name}=${encoded}`)).toEqual(read(`${name}=${encodeURIComponent(value)}`))
      const result = read(`${name}=${encoded}`)
      if (typeof result !== 'string' && !/^bearer /i.test(value)) expect(result.text).toBe(value)
    }),
    { numRuns: 2_000 },
  )
})

test('readCredential returns a result for any header and query, and a query never overrides a valid header', () => {
  const query = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webQueryParameters(),
    fc
      .array(fc.tuple(fc.constantFrom('authorization', 'Authorization', 'link', '%61', 'x'), fc.string()))
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
  )
  fc.assert(
    fc.property(query, fc.option(fc.string()), (anyQuery, header) => {
      expect(read(anyQuery, header ?? undefined)).toBeDefined()
      const beside = read(anyQuery, 'Bearer good')
      if (beside !== 'malformed') expect(beside).toEqual({ by: 'token', text: 'good' })
    }),
    { numRuns: 3_000 },
  )
})
