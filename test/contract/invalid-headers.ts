import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import {
  display,
  encode,
  type InvalidToken,
  mint,
  signJws,
  type TestKeys,
  validClaims,
  validHeader,
  withSignature,
} from './mint-token.ts'

/** What a header may hold instead of `alg`; the signature is the key's own all the same. */
const ALGS: readonly unknown[] = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', '', 'hs256', 'Hs256', 'HS256 ', ' HS256', 'HS256\0', 'HS-256'],
  ...['HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['ES256K', 'Ed25519', 'EdDSA', 'RSA1_5', 'A256KW', 'dir', '__proto__', 'constructor'],
  ...[undefined, null, true, 256, ['HS256'], { alg: 'HS256' }],
]
/** Kids that a careless look-up would follow into a path, a query, a URL or an object's own works. */
const KIDS: readonly unknown[] = [
  ...[
    undefined,
    null,
    '',
    0,
    true,
    [],
    {},
    'unknown',
    '*',
    '.',
    '..',
    '/dev/null',
    '../../../../../dev/null',
  ],
  ...[
    '/proc/self/environ',
    'hs256-20250101T000000000Z-00000001.key',
    "' OR '1'='1",
    "x' UNION SELECT 'key'--",
  ],
  ...[
    '$(id)',
    '`id`',
    'http://127.0.0.1:1/jwks.json',
    'file:///etc/passwd',
    'ldap://127.0.0.1/a',
    '\0',
    '\n',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '0', 'null', 'NaN'],
]
const TYPS: readonly unknown[] = [
  ...[
    undefined,
    null,
    '',
    'JWT',
    'jwt',
    'AT+JWT',
    'At+jwt',
    'at+jwt ',
    ' at+jwt',
    'application/at+jwt',
    'at+JWT',
  ],
  ...['dpop+jwt', 'logout+jwt', 'access', 1, ['at+jwt'], { typ: 'at+jwt' }, '__proto__', 'at+jwt\0'],
]

const header = (
  title: string,
  change: Record<string, unknown> | ((forge: TestKeys) => Record<string, unknown>),
) =>
  [
    title,
    (forge: TestKeys) =>
      mint(forge.hmac, forge.nowS, { header: typeof change === 'function' ? change(forge) : change }),
  ] as const
const rawHeader = (title: string, make: (alg: string, kid: string) => string): InvalidToken => [
  title,
  ({ hmac, nowS }) =>
    signJws(hmac, make(JSON.stringify(hmac.alg), JSON.stringify(hmac.kid)), validClaims(nowS)),
]

