import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Claims, TYP } from '../../contract/claims.ts'
import { decodeBase64url, readToken } from '../../contract/token.ts'
import { FOREIGN_SIGNATURES, UNREADABLE_TOKENS } from './invalid-tokens.ts'
import { jsonTestSuite } from './json-test-suite.ts'
import { mint, mintOfLength, newKey, signJws, type TestKeys, validClaims, validHeader } from './mint-token.ts'

const nowS = 1_750_000_000
// Kids of these lengths leave unused bits in a header's last digit.
const hmac = newKey('HS256', 'hs256-a')
const eddsa = newKey('EdDSA', 'eddsa-b')
const forge: TestKeys = { hmac, eddsa, nowS }
const byId = new Map([hmac, eddsa].map((key) => [key.kid, key]))
const read = (text: string) => readToken(text, (kid) => byId.get(kid))

describe('a valid token', () => {
  test.each([
    ['of HS256', hmac],
    ['of EdDSA', eddsa],
  ])('%s is parsed into its kind and claims', (_, key) => {
    expect(read(mint(key, nowS))).toEqual({ kind: 'access', claims: validClaims(nowS) })
  })

  test.each(Object.entries(TYP))('for %s is identified by its typ', (kind, typ) => {
    expect(read(mint(hmac, nowS, { header: { typ } }))?.kind).toBe(kind)
  })

  test.each<[string, Record<string, unknown>]>([
    ['an audience among others', { aud: ['other', 'hookswitch'] }],
    ['no extension', { extension: undefined }],
    ['nbf', { nbf: nowS }],
    ['the last second of the year 9999', { exp: 253_402_300_799 }],
    ['an id of one character', { sub: '!' }],
    ['an id of 128 characters', { sid: '~'.repeat(128) }],
    ['a generation beyond 32 bits', { gen: 2 ** 40 }],
    ['every role there is', { role: 'supervisor' }],
  ])('may have %s', (_, claims) => {
    expect(read(mint(hmac, nowS, { claims }))).toMatchObject({ claims: JSON.parse(JSON.stringify(claims)) })
  })

  test.each([
    ['an agent of the call center', 'agent', 'user'],
    ['MikoPBX’s admins', 'admins', 'admin'],
  ])('of %s has the role that the name stands for', (_, name, role) => {
    expect(read(mint(hmac, nowS, { claims: { role: name } }))).toMatchObject({ claims: { role } })
  })
  test.each(['Admins', 'ADMIN', 'users', 'agents', '__proto__', 'constructor'])(
    'is rejected with the role %j',
    (role) => {
      expect(read(mint(hmac, nowS, { claims: { role } }))).toBeUndefined()
    },
  )

  test('may have 4096 characters', () => {
    // Base64url has no text of some lengths: the test searches a header that leads to exactly 4096.
    const keys = ['k', 'kk', 'kkk'].map((kid) => newKey('HS256', kid))
    const fits = keys.filter((key) => mintOfLength(key, nowS, 4096).length === 4096)
    expect(fits).not.toEqual([])
    for (const key of fits) {
      expect(readToken(mintOfLength(key, nowS, 4096), () => key)?.kind).toBe('access')
      expect(readToken(mintOfLength(key, nowS, 4097), () => key)).toBeUndefined()
    }
  })

  test('may have extra claims, which are removed', () => {
    const extraClaims = { username: 'ü\ud83d\ude00', __proto: 1, deep: [[['x']]], n: 1e21 }
    expect(read(mint(hmac, nowS, { claims: extraClaims }))?.claims).toEqual(validClaims(nowS))
  })

  test('gains nothing by a __proto__ among its claims', () => {
    const json = JSON.stringify(validClaims(nowS)).replace('"role":"user"', '"__proto__":{"role":"admin"}')
    expect(read(signJws(hmac, validHeader(hmac), json))).toBeUndefined()
    const both = `{"__proto__":{"extension":"1002"},${JSON.stringify(validClaims(nowS)).slice(1)}`
    expect(read(signJws(hmac, validHeader(hmac), both))?.claims).toEqual(validClaims(nowS))
  })
})

test.each([...UNREADABLE_TOKENS])('readToken rejects %s', (_, make) => {
  const token = make(forge)
  if (token !== undefined) expect(read(token)).toBeUndefined()
})

test('the list of invalid tokens leaves out only spellings that a part cannot have', () => {
  const left = UNREADABLE_TOKENS.filter(([, make]) => make(forge) === undefined).map(([title]) => title)
  // ASCII JSON without `>?~` has no - or _ in base64url; parts of 4n digits have no unused bits, others no fourth.
  expect(left).toEqual([
    'a header with + for -',
    'a header with / for _',
    'a header with a stray fourth digit',
    'a payload with a stray fourth digit',
    'a signature with a stray fourth digit',
    'an EdDSA signature with a stray fourth digit',
  ])
})

test.each([...FOREIGN_SIGNATURES])('readToken rejects a signature by a foreign key: %s', (_, make) => {
  expect(read(make(forge) ?? '')).toBeUndefined()
})

