import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import { passwordMarkOf } from '../password-mark.ts'
import type { User, UserStore } from '../users.ts'

/** A person who has given the right password, and no second factor yet. */
export const SignInChallenge = z.object({
  userId: z.string(),
  /** Of the account when the password was verified. */
  generation: z.number().int(),
  passwordMark: z.string(),
  /** The account has no factor, and must add one: this is all that the challenge permits. */
  mustEnrol: z.boolean(),
  triesLeft: z.number().int(),
  /** Unix seconds. */
  expiresAt: z.number().int(),
})
export type SignInChallenge = z.infer<typeof SignInChallenge>

export interface SignInChallengeStore {
  put(name: string, challenge: SignInChallenge, ttl: number): Promise<void>
  /** Reads and deletes. */
  take(name: string): Promise<SignInChallenge | undefined>
}

/** What the holder of a challenge may do. */
export interface ChallengedUser {
  user: User
  mustEnrol: boolean
}

export interface SignInChallenges {
  /** @returns 64 hexadecimal digits, valid for 5 minutes and 5 wrong answers */
  issue(user: User, mustEnrol: boolean): Promise<string>
  /**
   * Works with a challenge, which no other request has meanwhile. It is used up if `work` succeeds and has `use` set.
   * @throws {Refusal} `not_found` for an unknown, used or expired one, and after a change of the account; what `work` throws
   */
  answer<T>(name: string, mode: 'use' | 'keep', work: (about: ChallengedUser) => Promise<T>): Promise<T>
}

const TTL_S = 300
const TRIES = 5

export interface SignInChallengesNeeds {
  store: SignInChallengeStore
  users: Pick<UserStore, 'find'>
  now: () => number
}

export function createSignInChallenges({ store, users, now }: SignInChallengesNeeds): SignInChallenges {
  const nowS = () => toUnixSeconds(now())

  /** The challenge as it was, unless it has expired or was tried too often. */
  async function putBack(name: string, challenge: SignInChallenge): Promise<void> {
    const ttl = challenge.expiresAt - nowS()
    if (ttl <= 0 || challenge.triesLeft <= 0) return
    // If this fails, the person enters the password again.
    await store.put(name, challenge, ttl).catch(() => {})
  }

  return {
    async issue(user, mustEnrol) {
      const name = randomBytes(32).toString('hex')
      await store.put(
        name,
        {
          userId: user.id,
          generation: user.generation,
          passwordMark: passwordMarkOf(user),
          mustEnrol,
          triesLeft: TRIES,
          expiresAt: nowS() + TTL_S,
        },
        TTL_S,
      )
      return name
    },

    async answer(name, mode, work) {
      const challenge = /^[0-9a-f]{64}$/.test(name) ? await store.take(name) : undefined
      if (challenge === undefined || challenge.expiresAt <= nowS()) throw unknown()
      try {
        const user = await users.find(challenge.userId)
        const isSame =
          user?.disabled === false &&
          user.generation === challenge.generation &&
          passwordMarkOf(user) === challenge.passwordMark
        if (!isSame) throw unknown()
        const result = await work({ user, mustEnrol: challenge.mustEnrol })
        if (mode === 'keep') await putBack(name, challenge)
        return result
      } catch (err) {
        const code = err instanceof Refusal ? err.code : undefined
        const triesLeft = challenge.triesLeft - (code === 'credentials_wrong' ? 1 : 0)
        if (code !== 'not_found') await putBack(name, { ...challenge, triesLeft })
        throw err
      }
    },
  }
}

const unknown = () =>
  new Refusal('not_found', { detail: 'the challenge is unknown, used or expired: sign in again' })
