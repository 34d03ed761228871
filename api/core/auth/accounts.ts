import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Role } from '../../../contract/claims.ts'
import { validationMessage } from '../../../runtime/validation-message.ts'
import type { DialPolicy } from '../dial-policy/dial-policy.ts'
import { requireDialableExtension } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { requireOwnNames, trimName } from '../values/account-names.ts'
import { Email } from '../values/email.ts'
import { networkOf } from '../values/network.ts'
import { NewPassword, type Passwords } from './password.ts'
import type { NewUser, User, UserStore } from './users.ts'

/** What a new user must say. */
export const NewAccount = z.object({
  username: z
    .string()
    // A phone's keyboard adds a blank after a word that it completes.
    .overwrite(trimName)
    .regex(/^[^\s\p{C}]{1,128}$/u, 'a username has 1 to 128 characters and no blanks'),
  password: NewPassword,
  role: Role,
  extension: z
    .string()
    .regex(/^[0-9]{1,32}$/, 'an extension has 1 to 32 digits')
    .nullable(),
  email: Email.nullable().optional(),
})
export type NewAccount = z.infer<typeof NewAccount>

const AccountChange = NewAccount.pick({ role: true, extension: true }).partial()
/** What an admin may give an account. */
export type AccountUpdate = Partial<Pick<User, 'role' | 'extension'>>

/** @throws {Refusal} `input_invalid` */
export function validateAccountUpdate(change: AccountUpdate, policy: Pick<DialPolicy, 'check'>): void {
  const checked = AccountChange.safeParse(change)
  if (!checked.success) throw new Refusal('input_invalid', { detail: validationMessage(checked.error) })
  const { extension } = checked.data
  if (typeof extension === 'string') requireDialableExtension(extension, policy)
}

export interface AccountsNeeds {
  users: Pick<UserStore, 'add' | 'count' | 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
  policy: () => Pick<DialPolicy, 'check'>
}

export interface Accounts {
  /**
   * @param address whose request it is, where one waits with others
   * @throws {Refusal} `input_invalid`, `taken` (`detail`: `username`, `extension` or `email`), `unavailable`
   */
  add(account: NewAccount, address?: string): Promise<User>
  /** All that `add` does but the adding, for what is added together with something else. @throws {Refusal} as `add` */
  prepare(account: NewAccount, address?: string): Promise<NewUser>
  /**
   * Makes `admin` where there is nobody yet.
   * @returns its password, which is kept nowhere; undefined when there are users
   */
  addFirstAdmin(): Promise<string | undefined>
  /** Adds those of the accounts whose name and extension nobody has yet. */
  addMissing(accounts: readonly NewAccount[]): Promise<void>
}

export function createAccounts({ users, passwords, policy }: AccountsNeeds): Accounts {
  async function prepare(account: NewAccount, address = ''): Promise<NewUser> {
    const checked = NewAccount.safeParse(account)
    if (!checked.success) throw new Refusal('input_invalid', { detail: validationMessage(checked.error) })
    const { password, ...rest } = checked.data
    // A name that is an address is the account's own one: no other account may be made with it, and it is shown.
    const email = checked.data.email ?? Email.safeParse(rest.username).data ?? null
    if (rest.extension !== null) requireDialableExtension(rest.extension, policy())
    const names = { username: rest.username, extension: rest.extension, email }
    // Before the work of hashing; the store checks again where it inserts.
    for (const detail of ['username', 'extension', 'email'] as const) {
      const login = names[detail]
      if (login !== null && (await users.findByLogin(login)) !== undefined)
        throw new Refusal('taken', { detail })
    }
    requireOwnNames(names)
    return { ...rest, email, passwordHash: await passwords.hash(password, networkOf(address)) }
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
          // Its number rests: the account was there and was deleted.
          if (!(err instanceof Refusal && err.code === 'taken')) throw err
        })
      }
    },
  }
}
