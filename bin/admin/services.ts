import { join, resolve } from 'node:path'
import { z } from 'zod'
import { PasswordMinLength } from '../../api/config/config.ts'
import { watchDialPolicyFile } from '../../api/config/dial-policy-file.ts'
import { phoneSignInSettings } from '../../api/config/phone-sign-in.ts'
import { providerSettings } from '../../api/config/providers.ts'
import { Quarantine } from '../../api/config/provisioning.ts'
import { type AccountImports, createAccountImports } from '../../api/core/account-imports/account-imports.ts'
import { type AccountAdmin, createAccountAdmin } from '../../api/core/auth/account-admin.ts'
import { createAccounts } from '../../api/core/auth/accounts.ts'
import type { LdapDirectory } from '../../api/core/auth/ldap/directory.ts'
import {
  createDirectoryAccounts,
  type DirectoryAccounts,
} from '../../api/core/auth/ldap/directory-accounts.ts'
import { createNewPasswords } from '../../api/core/auth/new-passwords.ts'
import { createPasswords } from '../../api/core/auth/password.ts'
import {
  createPasswordAuthorities,
  type PasswordAuthorities,
} from '../../api/core/auth/password-authorities.ts'
import { createPasswordRules } from '../../api/core/auth/password-rules.ts'
import { createProviderLinks, type ProviderLinks } from '../../api/core/auth/providers/provider-links.ts'
import { createFactorReset, type FactorReset } from '../../api/core/auth/second-factor/factor-reset.ts'
import type { SecurityLog } from '../../api/core/auth/security-log.ts'
import { createServiceTokens, type ServiceTokens } from '../../api/core/auth/service-tokens.ts'
import type { Session, SessionEndReason } from '../../api/core/auth/session-store.ts'
import type { User, UserStore } from '../../api/core/auth/users.ts'
import {
  createDoNotCallAdmin,
  type DoNotCallAdmin,
} from '../../api/core/call-center/leads/do-not-call-admin.ts'
import type { HistoryPurgeStore } from '../../api/core/calls/purge-history.ts'
import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import type { ExtensionStore } from '../../api/core/provisioning/extensions.ts'
import {
  createProvisioningJobs,
  type ProvisioningJobs,
} from '../../api/core/provisioning/provisioning-jobs.ts'
import { createInvitationAdmin, type InvitationAdmin } from '../../api/core/registration/invitation-admin.ts'
import { createWebhooks, type Webhooks } from '../../api/core/webhooks/webhooks.ts'
import { loadCommonPasswords } from '../../api/store/files/common-passwords.ts'
import { createAccountImportStore } from '../../api/store/sql/account-imports/account-imports.ts'
import { createFactorStore } from '../../api/store/sql/auth/factors.ts'
import { createPasswordAuthorityStore } from '../../api/store/sql/auth/password-authority.ts'
import { createProviderIdentityStore } from '../../api/store/sql/auth/provider-identities.ts'
import { createRevocationStore } from '../../api/store/sql/auth/revocations.ts'
import { createServiceTokenStore } from '../../api/store/sql/auth/service-tokens.ts'
import { createSessionStore } from '../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { createDoNotCall } from '../../api/store/sql/call-center/do-not-call.ts'
import { createPurgeStore } from '../../api/store/sql/calls/purge-history.ts'
import type { Database } from '../../api/store/sql/database.ts'
import { createExtensionStore } from '../../api/store/sql/provisioning/extensions.ts'
import { createInvitationAdminStore } from '../../api/store/sql/registration/invitation-admin.ts'
import { createDeliveryStore } from '../../api/store/sql/webhooks/deliveries.ts'
import { createEndpointStore } from '../../api/store/sql/webhooks/endpoints.ts'
import { commonSettings } from '../../contract/common-settings.ts'
import { DAY_S, toUnixSeconds } from '../../runtime/time.ts'
import { CommandError } from './command.ts'
import { loadDirectories, requireProvider } from './load-directories.ts'

