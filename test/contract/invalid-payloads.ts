import {
  display,
  type InvalidToken,
  mint,
  signJws,
  type TokenChanges,
  validClaims,
  validHeader,
} from './mint-token.ts'

const claims = (
  title: string,
  change: TokenChanges['claims'] | ((nowS: number) => TokenChanges['claims']),
): InvalidToken => [
  title,
  ({ hmac, nowS }) => {
    const changed = typeof change === 'function' ? change(nowS) : change
    return mint(hmac, nowS, { claims: { ...changed } })
  },
]
const rawPayload = (title: string, change: (json: string) => string | Buffer): InvalidToken => [
  title,
  ({ hmac, nowS }) => signJws(hmac, validHeader(hmac), change(JSON.stringify(validClaims(nowS)))),
]
const open = (json: string, more: string) => `{${more},${json.slice(1)}`
const close = (json: string, more: string) => `${json.slice(0, -1)},${more}}`

/** What an id may not be. */
const IDS: readonly unknown[] = [
  ...[
    undefined,
    null,
    '',
    0,
    7,
    true,
    [],
    ['7'],
    {},
    'x'.repeat(129),
    ' ',
    'a b',
    ' a',
    'a ',
    'a\tb',
    'a\nb',
  ],
  ...[
    'a\0',
    '\u0000',
    '\u007f',
    '\u0080',
    'ü',
    '\ud800',
    'a\udfff',
    '\u200b',
    '\u202ea',
    '\uff11',
    '\ufeffa',
  ],
]
/** What a time may not be. */
const TIMES: readonly unknown[] = [
  ...[
    undefined,
    null,
    '',
    '1',
    'soon',
    true,
    [],
    {},
    -1,
    1.5,
    253_402_300_800,
    1e300,
    Number.MAX_SAFE_INTEGER,
  ],
]

/** Claims of the wrong shape, and payloads that are not the JSON we write, signed by our own key. */
export const invalidPayloads: InvalidToken[] = [
  ...['sub', 'sid', 'jti'].flatMap((name) =>
    IDS.map((value) => claims(`${name} ${display(value).slice(0, 40)}`, { [name]: value })),
  ),
  ...['iat', 'exp'].flatMap((name) =>
    TIMES.map((value) => claims(`${name} ${display(value)}`, { [name]: value })),
  ),
  ...TIMES.filter((value) => value !== undefined).map((nbf) => claims(`nbf ${display(nbf)}`, { nbf })),
  ...[undefined, null, '', 'Hookswitch', 'hookswitch ', 'other', 1, ['hookswitch'], {}].map((iss) =>
    claims(`iss ${display(iss)}`, { iss }),
  ),
  ...[
    ...[
      undefined,
      null,
      '',
      'Hookswitch',
      'other',
      1,
      {},
      [],
      ['other'],
      ['hookswitch', 1],
      ['hookswitch', null],
    ],
    ...[
      ['hookswitch', ['hookswitch']],
      ['hookswitch', {}],
      [['hookswitch']],
      { 0: 'hookswitch' },
      'hookswitch,other',
    ],
  ].map((aud) => claims(`aud ${display(aud)}`, { aud })),
  ...[undefined, null, '', '0', -1, 0.5, 1e300, true, []].map((gen) =>
    claims(`gen ${display(gen)}`, { gen }),
  ),
  ...[
    undefined,
    null,
    '',
    'root',
    'Admin',
    'ADMIN',
    'admin ',
    ['admin'],
    { admin: true },
    1,
    '__proto__',
  ].map((role) => claims(`role ${display(role)}`, { role })),
  ...[
    null,
    '',
    1001,
    '..',
    '.',
    '../1002',
    '1001/../1002',
    '1001/',
    '/',
    '*',
    '1001\0',
    '1001\n',
    'ü',
    ['1001'],
  ].map((extension) => claims(`extension ${display(extension)}`, { extension })),
  claims('an extension of 65 characters', { extension: '1'.repeat(65) }),
  ...[null, 1, ['1001/hello.wav'], 'x'.repeat(1025)].map((path) =>
    claims(`path ${display(path).slice(0, 40)}`, { path }),
  ),
  rawPayload('sub twice', (json) => open(json, '"sub":"1"')),
  rawPayload('sub twice, alike', (json) => open(json, '"sub":"7"')),
  rawPayload('exp twice', (json) => close(json, '"exp":253402300799')),
  rawPayload('role twice', (json) => close(json, '"role":"admin"')),
  rawPayload('role twice, once escaped', (json) => close(json, '"r\\u006fle":"admin"')),
  rawPayload('duplicates in an inner object', (json) => close(json, '"note":{"a":1,"a":2}')),
  rawPayload('an escaped name', (json) => json.replace('"sub"', '"\\u0073ub"')),
  rawPayload('a BOM before the payload', (json) => `\ufeff${json}`),
  rawPayload('a BOM of UTF-16', (json) => Buffer.from(`\ufeff${json}`, 'utf16le')),
  rawPayload('a blank in the payload', (json) => json.replace(':', ': ')),
  rawPayload('a blank before the payload', (json) => ` ${json}`),
  rawPayload('a newline after the payload', (json) => `${json}\n`),
  rawPayload('a NUL after the payload', (json) => `${json}\0`),
  rawPayload('a trailing comma', (json) => `${json.slice(0, -1)},}`),
  rawPayload('a comment', (json) => `${json}//`),
  rawPayload('another object behind it', (json) => json + json),
  rawPayload('the payload in a list', (json) => `[${json}]`),
  rawPayload('the payload as text', (json) => JSON.stringify(json)),
  rawPayload('exp in another spelling', (json) => json.replace(/"exp":(\d+)/, '"exp":$1.0')),
  rawPayload('exp with an exponent', (json) => json.replace(/"exp":\d+/, '"exp":9e9')),
  rawPayload('gen of minus zero', (json) => json.replace('"gen":0', '"gen":-0')),
  rawPayload('bytes that are no UTF-8', (json) =>
    Buffer.concat([Buffer.from(close(json, '"n":"')), Buffer.of(0xff)]),
  ),
  rawPayload('overlong UTF-8', (json) =>
    Buffer.concat([Buffer.from(`${json.slice(0, -1)},"n":"`), Buffer.of(0xc0, 0xaf), Buffer.from('"}')]),
  ),
  rawPayload('nested 1000 deep, open', (json) => close(json, `"n":${'['.repeat(1000)}`)),
  ...['null', 'true', '1', '"x"', '[]', '{}', '', ' ', '{', 'NaN'].map((text) =>
    rawPayload(`a payload of ${JSON.stringify(text)}`, () => text),
  ),
]
