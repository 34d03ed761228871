import type { Role } from '../../../../contract/claims.ts'
import { type ExtensionRules, requireDialableExtension } from '../../dial-policy/dialable-extension.ts'
import { Refusal } from '../../refusal.ts'
import { normalizeName } from '../../values/account-names.ts'
import { DisplayName } from '../../values/display-name.ts'
import { Email } from '../../values/email.ts'
import { type AccountAdmin, describeValues } from '../account-admin.ts'
import { NewAccount } from '../accounts.ts'
import { highestRole } from '../highest-role.ts'
import type { SecurityLog } from '../security-log.ts'
import type { NewUser, User, UserStore } from '../users.ts'
import { type IdentityProvider, type ProviderIdentity, SignInFailure } from './identity-provider.ts'

/** Which account a person of a provider has. */
export interface ProviderIdentityStore {
  /** The account that came from the provider, or that an administrator has linked. @throws {Refusal} `unavailable` */
  findUserId(providerId: string, subject: string): Promise<string | undefined>
}

/** The source of accounts that a provider has created. */
export const providerSource = (providerId: string): string => `oidc:${providerId}`

/**
 * The account of a person whom a provider has verified: found by provider and `sub` alone, never by a name or an address,
 * which others may choose. A name that another account has is a refusal.
 */
export interface ProviderAccounts {
  /** @throws {SignInFailure} `not_allowed`, `taken`, `disabled` @throws {Refusal} `unavailable` */
  resolve(provider: IdentityProvider, identity: ProviderIdentity, address: string): Promise<User>
}

export interface ProviderAccountsNeeds {
  users: Pick<UserStore, 'add' | 'find'>
  identities: ProviderIdentityStore
  accountAdmin: Pick<AccountAdmin, 'update'>
  policy: () => ExtensionRules
  securityLog: SecurityLog
}

export function createProviderAccounts(needs: ProviderAccountsNeeds): ProviderAccounts {
  const { users, identities, accountAdmin, policy, securityLog } = needs

  async function find(provider: IdentityProvider, subject: string): Promise<User | undefined> {
    const id = await identities.findUserId(provider.id, subject)
    return id === undefined ? undefined : users.find(id)
  }

  async function create(
    provider: IdentityProvider,
    identity: ProviderIdentity,
    address: string,
  ): Promise<User> {
    const account = newAccountOf(provider, identity)
    const actorId = providerSource(provider.id)
    try {
      if (account.extension !== null) requireDialableExtension(account.extension, policy())
      const user = await users.add(account).catch((err) => {
        // A display name is no name to sign in with: without it, the account is as good.
        if (isRefusal(err, 'taken') && err.detail === 'display_name')
          return users.add({ ...account, displayName: null })
        throw err
      })
      const { id: userId, username: target, role, extension, email } = user
      const changes = describeValues({ role, extension, email })
      securityLog.write({ event: 'user_created', userId, target, changes, actorId, address })
      return user
    } catch (err) {
      if (isRefusal(err, 'taken')) {
        // Two first sign-ins of one person: the other one has created the account.
        const user = await find(provider, identity.subject)
        if (user !== undefined) return user
        throw new SignInFailure('taken', `another account has the ${err.detail ?? 'name'}`)
      }
      if (isRefusal(err, 'input_invalid')) throw new SignInFailure('not_allowed', err.message)
      throw err
    }
  }

  /** @throws {SignInFailure} `not_allowed` for the last administrator */
  async function updateRole(
    provider: IdentityProvider,
    user: User,
    groups: readonly string[],
    address: string,
  ) {
    const role = roleOf(provider, groups)
    // An account that was only linked belongs to the installation: the provider does not decide its rights.
    if (role === undefined || role === user.role || user.source !== providerSource(provider.id)) return user
    return accountAdmin
      .update(user.id, { role }, { actorId: providerSource(provider.id), address })
      .catch((err) => {
        if (isRefusal(err, 'conflict')) throw new SignInFailure('not_allowed', err.message)
        throw err
      })
  }

  return {
    async resolve(provider, identity, address) {
      const { createAccounts, requiredGroup } = provider.rules
      if (requiredGroup !== undefined && !identity.groups.includes(requiredGroup))
        throw new SignInFailure('not_allowed', 'the person is not in the required group')
      const known = await find(provider, identity.subject)
      if (known === undefined && !createAccounts)
        throw new SignInFailure('not_allowed', 'the person has no account, and none is created')
      if (known?.disabled === true) throw new SignInFailure('disabled', 'the account is disabled')
      const user = known ?? (await create(provider, identity, address))
      return updateRole(provider, user, identity.groups, address)
    },
  }
}

/** The highest role of the groups; a person without one of them is a user. */
function roleOf({ rules: { roles } }: IdentityProvider, groups: readonly string[]): Role | undefined {
  if (roles === undefined) return undefined
  const found = groups.flatMap((group) => (Object.hasOwn(roles, group) ? (roles[group] ?? []) : []))
  return highestRole(found)
}

/** @throws {SignInFailure} `not_allowed` without a usable name */
function newAccountOf(provider: IdentityProvider, identity: ProviderIdentity): NewUser {
  const verified = Email.safeParse(identity.email).data ?? null
  const { username: Username, extension: Extension } = NewAccount.shape
  const username = Username.safeParse(identity.username).data ?? verified
  if (username === null) throw new SignInFailure('not_allowed', 'the provider gives no usable username')
  // A username with an @ is the account's own address, or the account has none.
  const isOther =
    verified !== null && username.includes('@') && normalizeName(username) !== normalizeName(verified)
  return {
    username,
    email: isOther ? null : verified,
    extension: Extension.safeParse(identity.extension).data ?? null,
    displayName: DisplayName.safeParse(identity.displayName).data ?? null,
    role: roleOf(provider, identity.groups) ?? 'user',
    passwordHash: '',
    passwordAuthority: 'provider',
    source: providerSource(provider.id),
    sourceId: identity.subject,
  }
}

const isRefusal = (err: unknown, code: Refusal['code']): err is Refusal =>
  err instanceof Refusal && err.code === code