export const AdminSettings = z.object({
  HOOKSWITCH_DATA: commonSettings.HOOKSWITCH_DATA,
  HOOKSWITCH_MEDIA_ROOT: z.string().optional(),
  HOOKSWITCH_REFRESH_TTL: commonSettings.HOOKSWITCH_REFRESH_TTL,
  HOOKSWITCH_ACCESS_TTL: commonSettings.HOOKSWITCH_ACCESS_TTL,
  HOOKSWITCH_EXTENSION_QUARANTINE: Quarantine,
  HOOKSWITCH_PHONE_SIGN_IN: phoneSignInSettings.HOOKSWITCH_PHONE_SIGN_IN,
  DATABASE_URL: z.string().optional(),
  HOOKSWITCH_PASSWORD_MIN_LENGTH: PasswordMinLength,
  HOOKSWITCH_DIAL_POLICY: z.string().optional(),
  HOOKSWITCH_DIRECTORIES_FILE: z.string().optional(),
  ...providerSettings,
})

/** What the admin's commands work with: the database alone, as the truth is there. */
export interface AdminContext {
  users: UserStore
  accountAdmin: AccountAdmin
  accountImports: AccountImports
  passwordAuthorities: PasswordAuthorities
  providerLinks: ProviderLinks
  resetFactors: FactorReset
  invitations: InvitationAdmin
  serviceTokens: ServiceTokens
  extensions: Pick<ExtensionStore, 'find'>
  provisioningJobs: ProvisioningJobs
  /** Where recordings are, one folder an extension. */
  mediaRoot: string
  doNotCall: DoNotCallAdmin
  callHistory: HistoryPurgeStore
  /** Without `create` and `rotateSecret`, which need the key that the running API has. */
  webhooks: Pick<Webhooks, 'list' | 'sendTest' | 'replayFailed'>
  /** What may be dialed, as the settings file has it now. @throws {SettingsError} */
  loadDialPolicy: () => DialPolicy
  /** As the file has them now. @throws {SettingsError} */
  loadDirectories: () => LdapDirectory[]
  directoryAccounts: DirectoryAccounts
  /** @returns the id of `oidc:<id>`, undefined for another source @throws {CommandError} @throws {SettingsError} */
  requireProvider: (source: string) => string | undefined
  /** @throws {CommandError} */
  requireUser(name: string | undefined): Promise<User>
  /** @throws {CommandError} when there is no such live session */
  endSession(sessionId: string): Promise<void>
  /** @returns how many there were */
  endAllSessions(userId: string, reason: SessionEndReason): Promise<number>
  listLiveSessions(userId: string): Promise<Session[]>
}

/** Who does it, for the security log. */
export const BY_ADMIN = { actorId: 'cli', address: 'local' } as const

