import { webcrypto } from 'node:crypto'
import { hash as argon2Hash } from '@node-rs/argon2'
import { describe, expect, test } from 'vitest'
import { createPasswords, NewPassword } from '../../../../api/core/auth/password.ts'

describe('passwords', () => {
  const passwords = createPasswords()

  test('a hash contains its parameters: argon2id, 19 MiB, two passes, one lane', async () => {
    expect(await passwords.hash('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/,
    )
  })

  test('the same password never has the same hash', async () => {
    expect(await passwords.hash('correct horse')).not.toBe(await passwords.hash('correct horse'))
  })

  test.each([
    ['itself', 'Пароль 🔑', true],
    ['another case', 'пароль 🔑', false],
    ['a space around it', 'Пароль 🔑 ', false],
    ['a NUL and more', 'Пароль 🔑\0x', false],
    ['its beginning', 'Пароль', false],
    ['nothing', '', false],
  ])('only the very same password is accepted: %s', async (_, typed, right) => {
    expect(await passwords.verify(await passwords.hash('Пароль 🔑'), typed)).toBe(right)
  })

  test.each([
    ['a letter and its accent', 'caf\u00e9 \u00fcber', 'cafe\u0301 u\u0308ber'],
    ['the two in another order', 'cafe\u0301', 'caf\u00e9'],
    ['a blank that a keyboard made a no-break one', 'correct horse', 'correct\u00a0horse'],
  ])(
    'a password is accepted in another Unicode form, as another keyboard types it: %s',
    async (_, chosen, typed) => {
      expect(await passwords.verify(await passwords.hash(chosen), typed)).toBe(true)
    },
  )

  test.each([
    ['as one letter', 'caf\u00e9', 'caf\u00e9'],
    ['as two, typed so', 'cafe\u0301', 'cafe\u0301'],
    ['as two, typed as one', 'cafe\u0301', 'caf\u00e9'],
    ['with a no-break blank', 'correct\u00a0horse', 'correct\u00a0horse'],
  ])('a hash of an earlier release stays good: made of %s', async (_, chosen, typed) => {
    const made = await argon2Hash(chosen, { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1 })
    expect(await passwords.verify(made, typed)).toBe(true)
    expect(await passwords.verify(made, `${typed}x`)).toBe(false)
  })

  test.each([
    ['8 letters', 'password', true],
    ['8 signs of two units each', '🔑'.repeat(8), true],
    ['4 signs of two units each', '🔑'.repeat(4), false],
    ['7 letters, one of them with a loose accent', 'passwore\u0301'.slice(1), false],
    ['1024 bytes', 'я'.repeat(512), true],
    ['1026 bytes', 'я'.repeat(513), false],
  ])('a new password is counted in characters and has a bound in bytes: %s', (_, text, isGood) => {
    expect(NewPassword.safeParse(text).success).toBe(isGood)
  })

  test.each([
    ['no such user', undefined],
    ['a user who may not log in with a password', '!'],
    ['a hash of another kind', '$2b$10$abcdefghijklmnopqrstuuO1p2q3r4s5t6u7v8w9x0y1z2A3B4C5D'],
  ])('%s is never right', async (_, hash) => {
    expect(await passwords.verify(hash, 'correct horse')).toBe(false)
  })

  test('an unknown user costs as much as a wrong password', async () => {
    const hash = await passwords.hash('correct horse')
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < 9; round++) {
      known.push(await timeOf(() => passwords.verify(hash, 'wrong')))
      unknown.push(await timeOf(() => passwords.verify(undefined, 'wrong')))
    }
    const ratio = median(unknown) / median(known)
    expect(ratio).toBeGreaterThan(1 / 3)
    expect(ratio).toBeLessThan(3)
  })

  test.each([
    ['1024 bytes are a good password', 'x'.repeat(1024), true],
    ['1024 bytes of two-byte letters are one', 'я'.repeat(512), true],
    ['1025 bytes are refused', 'x'.repeat(1025), false],
    ['1026 bytes of two-byte letters are refused', 'я'.repeat(513), false],
    ['half a surrogate pair is refused', 'secret\ud800', false],
  ])('%s', async (_, password, good) => {
    const made = await passwords.hash(password).catch((refusal) => refusal.code)
    if (good) expect(await passwords.verify(made, password)).toBe(true)
    else expect(made).toBe('input_invalid')
  })

  test('a password that is too long is wrong for known and unknown users alike, without hashing', async () => {
    const full = createPasswords({ parallel: 1, queue: 0 })
    const busy = full.hash('x')
    const hash = await passwords.hash('x')
    expect(await full.verify(hash, 'x'.repeat(2000))).toBe(false)
    expect(await full.verify(undefined, 'x'.repeat(2000))).toBe(false)
    await busy
  })

  test('requests beyond the queue limit are refused, and the others are served', async () => {
    const few = createPasswords({ parallel: 2, queue: 3 })
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => few.verify(undefined, 'x')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => [reason.code, reason.retryAfter])).toEqual(
      Array(4).fill(['unavailable', 5]),
    )
    expect(await few.verify(undefined, 'x')).toBe(false)
  })

  test('a hash that fails frees its slot', async () => {
    const one = createPasswords({ parallel: 1, queue: 0 })
    await expect(one.verify('$argon2id$broken', 'x')).rejects.toThrow()
    expect(await one.verify(undefined, 'x')).toBe(false)
  })

  test('during a burst of hashes the event loop is not blocked, and a token is verified', async () => {
    const key = await webcrypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const hashes = 24
    let done = 0
    let turns = 0
    let bursting = true
    const turn = () => {
      turns++
      if (bursting) setImmediate(turn)
    }
    turn()
    const burst = Array.from({ length: hashes }, () => passwords.hash('x').then(() => done++))
    await webcrypto.subtle.sign('HMAC', key, new Uint8Array(32))
    expect(done).toBeLessThan(hashes / 2)
    await Promise.all(burst)
    bursting = false
    // If it hashed on the main thread, the loop would run at most once per hash.
    expect(turns).toBeGreaterThan(10 * hashes)
  })
})

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function median(times: number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
