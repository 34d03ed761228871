import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ACTIVATION_DELAY_MS,
  addKey,
  describeKeys,
  readKeys,
  retireKey,
  signingKey,
  toKeyObjects,
} from '../../contract/keys.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hs-keys-')), 'keys')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const put = (name: string, text: string, mode = 0o600) => {
  writeFileSync(join(folder, name), text)
  chmodSync(join(folder, name), mode)
}
const kidAt = (n: number, alg = 'hs256') => `${alg}-20250101T00000000${n}Z-00000000`
const HEX = 'ab'.repeat(32)

describe('a new key', () => {
  test('is 32 random bytes in a new file that only its owner may read', () => {
    const [a, b] = [addKey(folder, 'HS256'), addKey(folder, 'HS256')]
    expect(a).not.toBe(b)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const kid of [a, b]) {
      expect(kid).toMatch(/^hs256-\d{8}T\d{9}Z-[0-9a-f]{8}$/)
      expect(statSync(join(folder, `${kid}.key`)).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, `${kid}.key`), 'latin1')).toMatch(/^[0-9a-f]{64}\n$/)
    }
    expect(readdirSync(folder).sort()).toEqual([`${a}.key`, `${b}.key`].sort())
    const [one, other] = readKeys(folder)
    expect(one?.key.export()).not.toEqual(other?.key.export())
  })

  test('is private even if the umask of the process is 0', () => {
    const umask = process.umask(0)
    try {
      const kid = addKey(folder, 'EdDSA')
      expect(statSync(join(folder, `${kid}.key`)).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(umask)
    }
  })

  test('has its algorithm in its name, and cannot be used with another one', () => {
    const kids = [addKey(folder, 'HS256'), addKey(folder, 'EdDSA')]
    const keys = new Map(readKeys(folder).map((key) => [key.kid, key]))
    expect(kids.map((kid) => keys.get(kid)?.alg)).toEqual(['HS256', 'EdDSA'])
    expect(kids.map((kid) => keys.get(kid)?.key.type)).toEqual(['secret', 'public'])
  })

  test('knows when it was made', () => {
    const kid = addKey(folder, 'HS256', new Date('2025-06-15T12:00:00.123Z'))
    expect(readKeys(folder)).toMatchObject([{ kid, createdAtMs: Date.parse('2025-06-15T12:00:00.123Z') }])
  })
})

describe('readKeys', () => {
  beforeEach(() => void addKey(folder, 'HS256', new Date('2025-01-01T00:00:00.005Z')))

  test.each([
    ['a key half written', `${kidAt(1)}.key.new`],
    ['a retired key', `${kidAt(1)}.retired`],
    ['a note', 'README'],
    ['a key of another algorithm', `rs256-20250101T000000001Z-00000000.key`],
    ['a name in capitals', `${kidAt(1).toUpperCase()}.key`],
    ['a name with a newline', `${kidAt(1)}.key\n`],
    ['a hidden file', `.${kidAt(1)}.key`],
  ])('ignores %s', (_, name) => {
    put(name, HEX)
    expect(readKeys(folder)).toHaveLength(1)
  })

  test('returns the oldest first, whatever the names', () => {
    put(`${kidAt(9)}.key`, HEX)
    put(`${kidAt(1, 'eddsa')}.key`, HEX)
    expect(readKeys(folder).map((key) => key.createdAtMs % 10)).toEqual([1, 5, 9])
  })

  test.each([0o640, 0o604, 0o610, 0o622, 0o666, 0o777])('rejects a key file of mode %o', (mode) => {
    put(`${kidAt(1)}.key`, HEX, mode)
    expect(() => readKeys(folder)).toThrow('readable by others')
  })

  test.each([
    ['nothing', ''],
    ['31 bytes', 'ab'.repeat(31)],
    ['33 bytes', 'ab'.repeat(33)],
    ['a password', 'correct horse battery staple'],
    ['hex with a blank in it', `${'ab'.repeat(16)} ${'ab'.repeat(16)}`],
    ['two lines', `${HEX}\n${HEX}`],
  ])('rejects a file of %s, and shows no secret', (_, text) => {
    put(`${kidAt(1)}.key`, text)
    expect(() => readKeys(folder)).toThrow(/does not hold 64 hex digits$/)
    expect(() => readKeys(folder)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/abab|horse/) }),
    )
  })
})

test.each([0, 1, 16, 31])('toKeyObjects rejects %i secret bytes', (length) => {
  expect(() => toKeyObjects('HS256', Buffer.alloc(length))).toThrow('32 bytes')
  expect(() => toKeyObjects('EdDSA', Buffer.alloc(length))).toThrow('32 bytes')
})

test.each([
  '',
  '.',
  '..',
  '../x',
  'x',
  `../${kidAt(1)}`,
  `${kidAt(1)}.key`,
  `${kidAt(1)}/..`,
  `${kidAt(1)}\n`,
  '__proto__',
])('retireKey rejects the id %j', (kid) => {
  addKey(folder, 'HS256')
  expect(() => retireKey(folder, kid)).toThrow('not a key id')
})

test('describeKeys names what each key does, and no secret', () => {
  const made = Date.parse('2025-01-01T00:00:00Z')
  const ids = [0, 60_000, 120_000].map((after) => addKey(folder, 'HS256', new Date(made + after)))
  const other = addKey(folder, 'EdDSA', new Date(made + 1))
  const described = describeKeys(readKeys(folder), 'HS256', made + 120_000 + ACTIVATION_DELAY_MS - 1)
  expect(described.map(({ kid, state }) => [kid, state])).toEqual([
    [ids[0], 'verifying'],
    [other, 'verifying'],
    [ids[1], 'signing'],
    [ids[2], 'pending'],
  ])
  expect(Object.keys(described[0] ?? {})).toEqual(['kid', 'alg', 'createdAtMs', 'state'])
})

describe('signingKey', () => {
  const at = (nowMs: number, alg: 'HS256' | 'EdDSA' = 'HS256') =>
    signingKey(readKeys(folder), alg, nowMs)?.kid
  const made = Date.parse('2025-01-01T00:00:00Z')
  const add = (afterMs: number, alg: 'HS256' | 'EdDSA' = 'HS256') =>
    addKey(folder, alg, new Date(made + afterMs))

  test('returns the only key, active or not', () => {
    const kid = add(0)
    expect([at(made - 1), at(made), at(made + ACTIVATION_DELAY_MS)]).toEqual([kid, kid, kid])
  })
  test('returns a newer key only after every process has had time to read it', () => {
    const [old, recent] = [add(0), add(60_000)]
    expect(at(made + 60_000 + ACTIVATION_DELAY_MS - 1)).toBe(old)
    expect(at(made + 60_000 + ACTIVATION_DELAY_MS)).toBe(recent)
  })
  test('returns a key of the required algorithm, or none', () => {
    const [, recent] = [add(0), add(1, 'EdDSA')]
    expect(at(made + 60_000, 'EdDSA')).toBe(recent)
    rmSync(join(folder, `${recent}.key`))
    expect(at(made + 60_000, 'EdDSA')).toBeUndefined()
  })
})
