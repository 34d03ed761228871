import { Refusal } from '../../refusal.ts'
import type { AccountAdmin } from '../account-admin.ts'
import type { UserStore } from '../users.ts'
import type { DirectorySession, LdapDirectory } from './directory.ts'
import type { DirectoryAccounts } from './directory-accounts.ts'

export interface DirectoryCheckNeeds {
  directory: LdapDirectory
  users: Pick<UserStore, 'listBySource'>
  accounts: Pick<DirectoryAccounts, 'update'>
  accountAdmin: Pick<AccountAdmin, 'update'>
  /** Of one account; the check goes on with the next. */
  onAccountFailure: (err: unknown, username: string) => void
}

const PAGE = 200

/**
 * Compares all accounts of a directory with their entries. An account is disabled if its entry is gone, disabled or outside the
 * required group, which ends its sessions; and enabled again if its entry is back and this check had disabled it. Roles
 * and profiles follow the entries, as at a login.
 * @throws {Refusal} `unavailable` if the directory cannot be asked: the rest of the accounts stay as they are
 */
export function checkDirectory(needs: DirectoryCheckNeeds): Promise<void> {
  const { directory, users } = needs
  return directory.ask(async (session) => {
    for (let afterId: string | undefined; ; ) {
      const page = await users.listBySource(directory.source, { limit: PAGE, ...(afterId && { afterId }) })
      for (const one of page) await checkAccount(needs, session, one)
      afterId = page.at(-1)?.user.id
      if (afterId === undefined) return
    }
  })
}

type ListedAccount = Awaited<ReturnType<UserStore['listBySource']>>[number]

async function checkAccount(
  needs: DirectoryCheckNeeds,
  session: DirectorySession,
  { user, isDisabledBySource }: ListedAccount,
): Promise<void> {
  const { directory, accounts, accountAdmin, onAccountFailure } = needs
  const by = { actorId: directory.source, address: 'local' }
  // The password of another account is verified elsewhere: its entry does not matter.
  if (user.sourceId === null || user.passwordAuthority !== 'directory') return
  const found = await session.findById(user.sourceId)
  // It is unknown whether the person is still there.
  if (found.is === 'several' || found.is === 'incomplete')
    return onAccountFailure(new Error(`the entry of its unique id is ${found.is}`), user.username)
  const isActive = found.is === 'one' && found.entry.barred === undefined
  // With the revision: an administrator who changes the account meanwhile has the last word.
  const options = { bySource: true, revision: user.revision }
  try {
    if (!isActive) {
      if (!user.disabled) await accountAdmin.update(user.id, { disabled: true }, by, options)
    } else if (!user.disabled) {
      await accounts.update(user, found.entry, by.address)
    } else if (isDisabledBySource) {
      const enabled = await accountAdmin.update(user.id, { disabled: false }, by, options)
      await accounts.update(enabled, found.entry, by.address)
    }
  } catch (err) {
    if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
    // Changed or deleted meanwhile, or the last active administrator.
    if (err.code !== 'stale' && err.code !== 'not_found') onAccountFailure(err, user.username)
  }
}
