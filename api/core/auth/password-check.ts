import { networkOf } from '../values/network.ts'
import type { AttemptTarget, LoginAttempts, ReservedAttempt } from './login-attempts.ts'
import type { Passwords } from './password.ts'
import type { User } from './users.ts'

export interface PasswordCheckNeeds {
  passwords: Pick<Passwords, 'verify'>
  attempts: LoginAttempts
}

/**
 * Verifies a password, limited as `LoginAttempts` has it. Without a user, or with a disabled one, it takes as long and
 * returns false.
 * @throws {Refusal} `throttled`, `unavailable`
 */
export type PasswordCheck = (
  target: AttemptTarget,
  user: Pick<User, 'passwordHash' | 'disabled'> | undefined,
  password: string,
  address: string,
) => Promise<boolean>

export function createPasswordCheck({ passwords, attempts }: PasswordCheckNeeds): PasswordCheck {
  return async (target, user, password, address) => {
    let attempt: ReservedAttempt | undefined
    let isValid = false
    try {
      await attempts.check(target, address)
      const matches = await passwords.verify(user?.passwordHash, password, {
        queueKey: networkOf(address),
        beforeVerify: async () => {
          attempt = await attempts.reserve(target, address)
        },
      })
      isValid = matches && user?.disabled === false
    } catch (err) {
      await attempt?.end('void')
      throw err
    }
    await attempt?.end(isValid ? 'success' : 'failure')
    return isValid
  }
}

/** The counters of a user, whichever of their names is tried. */
export const attemptTargetOf = ({ id, revision }: Pick<User, 'id' | 'revision'>): AttemptTarget => ({
  id: `id:${id}`,
  revision,
})
