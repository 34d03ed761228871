import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { ChangedBy } from '../account-admin.ts'
import type { RevocationPublisher } from '../revocations.ts'
import type { SecurityLog } from '../security-log.ts'
import type { Sessions } from '../sessions.ts'
import type { UserStore } from '../users.ts'
import type { FactorStore } from './factor-store.ts'

/**
 * An administrator deletes all second factors, recovery codes and app passwords of a user, and ends their sessions: the
 * user lost a device. If the role must have a factor, the next sign-in adds one.
 * @throws {Refusal} `not_found`, `token_revoked` if the actor is no administrator any more, `unavailable`
 */
export type FactorReset = (userId: string, by: ChangedBy) => Promise<void>

export interface FactorResetNeeds {
  users: Pick<UserStore, 'find'>
  store: Pick<FactorStore, 'reset'>
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  securityLog: SecurityLog
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export const createFactorReset =
  (needs: FactorResetNeeds): FactorReset =>
  async (userId, by) => {
    const { users, store, sessions, revocationPublisher, securityLog, now, longestLifetime } = needs
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    const revocation = await store.reset(userId, toUnixSeconds(now()) + longestLifetime, by)
    securityLog.write({ event: 'second_factors_reset', userId, target: user.username, ...by })
    await revocationPublisher.publish(revocation)
    await sessions.endAll(userId, { reason: 'ended_by_admin', ...by })
  }