test('readToken looks up the key by the kid alone, once, before it checks the signature', () => {
  const kids: string[] = []
  readToken(mint(hmac, nowS), (kid) => void kids.push(kid))
  expect(kids).toEqual([hmac.kid])
})

describe('a changed token', () => {
  const signs = fc.oneof(
    fc.constantFrom(...'ABCxyz019-_+/=. \t\n\r\0'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  )
  test.each([
    ['HS256', mint(hmac, nowS)],
    ['EdDSA', mint(eddsa, nowS)],
  ])('is rejected if one character is inserted, deleted, replaced or in another case (%s)', (alg, good) => {
    const at = fc.nat(good.length)
    const other = fc.oneof(
      fc.tuple(at, signs).map(([n, sign]) => good.slice(0, n) + sign + good.slice(n)),
      at.map((n) => good.slice(0, n) + good.slice(n + 1)),
      fc.tuple(at, signs).map(([n, sign]) => good.slice(0, n) + sign + good.slice(n + 1)),
      at.map((n) => good.slice(0, n) + swapCase(good.slice(n, n + 1)) + good.slice(n + 1)),
      fc.tuple(at, at).map(([a, b]) => good.slice(0, a) + good.slice(b)),
    )
    fc.assert(
      fc.property(other, (text) => {
        expect(read(text) !== undefined).toBe(text === good)
      }),
      { numRuns: alg === 'HS256' ? 5_000 : 1_000 },
    )
  })

  test('is rejected with every other last digit of the signature', () => {
    const good = mint(hmac, nowS)
    const passing = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(
      (digit) => read(good.slice(0, -1) + digit) !== undefined,
    )
    expect(passing).toEqual([good.slice(-1)])
  })
})

describe('readToken never throws', () => {
  const isRead = (token: ReturnType<typeof readToken>) =>
    token === undefined || token.claims.iss === 'hookswitch'
  const part = fc.oneof(fc.string(), fc.base64String(), fc.json(), fc.string({ unit: 'binary' }))

  test('for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5_000 }),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.')),
      fc.tuple(part, part).map(([a, b]) => `${Buffer.from(a).toString('base64url')}.${b}.`),
    )
    fc.assert(
      fc.property(text, (anyText) => read(anyText) === undefined),
      { numRuns: 3_000 },
    )
  })

  test('for any payload and any header under a good signature', () => {
    const any = fc.oneof(fc.json(), part, fc.uint8Array({ maxLength: 200 }).map(Buffer.from))
    fc.assert(
      fc.property(any, any, (header, payload) => {
        expect(isRead(read(signJws(hmac, validHeader(hmac), payload)))).toBe(true)
        expect(isRead(read(signJws(hmac, header, validClaims(nowS))))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('for any value of any claim, and accepts claims of the right shape alone', () => {
    const name = fc.constantFrom(...Object.keys(validClaims(nowS)), 'nbf', 'path', '__proto__', 'toString')
    fc.assert(
      fc.property(name, fc.jsonValue({ maxDepth: 3 }), (claim, value) => {
        const token = read(mint(hmac, nowS, { claims: { [claim]: value } }))
        if (token !== undefined) expect(isShaped(token.claims)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

const isShaped = ({ sub, sid, jti, iat, exp, gen }: Claims) =>
  [sub, sid, jti].every((id) => /^[\x21-\x7e]{1,128}$/.test(id)) &&
  [iat, exp, gen].every((n) => Number.isInteger(n) && n >= 0)

describe('the JSON parsing test suite', () => {
  test('is complete: 95 files that are JSON, 188 that are not, 35 on which parsers differ', () => {
    const count = (kind: string) => jsonTestSuite.filter(([name]) => name.startsWith(kind)).length
    expect([count('y_'), count('n_'), count('i_')]).toEqual([95, 188, 35])
    expect(jsonTestSuite).toHaveLength(318)
  })

  test.each([...jsonTestSuite])('%s is rejected as a header and as a payload', (_, bytes) => {
    expect(read(signJws(hmac, validHeader(hmac), bytes))).toBeUndefined()
    expect(read(signJws(hmac, bytes, validClaims(nowS)))).toBeUndefined()
  })

  test.each([...jsonTestSuite])(
    '%s as an extra claim passes only in the one canonical spelling',
    (name, bytes) => {
      const [before = '', after = ''] = JSON.stringify({ ...validClaims(nowS), note: '@' }).split('"@"')
      const payload = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
      const token = read(signJws(hmac, validHeader(hmac), payload))
      if (token !== undefined) {
        expect(name).not.toMatch(/^n_/)
        expect(token.claims).toEqual(validClaims(nowS))
      }
    },
  )
})

describe('base64url', () => {
  test('decodes the canonical spelling of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(decodeBase64url(text)).toEqual(Buffer.from(bytes))
      }),
    )
  })
  test('accepts no spelling that encodes differently', () => {
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const bytes = decodeBase64url(text)
        if (bytes !== undefined) expect(bytes.toString('base64url')).toBe(text)
      }),
    )
  })
})

const swapCase = (text: string) => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase())
