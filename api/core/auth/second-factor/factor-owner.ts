import type { Actor } from '../../actor.ts'
import { Refusal } from '../../refusal.ts'
import { attemptTargetOf, type PasswordCheck } from '../password-check.ts'
import type { SecurityLog } from '../security-log.ts'
import { logThrottled } from '../throttled-attempt.ts'
import type { User, UserStore } from '../users.ts'
import type { FactorOwner } from './factor-store.ts'

/** The user of a request, and the address of the client. */
export interface OwnedBy {
  actor: Actor
  address: string
}

/**
 * Checks that a request which changes factors has a fresh proof: the current password, under the limits of logins.
 * @throws {Refusal} `credentials_wrong`, also for an app password; `conflict` where a provider signs the user in,
 *   `token_revoked`, `throttled`, `unavailable`
 */
export type OwnerCheck = (
  by: OwnedBy,
  currentPassword: string,
) => Promise<{ owner: FactorOwner; user: User; username: string }>

export interface OwnerCheckNeeds {
  users: Pick<UserStore, 'find'>
  checkPassword: PasswordCheck
  securityLog: SecurityLog
}

export const createOwnerCheck =
  ({ users, checkPassword, securityLog }: OwnerCheckNeeds): OwnerCheck =>
  async ({ actor, address }, currentPassword) => {
    const { userId, sessionId, claims } = actor
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('token_revoked')
    requireOwnSignIn(user)
    const { username } = user
    const proof = await checkPassword(attemptTargetOf(user), user, currentPassword, address).catch(
      logThrottled(securityLog, { username, address }),
    )
    if (proof !== 'password') {
      securityLog.write({ event: 'authn_second_factor_fail', userId, username, address })
      throw new Refusal('credentials_wrong', { detail: 'current_password is wrong' })
    }
    return { owner: { userId, sessionId, generation: claims.gen }, user, username }
  }

/** @throws {Refusal} `conflict` if a provider signs the user in, which has second factors of its own */
export function requireOwnSignIn({ passwordAuthority }: Pick<User, 'passwordAuthority'>): void {
  if (passwordAuthority !== 'provider') return
  throw new Refusal('conflict', {
    detail: 'this account signs in at its provider, which has its second factor',
  })
}
