import type { Passwords } from './password.ts'

/** Argon2 hashes of secrets that the PBX has called right, one an account. */
export interface PhoneSecretHashStore {
  /** @throws {Refusal} `unavailable` */
  find(userId: string): Promise<PhoneSecretHash | undefined>
  /** @throws {Refusal} `unavailable` */
  save(userId: string, row: PhoneSecretHash): Promise<void>
  /** Removes this hash, and none that another request has stored meanwhile. @throws {Refusal} `unavailable` */
  remove(userId: string, hash: string): Promise<void>
  /** @throws {Refusal} `unavailable` */
  removeAll(): Promise<void>
}

export interface PhoneSecretHash {
  /** Of the phone: the hash counts for no other one. */
  extension: string
  hash: string
}

/** Answers for the PBX while it is away. */
export interface PhoneSecretCache {
  /** Never throws: a sign-in does not fail because it could not be stored. */
  store(userId: string, extension: string, secret: string): Promise<void>
  /** Removes the hash of this secret, which the PBX has called wrong. Never throws. */
  removeIfSame(userId: string, extension: string, secret: string): Promise<void>
  /** @returns undefined where no secret of this extension is stored @throws {Refusal} `unavailable` */
  matches(userId: string, extension: string, secret: string): Promise<boolean | undefined>
}

export interface PhoneSecretCacheNeeds {
  hashes: PhoneSecretHashStore
  passwords: Pick<Passwords, 'hash' | 'verify'>
  onFailure(err: unknown): void
}

export function createPhoneSecretCache({
  hashes,
  passwords,
  onFailure,
}: PhoneSecretCacheNeeds): PhoneSecretCache {
  async function findOf(userId: string, extension: string): Promise<string | undefined> {
    const found = await hashes.find(userId)
    return found?.extension === extension ? found.hash : undefined
  }
  return {
    async store(userId, extension, secret) {
      try {
        await hashes.save(userId, { extension, hash: await passwords.hash(secret, userId) })
      } catch (err) {
        onFailure(err)
      }
    },
    async removeIfSame(userId, extension, secret) {
      try {
        const hash = await findOf(userId, extension)
        if (hash !== undefined && (await passwords.verify(hash, secret, { queueKey: userId })))
          await hashes.remove(userId, hash)
      } catch (err) {
        onFailure(err)
      }
    },
    async matches(userId, extension, secret) {
      const hash = await findOf(userId, extension)
      return hash === undefined ? undefined : passwords.verify(hash, secret, { queueKey: userId })
    },
  }
}
