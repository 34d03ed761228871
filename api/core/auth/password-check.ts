import { networkOf } from '../values/network.ts'
import type { AttemptTarget, LoginAttempts, ReservedAttempt } from './login-attempts.ts'
import type { Passwords, VerifyOptions } from './password.ts'
import type { PasswordAuthority, User } from './users.ts'

/** What verifies passwords that are not stored here: the PBX, or a directory. */
export interface RemotePasswords {
  /**
   * @param options `beforeVerify` runs after a wait, before the other system is asked
   * @throws {Refusal} `unavailable` while the other system cannot be asked; what `beforeVerify` throws
   */
  verify(user: User, password: string, options: Required<VerifyOptions>): Promise<boolean>
}

export type RemoteAuthorities = Partial<Record<Exclude<PasswordAuthority, 'local'>, RemotePasswords>>

/** Passwords of single devices, for clients that know nothing of second factors. */
export interface AppPasswords {
  /** Whether a text has the form of an app password, so that it is compared with those alone. */
  isAppPassword(text: string): boolean
  /** @returns its id, if the user has it @throws {Refusal} `unavailable` */
  verify(userId: string, text: string): Promise<string | undefined>
}

/** What a client has shown: the password of the account, or that of a device by its id. */
export type PasswordProof = 'password' | { appPasswordId: string }

export interface PasswordCheckNeeds {
  passwords: Pick<Passwords, 'verify'>
  attempts: LoginAttempts
  /** An account has no valid password where its authority has no entry. */
  remoteAuthorities?: RemoteAuthorities
  appPasswords?: AppPasswords
}

/**
 * Verifies a password where the account has it, limited as `LoginAttempts` has it.
 * @returns undefined for a wrong one; without a user, or with a disabled one, after the time that a wrong one of the
 *   same form takes
 * @throws {Refusal} `throttled`, `unavailable`
 */
export type PasswordCheck = (
  target: AttemptTarget,
  user: User | undefined,
  password: string,
  address: string,
) => Promise<PasswordProof | undefined>

export function createPasswordCheck(needs: PasswordCheckNeeds): PasswordCheck {
  const { passwords, attempts, remoteAuthorities = {}, appPasswords } = needs

  async function verify(
    user: User | undefined,
    password: string,
    options: Required<VerifyOptions>,
  ): Promise<PasswordProof | undefined> {
    const active = user?.disabled === false ? user : undefined
    if (appPasswords?.isAppPassword(password) === true) {
      await options.beforeVerify()
      const appPasswordId = await appPasswords.verify(active?.id ?? '', password)
      return appPasswordId === undefined ? undefined : { appPasswordId }
    }
    const authority = user?.passwordAuthority ?? 'local'
    const remote = authority === 'local' ? undefined : remoteAuthorities[authority]
    const isRight =
      active !== undefined && remote !== undefined
        ? await remote.verify(active, password, options)
        : await passwords.verify(authority === 'local' ? user?.passwordHash : undefined, password, options)
    return isRight && active !== undefined ? 'password' : undefined
  }

  return async (target, user, password, address) => {
    let attempt: ReservedAttempt | undefined
    let proof: PasswordProof | undefined
    try {
      await attempts.check(target, address)
      proof = await verify(user, password, {
        queueKey: networkOf(address),
        beforeVerify: async () => {
          attempt = await attempts.reserve(target, address)
        },
      })
    } catch (err) {
      await attempt?.end('void')
      throw err
    }
    await attempt?.end(proof === undefined ? 'failure' : 'success')
    return proof
  }
}

/** The counters of a user, whichever of their names is tried. */
export const attemptTargetOf = ({ id, revision }: Pick<User, 'id' | 'revision'>): AttemptTarget => ({
  id: `id:${id}`,
  revision,
})
