import { Refusal } from '../../refusal.ts'
import type { AccountAdmin } from '../account-admin.ts'
import type { User, UserStore } from '../users.ts'
import type { DirectorySession, LdapDirectory } from './directory.ts'
import type { DirectoryAccounts } from './directory-accounts.ts'

export interface DirectoryCheckNeeds {
  directory: LdapDirectory
  users: Pick<UserStore, 'listBySource'>
  accounts: Pick<DirectoryAccounts, 'update'>
  accountAdmin: Pick<AccountAdmin, 'update'>
  /** Of one account; the check goes on with the next. */
  onAccountFailure: (err: unknown, username: string) => void
  /** Disables accounts however many they are. */
  allowMassDisable?: boolean
}

export interface DirectoryCheckResult {
  /** Names of the accounts that were left as they are, since too many would have been disabled at once. */
  withheld: string[]
  /** How many accounts were enabled. */
  enabled: number
}

const PAGE = 200

/** Fewer accounts than this may be disabled at once, whatever part of all they are. */
const MASS = 3

/**
 * Compares all accounts of a directory with their entries. An account is disabled if its entry is gone, disabled or outside the
 * required group, which ends its sessions; and enabled again if its entry is back and this check had disabled it. Roles
 * and profiles follow the entries, as at a login.
 *
 * If that would disable more than half of the enabled accounts, and three or more, it disables none: to a service account
 * that lost its rights a directory answers without an error, as if it were empty.
 * @throws {Refusal} `unavailable` if the directory cannot be asked: the rest of the accounts stay as they are
 */
export function checkDirectory(needs: DirectoryCheckNeeds): Promise<DirectoryCheckResult> {
  const { directory, users, accountAdmin } = needs
  return directory.ask(async (session) => {
    const gone: User[] = []
    let enabled = 0
    for (let afterId: string | undefined; ; ) {
      const page = await users.listBySource(directory.source, { limit: PAGE, ...(afterId && { afterId }) })
      for (const one of page) {
        // The password of another account is verified elsewhere: its entry does not matter.
        if (one.user.passwordAuthority !== 'directory') continue
        if (!one.user.disabled) enabled += 1
        if (await isGone(needs, session, one)) gone.push(one.user)
      }
      afterId = page.at(-1)?.user.id
      if (afterId === undefined) break
    }
    const isMass = gone.length >= MASS && gone.length * 2 > enabled
    if (isMass && needs.allowMassDisable !== true)
      return { withheld: gone.map(({ username }) => username), enabled }
    for (const user of gone) {
      const { by, options } = updateOf(needs, user)
      await tolerate(needs, user, () => accountAdmin.update(user.id, { disabled: true }, by, options))
    }
    return { withheld: [], enabled }
  })
}

type ListedAccount = Awaited<ReturnType<UserStore['listBySource']>>[number]

/** @returns whether the account is enabled and its person may not sign in; any other account follows its entry here */
async function isGone(
  needs: DirectoryCheckNeeds,
  session: DirectorySession,
  { user, isDisabledBySource }: ListedAccount,
): Promise<boolean> {
  const { accounts, accountAdmin, onAccountFailure } = needs
  if (user.sourceId === null) return false
  const found = await session.findById(user.sourceId)
  // It is unknown whether the person is still there.
  if (found.is === 'several' || found.is === 'incomplete') {
    onAccountFailure(new Error(`the entry of its unique id is ${found.is}`), user.username)
    return false
  }
  if (found.is === 'none' || found.entry.barred !== undefined) return !user.disabled
  const { entry } = found
  const { by, options } = updateOf(needs, user)
  await tolerate(needs, user, async () => {
    if (!user.disabled) return accounts.update(user, entry, by.address)
    if (!isDisabledBySource) return
    const enabled = await accountAdmin.update(user.id, { disabled: false }, by, options)
    await accounts.update(enabled, entry, by.address)
  })
  return false
}

const updateOf = ({ directory }: DirectoryCheckNeeds, { revision }: User) => ({
  by: { actorId: directory.source, address: 'local' },
  // With the revision: an administrator who changes the account meanwhile has the last word.
  options: { bySource: true, revision },
})

async function tolerate(
  { onAccountFailure }: DirectoryCheckNeeds,
  { username }: User,
  change: () => Promise<unknown>,
): Promise<void> {
  try {
    await change()
  } catch (err) {
    if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
    // Changed or deleted meanwhile, or the last active administrator.
    if (err.code !== 'stale' && err.code !== 'not_found') onAccountFailure(err, username)
  }
}
