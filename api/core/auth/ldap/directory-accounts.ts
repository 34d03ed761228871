import { validationMessage } from '../../../../runtime/validation-message.ts'
import { type ExtensionRules, isDialableExtension } from '../../dial-policy/dialable-extension.ts'
import { Refusal } from '../../refusal.ts'
import { DisplayName } from '../../values/display-name.ts'
import { Email } from '../../values/email.ts'
import { ACCOUNT_EXTENSION } from '../../values/extension.ts'
import { type AccountAdmin, describeValues } from '../account-admin.ts'
import { NewAccount } from '../accounts.ts'
import type { SecurityLog } from '../security-log.ts'
import type { User, UserChange, UserStore } from '../users.ts'
import type { DirectoryEntry } from './directory.ts'

/** Accounts as the entries of a directory have them. An account belongs to an entry by its unique id, never by a name. */
export interface DirectoryAccounts {
  /**
   * Makes the account of an entry, unless another request has just made it.
   * @throws {Refusal} `taken` if another account has one of its names, `input_invalid`, `unavailable`
   */
  create(source: string, entry: DirectoryEntry, address: string): Promise<User>
  /**
   * Updates role, address and display name. Another role ends the sessions of the account. An address or a
   * display name that is invalid or another account's is left as it was.
   * @throws {Refusal} `conflict` if the last active administrator would lose the role, `unavailable`
   */
  update(user: User, entry: DirectoryEntry, address: string): Promise<void>
}

export interface DirectoryAccountsNeeds {
  users: Pick<UserStore, 'add' | 'findBySource'>
  accountAdmin: Pick<AccountAdmin, 'update'>
  policy: () => ExtensionRules
  securityLog: SecurityLog
}

const ExternalAccount = NewAccount.pick({ username: true, role: true, extension: true })

export function createDirectoryAccounts(needs: DirectoryAccountsNeeds): DirectoryAccounts {
  const { users, accountAdmin, policy, securityLog } = needs

  return {
    async create(source, entry, address) {
      const { username, role } = entry
      const extension = toDialableExtension(entry.extension, policy())
      const checked = ExternalAccount.safeParse({ username, role, extension })
      if (!checked.success) throw new Refusal('input_invalid', { detail: validationMessage(checked.error) })
      const user = await users
        .add({
          ...{ username: checked.data.username, role, extension },
          // As for any account: a username that is an address is its own one.
          email: Email.safeParse(entry.email ?? username).data ?? null,
          displayName: DisplayName.safeParse(entry.displayName).data ?? null,
          passwordHash: '',
          passwordAuthority: 'directory',
          ...{ source, sourceId: entry.sourceId },
        })
        .catch((err) => {
          if (err instanceof Refusal && err.code === 'taken') return err
          throw err
        })
      if (user instanceof Refusal) {
        const made = await users.findBySource(source, entry.sourceId)
        if (made === undefined || made.disabled) throw user
        return made
      }
      securityLog.write({
        event: 'user_created',
        userId: user.id,
        target: user.username,
        changes: describeValues({ role, extension: user.extension, email: user.email, source }),
        ...{ actorId: source, address },
      })
      return user
    },

    async update(user, entry, address) {
      const by = { actorId: user.source ?? '', address }
      if (entry.role !== user.role) await accountAdmin.update(user.id, { role: entry.role }, by)
      // Each by itself: one that another account has must not hold back the other.
      const { email, displayName } = entry
      const changes: UserChange[] = [
        ...(email === null || Email.safeParse(email).data === user.email ? [] : [{ email }]),
        ...(displayName === null || DisplayName.safeParse(displayName).data === user.displayName
          ? []
          : [{ displayName }]),
      ]
      for (const change of changes) {
        await accountAdmin.update(user.id, change, by).catch((err) => {
          if (!(err instanceof Refusal && (err.code === 'taken' || err.code === 'input_invalid'))) throw err
        })
      }
    },
  }
}

/** @returns null for a number of another form, such as one of the public network */
function toDialableExtension(text: string | null, policy: ExtensionRules): string | null {
  return text !== null && ACCOUNT_EXTENSION.test(text) && isDialableExtension(text, policy) ? text : null
}
