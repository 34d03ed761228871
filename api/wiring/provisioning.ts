import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TokenVerifier } from '../../contract/verdict.ts'
import { type IntervalJob, startInterval } from '../../runtime/interval.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import type { ProvisionerConfig, toProvisioningConfig } from '../config/provisioning.ts'
import type { toWebrtcConfig } from '../config/webrtc.ts'
import type { NewPasswords } from '../core/auth/new-passwords.ts'
import type { RateLimiter } from '../core/auth/rate-limiter.ts'
import type { UserStore } from '../core/auth/users.ts'
import type { ExtensionRules } from '../core/dial-policy/dialable-extension.ts'
import { createAssignableNumberCheck } from '../core/provisioning/assignable-number.ts'
import { createExtensionMaintenance } from '../core/provisioning/extension-maintenance.ts'
import { createExtensionProvisioning } from '../core/provisioning/extension-provisioning.ts'
import type { MediaFolders } from '../core/provisioning/media-folders.ts'
import { createNewExtensions, type NewExtensions } from '../core/provisioning/new-extensions.ts'
import type { Provisioner } from '../core/provisioning/provisioner.ts'
import { createProvisioningLinks, type ProvisioningLinks } from '../core/provisioning/provisioning-links.ts'
import {
  createSipCredentialReader,
  type SipCredentialReader,
  toDisplayName,
} from '../core/provisioning/sip-credentials.ts'
import { createSecretSeal } from '../core/provisioning/sip-secret.ts'
import type { CredentialProvisioner } from '../core/provisioning/webrtc-credential-provisioner.ts'
import { createWebrtcCredentials, type WebrtcCredentials } from '../core/provisioning/webrtc-credentials.ts'
import {
  createExtensionRegistration,
  type ExtensionRegistration,
} from '../core/registration/extension-registration.ts'
import { createAsteriskProvisioner } from '../provisioning/asterisk.ts'
import { createWizardProvisioner } from '../provisioning/asterisk-wizard.ts'
import { createFreepbxProvisioner } from '../provisioning/freepbx.ts'
import { createMikopbxProvisioner } from '../provisioning/mikopbx.ts'
import { toPbxEmail } from '../provisioning/validate-extension.ts'
import { loadOrCreateSecret } from '../store/files/secret-file.ts'
import { createProvisioningLinkTickets } from '../store/redis/provisioning-link-tickets.ts'
import type { Database } from '../store/sql/database.ts'
import { createExtensionStore } from '../store/sql/provisioning/extensions.ts'
import { createEphemeralCredentialStore } from '../store/sql/provisioning/webrtc-credentials.ts'
import { createInvitationStore } from '../store/sql/registration/invitations.ts'
import { createAmiClientFactory } from './ami-client-factory.ts'

export interface ProvisioningModuleNeeds {
  config: ReturnType<typeof toProvisioningConfig> &
    ReturnType<typeof toWebrtcConfig> & { keysFolder: string; longestLifetime: number }
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: Pick<UserStore, 'find' | 'findByLogin'>
  passwords: Pick<NewPasswords, 'hash'>
  rateLimiter: Pick<RateLimiter, 'consume'>
  policy: () => ExtensionRules
  media: MediaFolders
  verifier: Pick<TokenVerifier, 'checkClaims'>
  log: Logger
  now: () => number
}

/** Registration with an extension, its provisioning on the PBX and its SIP credentials. */
export interface ProvisioningModule {
  registration: ExtensionRegistration
  newExtensions: NewExtensions
  credentials: SipCredentialReader
  links: ProvisioningLinks
  webrtcCredentials: Pick<WebrtcCredentials, 'issue' | 'availabilityOf'>
  open(): void
  close(): Promise<void>
}

type ClosableProvisioner = Provisioner & {
  webrtcCredentials?: CredentialProvisioner
  close(): Promise<void>
}

