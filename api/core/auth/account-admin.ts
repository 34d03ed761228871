import { plainWords } from '../../../runtime/validation-message.ts'
import type { DialPolicy } from '../dial-policy/dial-policy.ts'
import { Refusal } from '../refusal.ts'
import { type AccountChange, checkChange, NewAccount } from './accounts.ts'
import type { Passwords } from './password.ts'
import type { Revoker } from './revocations.ts'
import type { EndReason } from './session-store.ts'
import type { EndedBy, Sessions } from './sessions.ts'
import type { Giving, UserStore } from './users.ts'

/** Who changes an account. */
export type ChangedBy = Pick<EndedBy, 'actorId' | 'address'>

/** Changes after which a user's sessions are over at once, everywhere. */
export interface AccountChanges {
  /** @throws {Refusal} `input_invalid`, `not_found`, `unavailable` */
  setPassword(userId: string, password: string, by: ChangedBy): Promise<void>
  disable(userId: string, by: ChangedBy): Promise<void>
  /** Lets a disabled user log in again; sessions of before stay over. */
  enable(userId: string): Promise<void>
  remove(userId: string, by: ChangedBy): Promise<void>
  /**
   * Ends the sessions of a user whose tokens were outdated by another change, such as one of their team.
   * @throws {Refusal} `unavailable`: the tokens are over all the same, once that is heard
   */
  endOutdated(userId: string, by: ChangedBy): Promise<void>
  /** @throws {Refusal} `input_invalid`, `not_found`, `taken`, `unavailable` */
  change(userId: string, change: AccountChange, by: ChangedBy, giving?: Giving): Promise<void>
}

export interface AccountChangesNeeds {
  users: Pick<UserStore, 'setPassword' | 'setDisabled' | 'remove' | 'change'>
  passwords: Pick<Passwords, 'hash'>
  sessions: Pick<Sessions, 'endAll'>
  revoker: Revoker
  policy: () => Pick<DialPolicy, 'judge'>
  now: () => number
  /** Seconds: the longest any token lives. */
  longestLifetime: number
}

export function createAccountChanges(needs: AccountChangesNeeds): AccountChanges {
  const { users, passwords, sessions, revoker, policy, now, longestLifetime } = needs
  const revokeUntil = () => Math.floor(now() / 1000) + longestLifetime

  // The generation ends every token, also one that is issued at this very moment; ending the sessions
  // one by one is for the list, and for what refreshes them.
  const endAll = (userId: string, reason: EndReason, by: ChangedBy) =>
    sessions.endAll(userId, { reason, ...by })

  return {
    async setPassword(userId, password, by) {
      const checked = NewAccount.shape.password.safeParse(password)
      if (!checked.success)
        throw new Refusal('input_invalid', { detail: plainWords(checked.error, { whole: 'the password' }) })
      const entry = await users.setPassword(userId, await passwords.hash(password), revokeUntil())
      await revoker.announce(entry)
      await endAll(userId, 'password', by)
    },
    async disable(userId, by) {
      const entry = await users.setDisabled(userId, true, revokeUntil())
      if (entry !== undefined) await revoker.announce(entry)
      await endAll(userId, 'disabled', by)
    },
    async enable(userId) {
      await users.setDisabled(userId, false, revokeUntil())
    },
    async change(userId, change, by, giving) {
      checkChange(change, policy())
      await revoker.announce(await users.change(userId, change, revokeUntil(), giving))
      await endAll(userId, 'changed', by)
    },
    async endOutdated(userId, by) {
      await endAll(userId, 'changed', by)
    },
    async remove(userId, by) {
      await endAll(userId, 'disabled', by)
      await revoker.announce(await users.remove(userId, revokeUntil()))
    },
  }
}
