import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createPhonePasswords, PhoneSecretsError } from '../../../../api/core/auth/phone-passwords.ts'
import { createPhoneSecretCache, type PhoneSecretHash } from '../../../../api/core/auth/phone-secret-cache.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { sampleUser } from '../../../support/sample-user.ts'

const phoneUser = (changes: Parameters<typeof sampleUser>[0] = {}) =>
  sampleUser({ extension: '1001', passwordAuthority: 'phone', passwordHash: '', ...changes })

/** A PBX with one phone, 1001, and hashes that are the secrets themselves. */
function createFixture({ caches = false, parallel = 4 } = {}) {
  const pbx = { secret: 'right', isAway: false, asked: 0, atOnce: 0, mostAtOnce: 0 }
  const stored = new Map<string, PhoneSecretHash>()
  const comparisons: (string | undefined)[] = []
  const failures: unknown[] = []
  const passwords = {
    hash: async (secret: string) => `hash of ${secret}`,
    async verify(hash: string | undefined, secret: string) {
      comparisons.push(hash)
      return hash === `hash of ${secret}`
    },
  }
  const hashes = {
    find: async (userId: string) => stored.get(userId),
    save: async (userId: string, row: PhoneSecretHash) => void stored.set(userId, row),
    async remove(userId: string, hash: string) {
      if (stored.get(userId)?.hash === hash) stored.delete(userId)
    },
    removeAll: async () => stored.clear(),
  }
  const { verify } = createPhonePasswords({
    secrets: {
      async matches(extension, secret) {
        pbx.asked += 1
        pbx.atOnce += 1
        pbx.mostAtOnce = Math.max(pbx.mostAtOnce, pbx.atOnce)
        await sleep(1)
        pbx.atOnce -= 1
        if (pbx.isAway) throw new PhoneSecretsError('away')
        return extension === '1001' && secret === pbx.secret
      },
    },
    passwords,
    cache: caches
      ? createPhoneSecretCache({ hashes, passwords, onFailure: (err) => failures.push(err) })
      : undefined,
    parallel,
  })
  const check = (secret: string, user = phoneUser(), beforeVerify = async () => {}) =>
    verify(user, secret, { queueKey: 'net', beforeVerify })
  return { pbx, check, stored, hashes, comparisons, failures }
}

describe('the secret of a phone', () => {
  it('is compared by the PBX, in the time of a local password at least', async () => {
    const { check, comparisons } = createFixture()
    expect([await check('right'), await check('wrong')]).toEqual([true, false])
    expect(comparisons).toEqual([undefined, undefined])
  })

  it.each([
    ['an account without an extension', 'right', phoneUser({ extension: null })],
    ['an empty secret', '', phoneUser()],
    ['a secret that is too long', 'x'.repeat(1_025), phoneUser()],
    ['a secret that is no text', 'right\ud800', phoneUser()],
  ])('is wrong for %s, and the PBX is not asked', async (_, secret, user) => {
    const { check, pbx, comparisons } = createFixture()
    expect(await check(secret, user)).toBe(false)
    expect(pbx.asked).toBe(0)
    expect(comparisons).toHaveLength(1)
  })

  it('is not sent where the limit of attempts refuses it', async () => {
    const { check, pbx } = createFixture()
    const refuse = async () => {
      throw new Refusal('throttled')
    }
    await expect(check('right', phoneUser(), refuse)).rejects.toMatchObject({ code: 'throttled' })
    expect(pbx.asked).toBe(0)
  })

  it('is unavailable while the PBX is away', async () => {
    const { check, pbx } = createFixture()
    pbx.isAway = true
    await expect(check('right')).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 })
  })

  it('is compared a few at a time', async () => {
    const { check, pbx } = createFixture({ parallel: 4 })
    await Promise.all(Array.from({ length: 40 }, () => check('wrong')))
    expect(pbx).toMatchObject({ asked: 40, mostAtOnce: 4 })
  })
})

describe('the stored hash of a secret', () => {
  it('is stored after a right answer alone, and used while the PBX is away alone', async () => {
    const { check, pbx, stored } = createFixture({ caches: true })
    expect(await check('wrong')).toBe(false)
    expect(stored.size).toBe(0)
    expect(await check('right')).toBe(true)
    pbx.isAway = true
    expect([await check('right'), await check('wrong')]).toEqual([true, false])
    pbx.isAway = false
    pbx.secret = 'new'
    expect(await check('new')).toBe(true)
    pbx.isAway = true
    expect([await check('right'), await check('new')]).toEqual([false, true])
  })

  it('is removed once the PBX calls its secret wrong, and by no other guess', async () => {
    const { check, pbx, stored } = createFixture({ caches: true })
    await check('right')
    await check('wrong')
    expect(stored.size).toBe(1)
    pbx.secret = 'new'
    expect(await check('right')).toBe(false)
    expect(stored.size).toBe(0)
    pbx.isAway = true
    await expect(check('right')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('counts for no other extension and no other account', async () => {
    const { check, pbx } = createFixture({ caches: true })
    await check('right')
    pbx.isAway = true
    for (const user of [phoneUser({ extension: '1002' }), phoneUser({ id: '2' })])
      await expect(check('right', user)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('stops no sign-in where it cannot be stored', async () => {
    const { check, hashes, failures } = createFixture({ caches: true })
    hashes.save = async () => {
      throw new Refusal('unavailable')
    }
    expect(await check('right')).toBe(true)
    expect(failures).toHaveLength(1)
  })
})
