import { toUnixSeconds } from '../../../runtime/time.ts'
import { validationMessage } from '../../../runtime/validation-message.ts'
import type { ExtensionRules } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { type AccountUpdate, NewAccount, validateAccountUpdate } from './accounts.ts'
import type { Passwords } from './password.ts'
import type { RevocationPublisher } from './revocations.ts'
import type { SessionEndReason } from './session-store.ts'
import type { EndedBy, Sessions } from './sessions.ts'
import type { AssignmentOptions, UserStore } from './users.ts'

/** Who changes an account. */
export type ChangedBy = Pick<EndedBy, 'actorId' | 'address'>

/** Changes that end a user's sessions at once, everywhere. */
export interface AccountAdmin {
  /** @throws {Refusal} `input_invalid`, `not_found`, `unavailable` */
  setPassword(userId: string, password: string, by: ChangedBy): Promise<void>
  disable(userId: string, by: ChangedBy): Promise<void>
  /** Lets a disabled user log in again; ended sessions stay ended. */
  enable(userId: string): Promise<void>
  remove(userId: string, by: ChangedBy): Promise<void>
  /**
   * Ends the sessions after another change has revoked the user's tokens, such as a change of their team.
   * @throws {Refusal} `unavailable`; the tokens are revoked nevertheless, once the revocation is published
   */
  endOutdatedSessions(userId: string, by: ChangedBy): Promise<void>
  /** @throws {Refusal} `input_invalid`, `not_found`, `taken`, `unavailable` */
  update(userId: string, change: AccountUpdate, by: ChangedBy, giving?: AssignmentOptions): Promise<void>
}

export interface AccountAdminNeeds {
  users: Pick<UserStore, 'setPassword' | 'setDisabled' | 'remove' | 'update'>
  passwords: Pick<Passwords, 'hash'>
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  policy: () => ExtensionRules
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export function createAccountAdmin(needs: AccountAdminNeeds): AccountAdmin {
  const { users, passwords, sessions, revocationPublisher, policy, now, longestLifetime } = needs
  const revokeUntil = () => toUnixSeconds(now()) + longestLifetime

  // The new generation revokes every token, also one that is being issued now. The sessions are ended one by one for the
  // list of sessions and for their refresh tokens.
  const endAll = (userId: string, reason: SessionEndReason, by: ChangedBy) =>
    sessions.endAll(userId, { reason, ...by })

  return {
    async setPassword(userId, password, by) {
      const checked = NewAccount.shape.password.safeParse(password)
      if (!checked.success)
        throw new Refusal('input_invalid', {
          detail: validationMessage(checked.error, { subject: 'the password' }),
        })
      const entry = await users.setPassword(userId, await passwords.hash(password), revokeUntil())
      await revocationPublisher.publish(entry)
      await endAll(userId, 'password', by)
    },
    async disable(userId, by) {
      const entry = await users.setDisabled(userId, true, revokeUntil())
      if (entry !== undefined) await revocationPublisher.publish(entry)
      await endAll(userId, 'disabled', by)
    },
    async enable(userId) {
      await users.setDisabled(userId, false, revokeUntil())
    },
    async update(userId, change, by, giving) {
      validateAccountUpdate(change, policy())
      await revocationPublisher.publish(await users.update(userId, change, revokeUntil(), giving))
      await endAll(userId, 'changed', by)
    },
    async endOutdatedSessions(userId, by) {
      await endAll(userId, 'changed', by)
    },
    async remove(userId, by) {
      await endAll(userId, 'disabled', by)
      await revocationPublisher.publish(await users.remove(userId, revokeUntil()))
    },
  }
}
