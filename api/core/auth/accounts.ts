import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Role } from '../../../contract/claims.ts'
import { validationMessage } from '../../../runtime/validation-message.ts'
import { type ExtensionRules, requireDialableExtension } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { requireOwnNames, trimName } from '../values/account-names.ts'
import { DisplayName } from '../values/display-name.ts'
import { Email } from '../values/email.ts'
import { ACCOUNT_EXTENSION } from '../values/extension.ts'
import { networkOf } from '../values/network.ts'
import type { NewPasswords } from './new-passwords.ts'
import { NewPassword } from './password.ts'
import type { NewUser, User, UserChange, UserStore } from './users.ts'

/** What a new account needs. */
export const NewAccount = z.object({
  username: z
    .string()
    // A phone's keyboard adds a space after a word that it completes.
    .overwrite(trimName)
    .regex(/^[^\s\p{C}]{1,128}$/u, 'a username has 1 to 128 characters and no blanks'),
  password: NewPassword,
  role: Role,
  extension: z.string().regex(ACCOUNT_EXTENSION, 'an extension has 1 to 32 digits').nullable(),
  email: Email.nullable().optional(),
  displayName: DisplayName.nullable().optional(),
  disabled: z.boolean().optional(),
  /** Whether the password has to be replaced before it opens a session. */
  mustChangePassword: z.boolean().optional(),
})
export type NewAccount = z.infer<typeof NewAccount>

const AccountChange = NewAccount.pick({
  role: true,
  extension: true,
  email: true,
  displayName: true,
  disabled: true,
}).partial()

/** @returns the change with its texts in normal form @throws {Refusal} `input_invalid` */
export function validateAccountUpdate(change: UserChange, policy: ExtensionRules): UserChange {
  const checked = AccountChange.safeParse(change)
  if (!checked.success) throw new Refusal('input_invalid', { detail: validationMessage(checked.error) })
  const { extension } = checked.data
  if (typeof extension === 'string') requireDialableExtension(extension, policy)
  return checked.data
}

export interface AccountsNeeds {
  users: Pick<UserStore, 'add' | 'count' | 'findByLogin'>
  passwords: Pick<NewPasswords, 'hash'>
  policy: () => ExtensionRules
}

export interface Accounts {
  /**
   * @param address of the client: password hashing queues per network
   * @throws {Refusal} `input_invalid`, `taken` (`detail`: `username`, `extension` or `email`), `unavailable`
   */
  add(account: NewAccount, address?: string): Promise<User>
  /** Validates and hashes as `add` does, but inserts nothing: the caller does. @throws {Refusal} as `add` */
  prepare(account: NewAccount, address?: string): Promise<NewUser>
  /**
   * Creates the user `admin` if there are no users.
   * @returns its password, which is not stored in clear; undefined when there are users
   */
  addFirstAdmin(): Promise<string | undefined>
  /** Adds each account unless its name or extension is in use. */
  addMissing(accounts: readonly NewAccount[]): Promise<void>
}

export function createAccounts({ users, passwords, policy }: AccountsNeeds): Accounts {
  async function prepare(account: NewAccount, address = ''): Promise<NewUser> {
    const checked = NewAccount.safeParse(account)
    if (!checked.success) throw new Refusal('input_invalid', { detail: validationMessage(checked.error) })
    const {
      password,
      displayName = null,
      disabled = false,
      mustChangePassword = false,
      ...rest
    } = checked.data
    // A username that is an e-mail address is also the account's address: no other account may have it.
    const email = checked.data.email ?? Email.safeParse(rest.username).data ?? null
    if (rest.extension !== null) requireDialableExtension(rest.extension, policy())
    const names = { username: rest.username, extension: rest.extension, email }
    // Before the costly hashing; the store checks again when it inserts.
    for (const detail of ['username', 'extension', 'email'] as const) {
      const login = names[detail]
      if (login !== null && (await users.findByLogin(login)) !== undefined)
        throw new Refusal('taken', { detail })
    }
    requireOwnNames(names)
    return {
      ...rest,
      email,
      displayName,
      disabled,
      mustChangePassword,
      passwordHash: await passwords.hash(password, { ...names, displayName }, networkOf(address)),
    }
  }
  const add = async (account: NewAccount, address = '') => users.add(await prepare(account, address))

  return {
    add,
    prepare,
    async addFirstAdmin() {
      if ((await users.count()) > 0) return undefined
      const password = randomBytes(15).toString('base64url')
      await add({ username: 'admin', password, role: 'admin', extension: null })
      return password
    },
    async addMissing(accounts) {
      for (const account of accounts) {
        const names = [account.username, account.extension ?? account.username]
        const known = await Promise.all(names.map((name) => users.findByLogin(name)))
        if (known.some((user) => user !== undefined)) continue
        await add(account).catch((err) => {
          // Its extension is quarantined: the account existed and was deleted.
          if (!(err instanceof Refusal && err.code === 'taken')) throw err
        })
      }
    },
  }
}
