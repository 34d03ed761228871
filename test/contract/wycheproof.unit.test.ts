import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ALGORITHMS, type Algorithm, toKeyObjects, type VerifyingKey } from '../../contract/keys.ts'
import { decodeBase64url, isValidSignature, readToken } from '../../contract/token.ts'
import { newKey } from './mint-token.ts'

const Jwk = z.object({
  kty: z.string(),
  alg: z.string().optional(),
  kid: z.string().optional(),
  k: z.string().optional(),
})
const Test = z.object({
  tcId: z.number(),
  comment: z.string(),
  jws: z.string(),
  result: z.enum(['valid', 'invalid']),
})
const File = z.object({
  numberOfTests: z.number(),
  testGroups: z.array(
    z.object({
      private: z.union([z.object({ keys: z.array(Jwk) }), Jwk.transform((jwk) => ({ keys: [jwk] }))]),
      tests: z.array(Test),
    }),
  ),
})
const load = (name: string) => {
  const file = File.parse(
    JSON.parse(readFileSync(new URL(`../vectors/wycheproof/${name}`, import.meta.url), 'utf8')),
  )
  const cases = file.testGroups.flatMap((group) =>
    group.tests.map((vector) => ({ ...vector, keys: group.private.keys })),
  )
  return { ...file, cases }
}
type Vector = ReturnType<typeof load>['cases'][number]

const signatures = load('json_web_signature_test.json')
const keys = load('json_web_key_test.json')

const isOurs = ({ keys: [jwk] }: Vector) => jwk?.kty === 'oct' && jwk.alg === 'HS256'
const secretOf = (jwk: Vector['keys'][number] | undefined) => Buffer.from(jwk?.k ?? '', 'base64url')

/** Checks the signature and the spelling alone, as `readToken` does: these payloads are not claims. */
function verifies(jws: string, secret: Buffer): boolean {
  const key: VerifyingKey = { kid: '', alg: 'HS256', ...toKeyObjects('HS256', secret) }
  const [first, second] = [jws.indexOf('.'), jws.indexOf('.', jws.indexOf('.') + 1)]
  if (first < 0 || second < 0) return false
  const parts = [jws.slice(0, first), jws.slice(first + 1, second), jws.slice(second + 1)].map(
    decodeBase64url,
  )
  const signature = parts[2]
  if (signature === undefined || parts.includes(undefined)) return false
  return isValidSignature(key, jws.slice(0, second), signature)
}

/** Valid for a decoder that skips characters outside the alphabet (RFC 2045 §6.8), which base64url forbids. */
const VALID_FOR_LAX_DECODERS = [372, 373]
/** Described as having wrong padding, but equal to the valid 357: the padding is missing in the published file. */
const SAME_AS_VALID = [367, 370]
const expected = ({ tcId, result }: Vector) =>
  (result === 'valid' && !VALID_FOR_LAX_DECODERS.includes(tcId)) || SAME_AS_VALID.includes(tcId)

describe('Wycheproof JSON Web Signature', () => {
  const ours = signatures.cases.filter(isOurs)
  const others = signatures.cases.filter((vector) => !isOurs(vector))

  test('has 401 cases: 40 of HS256, 361 of other algorithms', () => {
    expect(signatures.numberOfTests).toBe(401)
    expect([ours.length, others.length]).toEqual([40, 361])
    const same = signatures.cases.filter(({ tcId }) => [357, ...SAME_AS_VALID].includes(tcId))
    expect(new Set(same.map(({ jws }) => jws)).size).toBe(1)
  })

  test('has 10 valid and 30 invalid signatures of HS256', () => {
    expect(ours.filter(({ jws, keys: [jwk] }) => verifies(jws, secretOf(jwk)))).toHaveLength(10)
  })

  test.each(ours.map((vector) => [vector.tcId, vector.comment, expected(vector), vector] as const))(
    '%i %s: the signature is valid: %s',
    (_, __, valid, { jws, keys: [jwk] }) => {
      expect(verifies(jws, secretOf(jwk))).toBe(valid)
    },
  )

  test.each(others.map((vector) => [vector.tcId, vector.comment, vector] as const))(
    '%i %s: rejected by the list of algorithms',
    (_, __, { tcId, jws }) => {
      expect(readToken(jws, knowsEveryKid('HS256'))).toBeUndefined()
      expect(readToken(jws, knowsEveryKid('EdDSA'))).toBeUndefined()
      // 31 has an HMAC with an EC key: its kid names a key of another algorithm.
      if (tcId !== 31) expect(ALGORITHMS).not.toContain(headerOf(jws).alg)
    },
  )

  test('has no valid token of this project, whatever key the kid names', () => {
    expect(
      signatures.cases.filter(({ jws }) => readToken(jws, knowsEveryKid('HS256')) !== undefined),
    ).toEqual([])
  })
})

describe('Wycheproof JSON Web Key', () => {
  const secrets = keys.cases.filter(({ keys: all }) =>
    all.every((jwk) => jwk.kty === 'oct' && jwk.alg === 'HS256'),
  )

  test('has 26 cases: 6 about HS256 secrets, 20 about unsupported keys', () => {
    expect(keys.numberOfTests).toBe(26)
    expect(keys.cases).toHaveLength(26)
    expect(secrets.map(({ tcId }) => tcId)).toEqual([2, 3, 4, 10, 13, 16])
  })

  test.each([
    [2, 'a good signature, its key named by kid', true],
    [3, 'a modified signature', false],
    [13, 'a secret of 65 bytes', true],
  ])('%i %s: %s', (tcId, _, valid) => {
    const vector = secrets.find((one) => one.tcId === tcId)
    expect(verifies(vector?.jws ?? '', secretOf(vector?.keys[0]))).toBe(valid)
  })

  test.each([
    [10, 'a secret of 31 bytes'],
    [16, 'an empty secret'],
  ])('%i %s is rejected as a key', (tcId) => {
    const vector = secrets.find((one) => one.tcId === tcId)
    expect(() => toKeyObjects('HS256', secretOf(vector?.keys[0]))).toThrow('32 bytes')
  })

  test('4 two keys of one kid are impossible, as the kid is the name of a file', () => {
    const kids = secrets.find(({ tcId }) => tcId === 4)?.keys.map(({ kid }) => kid)
    expect(new Set(kids).size).toBe(1)
  })

  test('has no valid token of this project', () => {
    expect(keys.cases.filter(({ jws }) => readToken(jws, knowsEveryKid('HS256')) !== undefined)).toEqual([])
  })
})

/** Finds a key for any kid, so that only `alg`, the shape and the signature can be invalid. */
const knowsEveryKid =
  (alg: Algorithm) =>
  (kid: string): VerifyingKey =>
    newKey(alg, kid)

function headerOf(jws: string): { alg?: unknown } {
  try {
    return JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString())
  } catch {
    return {}
  }
}
