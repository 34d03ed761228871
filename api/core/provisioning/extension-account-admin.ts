import { type ChangedBy, describeValues } from '../auth/account-admin.ts'
import type { Accounts, NewAccount } from '../auth/accounts.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import { requireServiceMayManage } from '../auth/service-actor.ts'
import { Refusal } from '../refusal.ts'
import type { NewExtensions, UserWithExtension } from './new-extensions.ts'

/** Accounts that an administrator adds with a new extension. */
export interface ExtensionAccountAdmin {
  /** @throws {Refusal} `not_supported` without a PBX that creates extensions, and as `Accounts.add` and `NewExtensions.addUser` */
  add(account: Omit<NewAccount, 'extension'>, by: ChangedBy): Promise<UserWithExtension>
}

export interface ExtensionAccountAdminNeeds {
  accounts: Pick<Accounts, 'prepare'>
  newExtensions: NewExtensions
  securityLog: SecurityLog
}

export const createExtensionAccountAdmin = ({
  accounts,
  newExtensions,
  securityLog,
}: ExtensionAccountAdminNeeds): ExtensionAccountAdmin => ({
  async add(account, by) {
    requireServiceMayManage(by.actorId, account.role)
    if (!newExtensions.isSupported) {
      throw new Refusal('not_supported', {
        detail: 'create_extension: this installation makes no extensions (HOOKSWITCH_PROVISIONER)',
      })
    }
    const user = await accounts.prepare({ ...account, extension: null }, by.address)
    const added = await newExtensions
      .addUser({ user, invitation: undefined, isByAdmin: true })
      .catch(nameMember)
    const { id: userId, username: target, role, email } = added.user
    const changes = describeValues({ role, extension: added.extension, email })
    securityLog.write({ event: 'user_created', userId, target, changes, ...by })
    return added
  },
})

/** An administrator sees beside which member what is wrong; a store that is away is about none. */
function nameMember(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'unavailable' && err.detail !== undefined)) throw err
  const retryAfter = err.retryAfter === undefined ? {} : { retryAfter: err.retryAfter }
  throw new Refusal('unavailable', { detail: `create_extension: ${err.detail}`, ...retryAfter, cause: err })
}
