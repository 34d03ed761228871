import { Refusal } from '../refusal.ts'
import { createFairQueue } from './fair-queue.ts'
import type { Passwords } from './password.ts'
import type { RemotePasswords } from './password-check.ts'
import type { PhoneSecretCache } from './phone-secret-cache.ts'

/** Compares secrets with those of the PBX's phones. */
export interface PhoneSecrets {
  /**
   * @param secret not empty
   * @throws {PhoneSecretsError} while the PBX cannot decide
   */
  matches(extension: string, secret: string): Promise<boolean>
}

/** The PBX cannot be asked, or its answer decides nothing. The message holds no secret. */
export class PhoneSecretsError extends Error {
  override name = 'PhoneSecretsError'
}

export interface PhonePasswordsNeeds {
  secrets: PhoneSecrets
  passwords: Pick<Passwords, 'verify'>
  /** Hashes of secrets that were right, for the time in which the PBX is away. */
  cache?: PhoneSecretCache | undefined
  /** Each failure and each success of the PBX, not of the secrets. */
  onFailure?: (err: unknown) => void
  onSuccess?: () => void
  /** How many checks run at once. */
  parallel?: number
}

/** As long as passwords: see `password.ts`. */
const MAX_SECRET_BYTES = 1024
/** Each would become U+FFFD, so different secrets would match. */
const UNPAIRED = /\p{Surrogate}/u
const MAX_WAITING = 1_000
/** Together with the check and its reservation less than nginx waits for an answer, which is 40 s. */
const WAIT_TIMEOUT_MS = 10_000
const RETRY_AFTER_S = 5

/**
 * Verifies the password of an account that signs in with the secret of its phone. Each check takes at least the time of a
 * local password, as for an unknown account, so that the time reveals less about which accounts exist.
 */
export function createPhonePasswords(needs: PhonePasswordsNeeds): RemotePasswords {
  const { secrets, passwords, cache, onFailure = () => {}, onSuccess = () => {}, parallel = 16 } = needs
  const runQueued = createFairQueue({ parallel, maxWaiting: MAX_WAITING, timeoutMs: WAIT_TIMEOUT_MS })

  async function matches(userId: string, extension: string, secret: string): Promise<boolean> {
    let isRight: boolean
    try {
      isRight = await secrets.matches(extension, secret)
    } catch (err) {
      if (!(err instanceof PhoneSecretsError)) throw err
      onFailure(err)
      // Once a hash was compared, the answer counts: unlimited guesses would find the secret.
      const wasRight = await cache?.matches(userId, extension, secret)
      if (wasRight === undefined) throw new Refusal('unavailable', { retryAfter: RETRY_AFTER_S, cause: err })
      return wasRight
    }
    onSuccess()
    if (isRight) await cache?.store(userId, extension, secret)
    // Another wrong guess must not remove what lets the owner in.
    else await cache?.removeIfSame(userId, extension, secret)
    return isRight
  }

  return {
    verify: ({ id, extension }, secret, { queueKey, beforeVerify }) =>
      runQueued(queueKey, async () => {
        await beforeVerify()
        const isPossible =
          extension !== null &&
          secret !== '' &&
          !UNPAIRED.test(secret) &&
          Buffer.byteLength(secret) <= MAX_SECRET_BYTES
        const [isRight] = await Promise.all([
          isPossible && matches(id, extension, secret),
          passwords.verify(undefined, secret, { queueKey }),
        ])
        return isRight
      }),
  }
}