export function createProvisioningModule(needs: ProvisioningModuleNeeds): ProvisioningModule {
  const { config, db, redis, users, log, now } = needs
  const logFailure = failureLogger(log)
  const store = createExtensionStore(db, createAssignableNumberCheck(needs.policy, needs.media))
  const seal = createSecretSeal(loadOrCreateSecret(join(config.keysFolder, 'sip.secret')))
  const provisioner = config.provisioner && openProvisioner(config.provisioner, { log, now })
  const provisioning =
    provisioner &&
    createExtensionProvisioning({
      store,
      provisioner,
      seal,
      async findPerson(userId) {
        const user = await users.find(userId)
        if (user === undefined) return undefined
        const name = user.displayName ?? toDisplayName(user.email ?? user.username)
        return { name, email: user.email === null ? undefined : toPbxEmail(user.email) }
      },
      range: config.range,
      longestLifetime: config.longestLifetime,
      now,
      onWarning: (what, err) => log.warn({ event: 'extension_provisioning_warning', what, err }, what),
      onError: logFailure('extension_provisioning', 'extensions could not be created or removed on the PBX'),
    })
  const credentials = createSipCredentialReader({ extensions: store, users, seal, server: config.sipServer })
  const { quarantine } = config
  const maintenance = createExtensionMaintenance({ store, provisioning, quarantine, now })

  const newExtensions = createNewExtensions({
    ...{ extensions: store, provisioning, seal, range: config.range, now },
    onError: logFailure.once(
      'extension_first_provisioning',
      'an extension could not be created at once; it is retried',
    ),
  })

  const webrtcCredentials = createWebrtcCredentials({
    store: createEphemeralCredentialStore(db),
    provisioner: provisioner?.webrtcCredentials,
    extensions: store,
    users,
    verifier: needs.verifier,
    seal,
    ttl: config.webrtc.ttl,
    isRelayed: config.webrtc.isRelayed,
    now,
    onFailure: logFailure(
      'webrtc_credential',
      'WebRTC credentials could not be created or removed on the PBX',
    ),
  })

  const jobs: IntervalJob[] = []
  return {
    credentials,
    webrtcCredentials,
    registration: createExtensionRegistration({
      mode: config.registration,
      users,
      passwords: needs.passwords,
      throttle: needs.rateLimiter,
      invitations: createInvitationStore(db),
      newExtensions,
      now,
    }),
    newExtensions,
    links: createProvisioningLinks({
      store: createProvisioningLinkTickets(redis),
      credentials,
      verifier: needs.verifier,
      now,
    }),
    open() {
      jobs.push(
        startInterval(
          maintenance.intervalMs,
          maintenance.tick,
          logFailure('extension_provisioning_tick', 'pending extensions could not be processed'),
        ),
      )
      if (provisioner?.webrtcCredentials === undefined) return
      jobs.push(
        startInterval(
          1_000,
          webrtcCredentials.tick,
          logFailure('webrtc_credentials_tick', 'expired WebRTC credentials could not be revoked'),
        ),
      )
    },
    async close() {
      for (const job of jobs) job.stop()
      await provisioner?.close()
    },
  }
}

function openProvisioner(
  config: ProvisionerConfig,
  { log, now }: Pick<ProvisioningModuleNeeds, 'log' | 'now'>,
): ClosableProvisioner {
  if (config.kind === 'asterisk-wizard') {
    const ami = createAmiClientFactory(config.amiAddress, log)(config.login, 'off', false)
    ami.open()
    return { ...createWizardProvisioner({ ami, template: config.template }), close: ami.close }
  }
  const { caPath, baseUrl, allowSelfSigned } = config
  const ca = caPath === undefined ? undefined : readFileSync(caPath, 'utf8')
  const access = { baseUrl, ca, allowSelfSigned }
  switch (config.kind) {
    case 'asterisk': {
      const { username, password, phones } = config
      return createAsteriskProvisioner({ ...access, username, password, phones })
    }
    case 'freepbx': {
      const { clientId, clientSecret } = config
      return createFreepbxProvisioner({ ...access, clientId, clientSecret, now, log })
    }
    case 'mikopbx':
      return createMikopbxProvisioner({ ...access, ...config.login, now, log })
  }
}
