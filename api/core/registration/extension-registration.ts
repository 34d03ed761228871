import { toUnixSeconds } from '../../../runtime/time.ts'
import type { RateLimiter } from '../auth/login.ts'
import type { Passwords } from '../auth/password.ts'
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
  /** The number it is to be; where the PBX has it for somebody else, it becomes another one. */
  extension: string
  /** Whether a phone can register now; otherwise a later run goes on with it. */
  isReady: boolean
}

export interface ExtensionRegistration {
  /**
   * An account and an extension that rings, from one request.
   * @throws {Refusal} `forbidden` (closed, or no good invitation), `taken`, `throttled`, `unavailable` (also when
   *   the PBX says no: then nothing is left of it)
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
  /** Undefined where no PBX is set up to make extensions. */
  provisioning: Pick<ExtensionProvisioning, 'provision'> | undefined
  seal: SecretSeal
  range: ExtensionRange
  now: () => number
  /** How long an answer may wait for the PBX, in ms: the gate in front of us has a limit, too. */
  timeoutMs?: number
  onError(err: unknown): void
}

/** A process that dies between reserving and making is given up after this, in seconds. */
const TAKEOVER_DELAY_S = 10

export function createExtensionRegistration(needs: ExtensionRegistrationNeeds): ExtensionRegistration {
  const { mode, users, extensions, invitations, provisioning, seal, range, timeoutMs = 20_000 } = needs
  const nowS = () => toUnixSeconds(needs.now())

  /** @returns the hash of what has to be used up; also where registration is open, as it reserves its address */
  async function requireInvitation({ invitation, email }: RegistrationRequest): Promise<string | undefined> {
    const hash = hashToken(invitation ?? '')
    if (await invitations.isValidFor(hash, email, nowS())) return hash
    if (mode === 'open') return undefined
    throw new Refusal('forbidden', { detail: 'an invitation is needed that is good for this address' })
  }

  /** What the PBX makes of it within our patience; it goes on beyond. */
  async function provisionWithin(reserved: Extension, provisioner: Pick<ExtensionProvisioning, 'provision'>) {
    let timer: NodeJS.Timeout | undefined
    const timedOut = new Promise<Extension>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, reserved)
    })
    // The account is made: a fault of ours from here on only makes it wait for a later run.
    const made = provisioner.provision(reserved).catch((err) => {
      needs.onError(err)
      return reserved
    })
    return Promise.race([made, timedOut]).finally(() => clearTimeout(timer))
  }

  return {
    async register(request) {
      const { email, password, address } = request
      requireNotClosed(mode, 'registration is closed')
      await needs.throttle.consume(address)
      if (provisioning === undefined) {
        throw new Refusal('unavailable', { detail: 'no provisioner is set up that makes SIP extensions' })
      }
      // Before anything is said of the address: who is not invited learns nothing.
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
