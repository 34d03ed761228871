import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Judge } from '../../contract/verdict.ts'
import { type Chore, every } from '../../runtime/interval.ts'
import { type Logger, troubleFor } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import type { onboardingOf, ProvisionerConfig } from '../config/provisioning.ts'
import type { Throttle } from '../core/auth/login.ts'
import type { Passwords } from '../core/auth/password.ts'
import type { UserStore } from '../core/auth/users.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { isDiallable } from '../core/dial-policy/dialable-extension.ts'
import { createProviding } from '../core/provisioning/extension-provisioning.ts'
import type { ExtensionStore } from '../core/provisioning/extensions.ts'
import type { MediaFolders } from '../core/provisioning/media-folders.ts'
import type { Provisioner } from '../core/provisioning/provisioner.ts'
import { createProvisioningLinks, type ProvisioningLinks } from '../core/provisioning/provisioning-links.ts'
import {
  type CredentialReading,
  createCredentialReading,
  displayNameOf,
} from '../core/provisioning/sip-credentials.ts'
import { createSecretSeal, type SecretSeal } from '../core/provisioning/sip-secret.ts'
import type { Lender } from '../core/provisioning/webrtc-credential-provisioner.ts'
import { createRegistration, type Registration } from '../core/registration/extension-registration.ts'
import { createAsteriskExtensions } from '../provisioning/asterisk.ts'
import { createWizardExtensions } from '../provisioning/asterisk-wizard.ts'
import { createFreepbx } from '../provisioning/freepbx.ts'
import { createMikopbx } from '../provisioning/mikopbx.ts'
import { bearable } from '../provisioning/validate-extension.ts'
import { secretFile } from '../store/files/secret-file.ts'
import { createLinkTickets } from '../store/redis/provisioning-link-tickets.ts'
import type { Database } from '../store/sql/database.ts'
import { createExtensionStore } from '../store/sql/provisioning/extensions.ts'
import { createInvitationStore } from '../store/sql/registration/invitations.ts'
import { createAmiOpener } from './ami-client-factory.ts'

export interface OnboardingNeeds {
  config: ReturnType<typeof onboardingOf> & { keysFolder: string; longestLifetime: number }
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: Pick<UserStore, 'find' | 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
  throttle: Pick<Throttle, 'takeAddress'>
  policy: () => Pick<DialPolicy, 'judge'>
  /** A number whose folder holds files is given out to no person. */
  media: MediaFolders
  judge: Pick<Judge, 'claims'>
  log: Logger
  now: () => number
}

/** From an invitation to a phone that rings, joined. */
export interface Onboarding {
  registration: Registration
  credentials: CredentialReading
  links: ProvisioningLinks
  extensions: Pick<ExtensionStore, 'ofUser'>
  seal: SecretSeal
  /** Undefined where the PBX lends no credentials. */
  lender: Lender | undefined
  open(): void
  close(): Promise<void>
}

type Closing = Provisioner & { lender?: Lender; close(): Promise<void> }

export function createOnboarding(needs: OnboardingNeeds): Onboarding {
  const { config, db, redis, users, log, now } = needs
  const trouble = troubleFor(log)
  const store = createExtensionStore(db, async (extension) => {
    return isDiallable(extension, needs.policy()) && !(await needs.media.hasFiles(extension))
  })
  const seal = createSecretSeal(secretFile(join(config.keysFolder, 'sip.secret')))
  const provisioner = config.provisioner && openProvisioner(config.provisioner, { log, now })
  const providing =
    provisioner &&
    createProviding({
      store,
      provisioner,
      seal,
      async personOf(userId) {
        const user = await users.find(userId)
        if (user === undefined) return undefined
        const name = displayNameOf(user.email ?? user.username)
        return { name, email: user.email === null ? undefined : bearable(user.email) }
      },
      range: config.range,
      longestLifetime: config.longestLifetime,
      now,
      onNote: (what, err) => log.warn({ event: 'provisioning', what, err }, what),
      onTrouble: trouble('extensions could not be made or taken away on the PBX'),
    })
  const credentials = createCredentialReading({ extensions: store, users, seal, server: config.sipServer })

  let chore: Chore | undefined
  return {
    credentials,
    extensions: store,
    seal,
    lender: provisioner?.lender,
    registration: createRegistration({
      mode: config.registration,
      users,
      passwords: needs.passwords,
      throttle: needs.throttle,
      invitations: createInvitationStore(db),
      extensions: store,
      providing,
      seal,
      range: config.range,
      now,
      onTrouble: trouble('an extension could not be made at once'),
    }),
    links: createProvisioningLinks({
      store: createLinkTickets(redis),
      credentials,
      judge: needs.judge,
      now,
    }),
    open() {
      const work = async () => {
        // Numbers that were given by hand rest, too.
        await store.forgetRested(Math.floor(now() / 1000) - config.quarantine)
        await providing?.tend()
      }
      chore = every(
        providing === undefined ? 600_000 : 5_000,
        work,
        trouble('extensions could not be seen to'),
      )
    },
    async close() {
      chore?.stop()
      await provisioner?.close()
    },
  }
}

function openProvisioner(
  config: ProvisionerConfig,
  { log, now }: Pick<OnboardingNeeds, 'log' | 'now'>,
): Closing {
  if (config.kind === 'asterisk-wizard') {
    const ami = createAmiOpener(config.place, log)(config.login, 'off', false)
    ami.open()
    return { ...createWizardExtensions({ ami, template: config.template }), close: ami.close }
  }
  const { caPath, baseUrl, allowSelfSigned } = config
  const ca = caPath === undefined ? undefined : readFileSync(caPath, 'utf8')
  const access = { baseUrl, ca, allowSelfSigned }
  switch (config.kind) {
    case 'asterisk': {
      const { username, password, phones } = config
      return createAsteriskExtensions({ ...access, username, password, phones })
    }
    case 'freepbx': {
      const { clientId, clientSecret } = config
      return createFreepbx({ ...access, clientId, clientSecret, now, log })
    }
    case 'mikopbx':
      return createMikopbx({ ...access, ...config.login, now, log })
  }
}
