import { describeKeys } from '../../contract/keys.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import { createDoNotCallAdmin } from '../core/call-center/leads/do-not-call-admin.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { createExtensionAccountAdmin } from '../core/provisioning/extension-account-admin.ts'
import { createProvisioningJobs } from '../core/provisioning/provisioning-jobs.ts'
import { createInvitationAdmin } from '../core/registration/invitation-admin.ts'
import { createMailLinks } from '../core/registration/mail-links.ts'
import { createSystemStatus } from '../core/system/system-status.ts'
import type { AdminRoutesNeeds } from '../http/v1/admin-routes.ts'
import type { StreamControl } from '../nchan/stream-control.ts'
import { createDoNotCall } from '../store/sql/call-center/do-not-call.ts'
import type { Database } from '../store/sql/database.ts'
import { isSqlResponding } from '../store/sql/ping.ts'
import { createExtensionStore } from '../store/sql/provisioning/extensions.ts'
import { createInvitationAdminStore } from '../store/sql/registration/invitation-admin.ts'
import { readMailQueueState } from '../store/sql/registration/mail-queue-state.ts'
import type { AccountImportModule } from './account-imports.ts'
import type { AuthModule } from './auth.ts'
import type { CallModule } from './calls.ts'
import type { ProvisioningModule } from './provisioning.ts'
import type { OutgoingWebhooks } from './webhooks.ts'

export interface AdministrationNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  auth: AuthModule
  callModule: Pick<CallModule, 'pbxState'>
  provisioning: Pick<ProvisioningModule, 'newExtensions'>
  accountImports: Pick<AccountImportModule, 'routes'>
  streamControl: Pick<StreamControl, 'isResponding' | 'isInstanceResponding'>
  outgoingWebhooks: Pick<OutgoingWebhooks, 'webhooks'>
  policy: () => DialPolicy
  now: () => number
}

/** Joins what administrators do over HTTP. */
export function createAdministration(
  needs: AdministrationNeeds,
): Omit<AdminRoutesNeeds, 'guard' | 'factors'> {
  const { config, db, redis, auth, callModule, streamControl, policy, now } = needs
  const { users, accountAdmin, securityLog } = auth
  const logged = { securityLog, now }

  return {
    users: {
      ...{ users, accountAdmin, activityOf: auth.sessionStore.activityOf },
      extensionAccountAdmin: createExtensionAccountAdmin({
        accounts: auth.accounts,
        newExtensions: needs.provisioning.newExtensions,
        securityLog,
      }),
    },
    accountImports: needs.accountImports.routes,
    passwordAuthority: { passwordAuthorities: auth.passwordAuthorities },
    invitations: {
      invitations: createInvitationAdmin({
        store: createInvitationAdminStore(db),
        mode: config.registration,
        hasMail: config.mail !== undefined,
        ...{ users, policy, ...logged },
      }),
      linkOf: createMailLinks(config).invitation,
    },
    doNotCall: {
      doNotCall: createDoNotCallAdmin({ store: createDoNotCall(db), policy, ...logged }),
    },
    provisioning: {
      jobs: createProvisioningJobs({ extensions: createExtensionStore(db), users, ...logged }),
    },
    webhooks: { webhooks: needs.outgoingWebhooks.webhooks },
    serviceTokens: { serviceTokens: auth.serviceTokens },
    securityLog: { events: auth.securityEvents, recorder: auth.securityEventRecorder, users },
    system: {
      version: packageJson.version,
      startedAt: now(),
      policy,
      keys: () => describeKeys(auth.keyring.all(), config.algorithm, now()),
      status: createSystemStatus({
        pbx: callModule.pbxState,
        isRedisResponding: () =>
          redis.ping().then(
            () => true,
            () => false,
          ),
        isSqlResponding: () => isSqlResponding(db),
        isRevocationFresh: () => auth.readiness().ready,
        streams: config.nginxSockets.map((socket) => () => streamControl.isInstanceResponding(socket)),
        sidecars: config.sidecarSockets.map((socket) => () => streamControl.isResponding(socket)),
        mailQueue: config.mail === undefined ? undefined : () => readMailQueueState(db),
      }),
    },
  }
}
