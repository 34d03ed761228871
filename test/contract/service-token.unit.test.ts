import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import {
  RevocationLogEntry,
  ServiceTokenEntry,
  serviceTokenFields,
} from '../../contract/revocation-entries.ts'
import {
  generateServiceToken,
  isServiceTokenText,
  SCOPES,
  type ServiceToken,
  serviceIdOfSubject,
  serviceSubject,
  serviceTokenIdOf,
} from '../../contract/service-token.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { redact } from '../../runtime/log.ts'
import { pairsOf } from '../../runtime/redis-stream.ts'
import { newServiceToken } from './service-token-fixture.ts'

const nowS = 1_750_000_000

function setUp(...tokens: ServiceToken[]) {
  const cache = createRevocationCache()
  const clock = { nowS, monotonicMs: 0 }
  cache.markFresh(0, 0)
  for (const token of tokens) cache.serviceTokens.add(token)
  const verifier = createTokenVerifier({
    keyring: { find: () => undefined, onChange: () => {} },
    revocations: cache,
    now: () => clock.nowS * 1_000,
    monotonic: () => clock.monotonicMs,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 3_600,
    cacheSize: 10,
  })
  const codeOf = (
    text: string,
    scope: (typeof SCOPES)[number] | undefined = 'calls:read',
    from = '192.0.2.7',
  ) => {
    const verdict = verifier.verifyService(text, scope, from)
    return verdict.ok ? 'good' : verdict.code
  }
  return { cache, clock, verifier, codeOf }
}

test('a text has 160 random bits at least, and its parts are found again', () => {
  const made = Array.from({ length: 200 }, generateServiceToken)
  expect(new Set(made.map(({ text }) => text.slice(20, 60))).size).toBe(200)
  for (const { id, text } of made) {
    expect(text).toMatch(/^hs_[0-9a-f]{16}_[0-9a-f]{48}$/)
    expect(serviceTokenIdOf(text)).toBe(id)
    expect(serviceIdOfSubject(serviceSubject(id))).toBe(id)
    expect(redact(`sent ${text}, and more`)).toBe('sent [token], and more')
  }
})

test('a text with one character changed, added or missing is recognized as mistyped', () => {
  const { text } = generateServiceToken()
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0123456789abcdefg_A'), (at, other) => {
      fc.pre(text[at] !== other)
      expect(serviceTokenIdOf(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
      expect(serviceTokenIdOf(text.slice(0, at) + text.slice(at + 1))).toBeUndefined()
      expect(serviceTokenIdOf(text.slice(0, at) + other + text.slice(at))).toBeUndefined()
    }),
  )
})