/** The public key in the forms an attacker can know it: published as JWK, exported, or as bytes. */
const publicForms = (key: KeyObject): readonly (readonly [string, Buffer])[] => {
  const pem = key.export({ type: 'spki', format: 'pem' }).toString()
  const { x = '' } = key.export({ format: 'jwk' })
  return [
    ['PEM', Buffer.from(pem)],
    ['PEM without its last newline', Buffer.from(pem.trim())],
    ['DER', key.export({ type: 'spki', format: 'der' })],
    ['raw bytes', Buffer.from(x, 'base64url')],
    ['base64url text', Buffer.from(x)],
    ['JWK', Buffer.from(JSON.stringify(key.export({ format: 'jwk' })))],
  ]
}
const asHmacOf = (form: string): InvalidToken => [
  `the EdDSA public key as HMAC secret, as ${form}`,
  ({ eddsa, nowS }) => {
    const secret = publicForms(eddsa.key).find(([name]) => name === form)?.[1] ?? Buffer.alloc(0)
    const input = `${encode({ ...validHeader(eddsa), alg: 'HS256' })}.${encode(validClaims(nowS))}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  },
]

/** Headers that an issued token never has; signed with the right key unless the title names another. */
export const invalidHeaders: InvalidToken[] = [
  ...ALGS.map((alg) => header(`alg ${display(alg)}`, { alg })),
  ...['none', 'None', 'NONE', 'nOnE'].map(
    (alg): InvalidToken => [
      `alg ${alg} and no signature`,
      ({ hmac, nowS }) => `${encode({ ...validHeader(hmac), alg })}.${encode(validClaims(nowS))}.`,
    ],
  ),
  ...KIDS.map((kid) => header(`kid ${display(kid)}`, { kid })),
  header('a kid in capitals', ({ hmac }) => ({ kid: hmac.kid.toUpperCase() })),
  header('a kid with a blank after it', ({ hmac }) => ({ kid: `${hmac.kid} ` })),
  header('a kid with a NUL after it', ({ hmac }) => ({ kid: `${hmac.kid}\0` })),
  header('a kid in a list', ({ hmac }) => ({ kid: [hmac.kid] })),
  ...['/dev/null', '../../../../../dev/null', '__proto__', ''].map(
    (kid): InvalidToken => [
      `kid ${display(kid)}, signed with an empty secret`,
      ({ hmac, nowS }) => {
        const empty = { ...hmac, signer: createSecretKey(Buffer.alloc(0)) }
        return mint(empty, nowS, { header: { kid } })
      },
    ],
  ),
  header('the kid of the EdDSA key', ({ eddsa }) => ({ kid: eddsa.kid })),
  header('the kid and the alg of the EdDSA key', ({ eddsa }) => ({ kid: eddsa.kid, alg: 'EdDSA' })),
  [
    'an EdDSA signature under the kid of the HMAC key',
    ({ hmac, eddsa, nowS }) => mint(eddsa, nowS, { header: { kid: hmac.kid } }),
  ],
  [
    'an EdDSA signature under alg HS256',
    ({ eddsa, nowS }) => mint(eddsa, nowS, { header: { alg: 'HS256' } }),
  ],
  ...['PEM', 'PEM without its last newline', 'DER', 'raw bytes', 'base64url text', 'JWK'].map(asHmacOf),
  ...TYPS.map((typ) => header(`typ ${display(typ)}`, { typ })),
  header('b64 false without crit', { b64: false }),
  header('b64 true', { b64: true }),
  header('b64 false, named in crit', { b64: false, crit: ['b64'] }),
  [
    'an unencoded payload, as b64 false would have it',
    ({ hmac, nowS }) => {
      const head = encode({ ...validHeader(hmac), b64: false, crit: ['b64'] })
      return withSignature(hmac, `${head}.${JSON.stringify(validClaims(nowS))}`)
    },
  ],
  header('an empty crit', { crit: [] }),
  header('crit that names exp', { crit: ['exp'] }),
  header('crit that names itself', { crit: ['crit'] }),
  header('jku', { jku: 'http://127.0.0.1:1/jwks.json' }),
  header('x5u', { x5u: 'http://127.0.0.1:1/cert.pem' }),
  header('a jwk of its own', { jwk: { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }),
  [
    'a jwk of its own that signed it',
    ({ hmac, nowS }) => {
      const own = createSecretKey(Buffer.alloc(32))
      const jwk = { kty: 'oct', k: Buffer.alloc(32).toString('base64url') }
      return mint({ ...hmac, privateKey: own }, nowS, { header: { jwk } })
    },
  ],
  header('x5c', { x5c: ['MIIB'] }),
  header('x5t', { x5t: 'AAAA' }),
  header('zip', { zip: 'DEF' }),
  header('cty', { cty: 'JWT' }),
  header('enc', { enc: 'A256GCM' }),
  header('a member nobody knows', { foo: 1 }),
  rawHeader('alg twice', (alg, kid) => `{"alg":"none","alg":${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader('alg twice, alike', (alg, kid) => `{"alg":${alg},"alg":${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader('kid twice', (alg, kid) => `{"alg":${alg},"kid":"other","kid":${kid},"typ":"at+jwt"}`),
  rawHeader('typ twice', (alg, kid) => `{"alg":${alg},"kid":${kid},"typ":"rt+jwt","typ":"at+jwt"}`),
  rawHeader(
    'alg twice, once escaped',
    (alg, kid) => `{"\\u0061lg":"none","alg":${alg},"kid":${kid},"typ":"at+jwt"}`,
  ),
  rawHeader('an escaped name', (alg, kid) => `{"\\u0061lg":${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader('a __proto__ member', (alg, kid) => `{"__proto__":{},"alg":${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader(
    'its members in a __proto__',
    (alg, kid) => `{"__proto__":{"alg":${alg},"kid":${kid},"typ":"at+jwt"}}`,
  ),
  rawHeader('a BOM in the header', (alg, kid) => `\ufeff{"alg":${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader('a blank in the header', (alg, kid) => `{"alg": ${alg},"kid":${kid},"typ":"at+jwt"}`),
  rawHeader('a newline after the header', (alg, kid) => `{"alg":${alg},"kid":${kid},"typ":"at+jwt"}\n`),
  rawHeader('a trailing comma in the header', (alg, kid) => `{"alg":${alg},"kid":${kid},"typ":"at+jwt",}`),
  rawHeader('a comment in the header', (alg, kid) => `{"alg":${alg},"kid":${kid},/**/"typ":"at+jwt"}`),
  rawHeader('a header in a list', (alg, kid) => `[{"alg":${alg},"kid":${kid},"typ":"at+jwt"}]`),
  ...['null', 'true', '1', '""', '[]', '{}', '', ' ', '{', 'undefined'].map((text) =>
    rawHeader(`a header of ${JSON.stringify(text)}`, () => text),
  ),
  rawHeader('a header nested 1000 deep', () => '['.repeat(1000) + ']'.repeat(1000)),
  rawHeader('a header of 1000 open objects', () => '{"a":'.repeat(500)),
]
