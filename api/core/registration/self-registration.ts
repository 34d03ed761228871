import type { Accounts, NewAccount } from '../auth/accounts.ts'
import type { User, UserStore } from '../auth/users.ts'
import type { MediaFolders } from '../provisioning/media-folders.ts'
import { Refusal } from '../refusal.ts'

/** Accounts that users register with an extension of their choice. */
export interface SelfRegistration {
  /**
   * @param address the client's network address
   * @throws {Refusal} as `Accounts.add`; `taken` also for an extension with files of a previous
   *   owner in its media folder, and for an address that an open invitation names
   */
  register(account: Omit<NewAccount, 'role'>, address: string): Promise<User>
}

export interface SelfRegistrationNeeds {
  accounts: Pick<Accounts, 'prepare'>
  users: Pick<UserStore, 'addSelfRegistered'>
  media: MediaFolders
}

export const createSelfRegistration = ({
  accounts,
  users,
  media,
}: SelfRegistrationNeeds): SelfRegistration => ({
  async register(account, address) {
    const { extension } = account
    if (typeof extension === 'string' && (await media.hasFiles(extension)))
      throw new Refusal('taken', { detail: 'extension' })
    return users.addSelfRegistered(await accounts.prepare({ ...account, role: 'user' }, address))
  },
})
