import { withDeadline } from '../../../runtime/deadline.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Passwords } from '../auth/password.ts'
import type { RateLimiter } from '../auth/rate-limiter.ts'
import { newId } from '../auth/tokens.ts'
import type { User, UserStore } from '../auth/users.ts'
import type { ExtensionProvisioning } from '../provisioning/extension-provisioning.ts'
import type { Extension, ExtensionRange, ExtensionStore } from '../provisioning/extensions.ts'
import { newSipSecret, type SecretSeal } from '../provisioning/sip-secret.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from '../values/network.ts'
import { hashToken, type InvitationStore } from './invitations.ts'
import { type RegistrationMode, requireNotClosed } from './registration-mode.ts'

export interface RegistrationRequest {
  email: string
  password: string
  invitation?: string | undefined
  address: string
}

export interface RegistrationResult {
  user: User
  /** The assigned number. It may change until `isReady`, if the PBX has that extension already. */
  extension: string
  /** Whether a phone can register now; if not, provisioning continues in the background. */
  isReady: boolean
}

export interface ExtensionRegistration {
  /**
   * Creates an account with an extension on the PBX.
   * @throws {Refusal} `forbidden` (registration is closed, or no valid invitation), `taken`, `throttled`,
   *   `unavailable` (also if the PBX refuses the extension: then no account is left)
   */
  register(request: RegistrationRequest): Promise<RegistrationResult>
}

export interface ExtensionRegistrationNeeds {
  mode: RegistrationMode
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
  throttle: Pick<RateLimiter, 'consume'>
  invitations: Pick<InvitationStore, 'isValidFor'>
  extensions: Pick<ExtensionStore, 'reserve'>
  /** Undefined if no PBX is configured that creates extensions. */
  provisioning: Pick<ExtensionProvisioning, 'provision'> | undefined
  seal: SecretSeal
  range: ExtensionRange
  now: () => number
  /** How long a request waits for the PBX, in ms; shorter than the timeout of nginx. */
  timeoutMs?: number
  onError(err: unknown): void
}

/** If the process dies between reservation and provisioning, another one continues after this, in seconds. */
const TAKEOVER_DELAY_S = 10

export function createExtensionRegistration(needs: ExtensionRegistrationNeeds): ExtensionRegistration {
  const { mode, users, extensions, invitations, provisioning, seal, range, timeoutMs = 20_000 } = needs
  const nowS = () => toUnixSeconds(needs.now())

  /** @returns the hash of the invitation to consume; also in open mode, as an invitation reserves its address */
  async function requireInvitation({ invitation, email }: RegistrationRequest): Promise<string | undefined> {
    const hash = hashToken(invitation ?? '')
    if (await invitations.isValidFor(hash, email, nowS())) return hash
    if (mode === 'open') return undefined
    throw new Refusal('forbidden', { detail: 'an invitation is needed that is good for this address' })
  }

  /** Provisions until the timeout; then provisioning continues in the background. */
  async function provisionWithin(reserved: Extension, provisioner: Pick<ExtensionProvisioning, 'provision'>) {
    // The account exists: after an error the extension is retried later.
    const attempt = provisioner.provision(reserved).catch((err) => {
      needs.onError(err)
      return reserved
    })
    return withDeadline(attempt, timeoutMs, () => new Error('timeout')).catch(() => reserved)
  }

  return {
    async register(request) {
      const { email, password, address } = request
      requireNotClosed(mode, 'registration is closed')
      await needs.throttle.consume(address)
      if (provisioning === undefined) {
        throw new Refusal('unavailable', { detail: 'no provisioner is set up that makes SIP extensions' })
      }
      // Checked before the address: a client without an invitation must not learn which addresses have accounts.
      const invitation = await requireInvitation(request)
      if ((await users.findByLogin(email)) !== undefined) throw new Refusal('taken', { detail: 'email' })
      const passwordHash = await needs.passwords.hash(password, networkOf(address))

      const secret = newSipSecret()
      const reserved = await extensions.reserve({
        user: { username: email, email, role: 'user', passwordHash },
        invitation,
        ownershipTag: newId(),
        seal: (extension) => seal.seal(secret, extension),
        range,
        now: nowS(),
        nextTryAt: nowS() + TAKEOVER_DELAY_S,
      })
      const extension = await provisionWithin(reserved.extension, provisioning)
      if (extension === undefined) {
        throw new Refusal('unavailable', { detail: 'the PBX does not make this extension' })
      }
      return {
        user: reserved.user,
        extension: extension.extension,
        isReady: extension.state === 'ready',
      }
    },
  }
}
