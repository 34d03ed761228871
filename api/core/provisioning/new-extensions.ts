import { withDeadline } from '../../../runtime/deadline.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { newId } from '../auth/tokens.ts'
import type { User } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { ExtensionProvisioning } from './extension-provisioning.ts'
import type { Extension, ExtensionRange, ExtensionStore, Reservation } from './extensions.ts'
import { newSipSecret, type SecretSeal } from './sip-secret.ts'

/** A new account and its new extension. */
export interface UserWithExtension {
  /** Has the extension once that is ready. */
  user: User
  /** The assigned number. It may change until `isReady`, if the PBX has that extension already. */
  extension: string
  /** Whether a phone can register now; if not, provisioning continues in the background. */
  isReady: boolean
}

/** Accounts that get the next free extension of the range, created on the PBX. */
export interface NewExtensions {
  /** Whether a PBX is configured that creates extensions. */
  isSupported: boolean
  /**
   * Adds the user, and waits for the PBX for a while.
   * @throws {Refusal} as `ExtensionStore.reserve`; `unavailable` also if the PBX refuses the extension (then no account
   *   is left) and without a PBX that creates extensions
   */
  addUser(request: Pick<Reservation, 'user' | 'invitation' | 'isByAdmin'>): Promise<UserWithExtension>
}

export interface NewExtensionsNeeds {
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

export function createNewExtensions(needs: NewExtensionsNeeds): NewExtensions {
  const { extensions, provisioning, seal, range, timeoutMs = 20_000 } = needs
  const nowS = () => toUnixSeconds(needs.now())

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
    isSupported: provisioning !== undefined,
    async addUser(request) {
      if (provisioning === undefined) {
        throw new Refusal('unavailable', { detail: 'no provisioner is set up that makes SIP extensions' })
      }
      const secret = newSipSecret()
      const reserved = await extensions.reserve({
        ...request,
        ownershipTag: newId(),
        seal: (extension) => seal.seal(secret, extension),
        range,
        now: nowS(),
        nextTryAt: nowS() + TAKEOVER_DELAY_S,
      })
      const made = await provisionWithin(reserved.extension, provisioning)
      if (made === undefined) {
        throw new Refusal('unavailable', { detail: 'the PBX does not make this extension' })
      }
      const { extension } = made
      const isReady = made.state === 'ready'
      return { user: isReady ? { ...reserved.user, extension } : reserved.user, extension, isReady }
    },
  }
}