describe('a verdict', () => {
  const { token, text } = newServiceToken(nowS)
  const other = newServiceToken(nowS)

  test.each([
    ['garbage', 'hs_garbage'],
    ['the prefix alone', 'hs_'],
    ['a huge text', `hs_${'a'.repeat(1_000_000)}`],
    ['a NUL', `${text.slice(0, 30)}\0${text.slice(31)}`],
    ['a NUL at its end', `${text}\0`],
    ['a line break at its end', `${text}\n`],
    ['the beginning of one in force', text.slice(0, -1)],
    ['one in force in capitals', text.toUpperCase()],
    ['the id of one in force with the secret of another', `hs_${token.id}_${other.text.slice(20)}`],
    ['one that was never made', generateServiceToken().text],
    ['letters beyond ASCII', text.replace(/[0-9]/, '٣')],
  ])('refuses %s', (_, hostile) => {
    const { codeOf, verifier } = setUp(token, other.token)
    expect(codeOf(hostile)).toBe('token_invalid')
    expect(verifier.verify(hostile, 'access')).toEqual({ ok: false, code: 'token_invalid' })
  })

  test('refuses the right id and checksum with another secret', () => {
    // Only a program that knows the format makes this one: the checksum is no secret.
    const { codeOf } = setUp({ ...other.token, id: token.id })
    expect(codeOf(text)).toBe('token_invalid')
  })

  test('is that a token in force is of another kind, where a user is needed', () => {
    const { verifier } = setUp(token)
    for (const kind of ['access', 'refresh', 'media-link'] as const)
      expect(verifier.verify(text, kind)).toEqual({ ok: false, code: 'token_wrong_kind' })
  })

  test('is none while the log is stale, also of an unknown token', () => {
    const { cache, clock, codeOf, verifier } = setUp(token)
    clock.monotonicMs = 5_001
    const unknown = generateServiceToken().text
    for (const one of [text, unknown]) {
      expect(codeOf(one)).toBe('cannot_judge')
      expect(verifier.verify(one, 'access')).toEqual({ ok: false, code: 'cannot_judge' })
    }
    cache.markFresh(5_001, 0)
    expect([codeOf(text), codeOf(unknown)]).toEqual(['good', 'token_invalid'])
  })

  test('survives the end of what a session’s token may live, and is not revived by its own entry', () => {
    const long = newServiceToken(nowS, { expiresAt: nowS + 400 * 86_400 })
    const { cache, clock, codeOf } = setUp(long.token)
    clock.nowS += 300 * 86_400
    cache.prune(clock.nowS, 100)
    expect(codeOf(long.text)).toBe('good')
    cache.add({ kind: 'sid', key: serviceSubject(long.token.id), generation: 0, until: long.token.expiresAt })
    cache.serviceTokens.add(long.token)
    expect(codeOf(long.text)).toBe('token_revoked')
  })

  test('is the one of a simple model, for drawn scopes, networks, times and revocations', () => {
    const networks = ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', '10.0.0.0/8']
    const addresses: Record<string, string | undefined> = {
      '192.0.2.200': '192.0.2.0/24',
      '::ffff:192.0.2.1': '192.0.2.0/24',
      '192.0.3.1': undefined,
      '198.51.100.7': '198.51.100.7',
      '198.51.100.8': undefined,
      '2001:db8:1::5': '2001:db8::/32',
      '2001:db9::1': undefined,
      '10.255.0.1': '10.0.0.0/8',
      unknown: undefined,
      '': undefined,
    }
    fc.assert(
      fc.property(
        fc.subarray([...SCOPES]),
        fc.subarray(networks),
        fc.constantFrom(...SCOPES, undefined),
        fc.constantFrom(...Object.keys(addresses)),
        fc.integer({ min: -3, max: 3 }),
        fc.boolean(),
        (scopes, allowed, scope, address, secondsLeft, isRevoked) => {
          const made = newServiceToken(nowS - 100, {
            scopes,
            networks: allowed,
            expiresAt: nowS + secondsLeft,
          })
          const { cache, verifier } = setUp(made.token)
          const until = made.token.expiresAt
          if (isRevoked) cache.add({ kind: 'sid', key: serviceSubject(made.token.id), generation: 0, until })
          const isInNetwork = allowed.length === 0 || allowed.includes(addresses[address] ?? '')
          const expected =
            secondsLeft <= 0
              ? 'token_expired'
              : isRevoked
                ? 'token_revoked'
                : !isInNetwork
                  ? 'network_refused'
                  : scope !== undefined && scopes.includes(scope)
                    ? 'good'
                    : 'scope_missing'
          const verdict = verifier.verifyService(made.text, scope, address)
          expect(verdict.ok ? 'good' : verdict.code).toBe(expected)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('an entry of the log', () => {
  const { token } = newServiceToken(nowS, { networks: ['192.0.2.0/24'], scopes: ['calls:dial'] })
  const entry = Object.fromEntries(pairsOf(serviceTokenFields(token)))

  test('holds the token and no secret', () => {
    expect(ServiceTokenEntry.parse(entry)).toEqual(token)
  })

  test('is no revocation, so that an older version skips it', () => {
    expect(RevocationLogEntry.safeParse(entry).success).toBe(false)
  })

  test('of a newer version grants the scopes that are known here', () => {
    const { id: _, expiresAt: __, ...rest } = token
    const newer = JSON.stringify({ ...rest, scopes: ['calls:dial', 'faxes:send'], colour: 'red' })
    expect(ServiceTokenEntry.parse({ ...entry, token: newer }).scopes).toEqual(['calls:dial'])
  })

  test.each(['', '{', '[]', 'null', '{"name":"x"}', JSON.stringify({ ...token, networks: ['10.0.0.0/33'] })])(
    'with %s is malformed, and throws nothing',
    (json) => {
      expect(ServiceTokenEntry.safeParse({ ...entry, token: json }).success).toBe(false)
    },
  )
})

test('an access token is never taken for a service token', () => {
  expect(isServiceTokenText('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln')).toBe(false)
})
