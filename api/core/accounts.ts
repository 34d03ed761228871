import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Role } from '../../contract/claims.ts'
import { Email } from './email.ts'
import { mustBeOwnNames, withoutBlanks } from './names.ts'
import { network } from './network.ts'
import { NewPassword, type Passwords } from './password.ts'
import { Refusal } from './refusal.ts'
import type { User, UserStore } from './users.ts'

/** What a new user must say. */
export const NewAccount = z.object({
  username: z
    .string()
    // A phone's keyboard adds a blank after a word that it completes.
    .overwrite(withoutBlanks)
    .regex(/^[^\s\p{C}]{1,128}$/u, 'a username has 1 to 128 characters and no blanks'),
  password: NewPassword,
  role: Role,
  extension: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'an extension has 1 to 64 letters, digits, _ or -')
    .nullable(),
  email: Email.nullable().optional(),
})
export type NewAccount = z.infer<typeof NewAccount>

export interface AccountsNeeds {
  users: Pick<UserStore, 'add' | 'count' | 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
}

export interface Accounts {
  /**
   * @param address whose request it is, where one waits with others
   * @throws {Refusal} `input_invalid`, `taken` (`detail`: `username`, `extension` or `email`), `unavailable`
   */
  add(account: NewAccount, address?: string): Promise<User>
  /**
   * Makes `admin` where there is nobody yet.
   * @returns its password, which is kept nowhere; undefined when there are users
   */
  addFirstAdmin(): Promise<string | undefined>
  /** Adds those of the accounts whose name and extension nobody has yet. */
  addMissing(accounts: readonly NewAccount[]): Promise<void>
}

export function createAccounts({ users, passwords }: AccountsNeeds): Accounts {
  async function add(account: NewAccount, address = ''): Promise<User> {
    const checked = NewAccount.safeParse(account)
    if (!checked.success)
      throw new Refusal('input_invalid', { detail: checked.error.issues[0]?.message ?? '' })
    const { password, ...rest } = checked.data
    // A name that is an address is the account's own one: nobody else's may be made with it, and it is shown.
    const email = checked.data.email ?? Email.safeParse(rest.username).data ?? null
    const names = { username: rest.username, extension: rest.extension, email }
    // Before the work of hashing; the store checks again where it inserts.
    for (const detail of ['username', 'extension', 'email'] as const) {
      const login = names[detail]
      if (login !== null && (await users.findByLogin(login)) !== undefined)
        throw new Refusal('taken', { detail })
    }
    mustBeOwnNames(names)
    return users.add({ ...rest, email, passwordHash: await passwords.hash(password, network(address)) })
  }

  return {
    add,
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