/** Services as the API has them, without what needs a running one. */
export function createAdminContext(
  db: Database,
  securityLog: SecurityLog,
  settings: z.output<typeof AdminSettings>,
): AdminContext {
  const now = () => Date.now()
  const nowS = () => toUnixSeconds(now())
  const users = createUserStore(db, nowS, settings.HOOKSWITCH_EXTENSION_QUARANTINE * DAY_S)
  const sessions = createSessionStore(db)
  const extensions = createExtensionStore(db)
  const minLength = settings.HOOKSWITCH_PASSWORD_MIN_LENGTH
  const rules = createPasswordRules({ minLength, isCommon: loadCommonPasswords() })
  const passwords = createNewPasswords(createPasswords(), rules)
  // SQL holds it already; a running API publishes it.
  const revocationPublisher = { publish: async () => {} }
  const logSessionEnd = (userId: string, sessionId: string, reason: SessionEndReason) =>
    securityLog.write({ event: 'session_ended', userId, sessionId, reason, ...BY_ADMIN })
  const endAllSessions = async (userId: string, reason: SessionEndReason) => {
    const entries = await sessions.endAll(userId, undefined, nowS(), reason)
    for (const { key } of entries) logSessionEnd(userId, key, reason)
    return entries.length
  }
  // Read where it is asked for: most commands have no use for it.
  const loadDialPolicy = () => watchDialPolicyFile(settings.HOOKSWITCH_DIAL_POLICY || undefined, () => {})()
  const longestLifetime = Math.max(settings.HOOKSWITCH_ACCESS_TTL, settings.HOOKSWITCH_REFRESH_TTL)
  const revoking = {
    ...{ users, passwords, revocationPublisher, securityLog, now, longestLifetime },
    sessions: {
      endAll: (userId: string, { reason }: { reason: SessionEndReason }) => endAllSessions(userId, reason),
    },
  }
  const accountAdmin = createAccountAdmin({
    ...revoking,
    accounts: createAccounts({ users, passwords, policy: loadDialPolicy }),
    policy: loadDialPolicy,
  })
  return {
    users,
    providerLinks: createProviderLinks(createProviderIdentityStore(db, nowS), securityLog),
    resetFactors: createFactorReset({
      store: createFactorStore(db),
      ...revoking,
    }),
    loadDialPolicy,
    loadDirectories: () => loadDirectories(settings.HOOKSWITCH_DIRECTORIES_FILE || undefined),
    directoryAccounts: createDirectoryAccounts({ users, accountAdmin, policy: loadDialPolicy, securityLog }),
    requireProvider: (source) => requireProvider(settings.HOOKSWITCH_PROVIDERS_FILE || undefined, source),
    serviceTokens: createServiceTokens({
      store: createServiceTokenStore(db),
      ...{ revocationPublisher, securityLog, now },
      // As revocations.
      announce: async () => {},
      issuingSince: async () => (await createRevocationStore(db).streamState())?.cutoff,
    }),
    invitations: createInvitationAdmin({
      store: createInvitationAdminStore(db),
      // An administrator at the command line hands the token over, whatever the running API allows.
      mode: 'invitation',
      hasMail: false,
      ...{ users, policy: loadDialPolicy, securityLog, now },
    }),
    extensions,
    provisioningJobs: createProvisioningJobs({ extensions, users, securityLog, now }),
    mediaRoot: resolve(settings.HOOKSWITCH_MEDIA_ROOT ?? join(settings.HOOKSWITCH_DATA, 'media')),
    doNotCall: createDoNotCallAdmin({
      store: createDoNotCall(db),
      ...{ policy: loadDialPolicy, securityLog, now },
    }),
    callHistory: createPurgeStore(db),
    webhooks: createWebhooks({
      endpoints: createEndpointStore(db),
      deliveries: createDeliveryStore(db),
      checkUrl: async () => undefined,
      sealSecret() {
        throw new TypeError('the command line makes no secrets')
      },
      ...{ securityLog, now },
    }),
    accountAdmin,
    accountImports: createAccountImports({
      store: createAccountImportStore(db, nowS, settings.HOOKSWITCH_EXTENSION_QUARANTINE * DAY_S),
      ...{ accountAdmin, securityLog, policy: loadDialPolicy, now },
    }),
    passwordAuthorities: createPasswordAuthorities({
      ...revoking,
      store: createPasswordAuthorityStore(db),
      hasPhoneSignIn: settings.HOOKSWITCH_PHONE_SIGN_IN !== 'off',
    }),
    async requireUser(name) {
      const user = name === undefined ? undefined : await users.findByLogin(name)
      if (user === undefined) throw new CommandError(`no user ${JSON.stringify(name ?? '')}; see users list`)
      return user
    },
    async endSession(sessionId) {
      const session = await sessions.find(sessionId)
      const entry = await sessions.end(sessionId, nowS(), 'ended_by_admin' satisfies SessionEndReason)
      if (session === undefined || entry === undefined) {
        throw new CommandError('no such live session; see sessions list')
      }
      logSessionEnd(session.userId, sessionId, 'ended_by_admin')
    },
    endAllSessions,
    listLiveSessions: (userId) => sessions.listActive(userId, nowS(), { limit: 1_000 }),
  }
}
