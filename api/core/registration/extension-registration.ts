import { toUnixSeconds } from '../../../runtime/time.ts'
import type { NewPasswords } from '../auth/new-passwords.ts'
import type { RateLimiter } from '../auth/rate-limiter.ts'
import type { UserStore } from '../auth/users.ts'
import type { NewExtensions, UserWithExtension } from '../provisioning/new-extensions.ts'
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

export interface ExtensionRegistration {
  /**
   * Creates an account with an extension on the PBX.
   * @throws {Refusal} `forbidden` (registration is closed, or no valid invitation), `taken`, `input_invalid` for the password, `throttled`,
   *   `unavailable` (also if the PBX refuses the extension: then no account is left)
   */
  register(request: RegistrationRequest): Promise<UserWithExtension>
}

export interface ExtensionRegistrationNeeds {
  mode: RegistrationMode
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<NewPasswords, 'hash'>
  throttle: Pick<RateLimiter, 'consume'>
  invitations: Pick<InvitationStore, 'isValidFor'>
  newExtensions: NewExtensions
  now: () => number
}

export function createExtensionRegistration(needs: ExtensionRegistrationNeeds): ExtensionRegistration {
  const { mode, users, invitations, newExtensions } = needs
  const nowS = () => toUnixSeconds(needs.now())

  /** @returns the hash of the invitation to consume; also in open mode, as an invitation reserves its address */
  async function requireInvitation({ invitation, email }: RegistrationRequest): Promise<string | undefined> {
    const hash = hashToken(invitation ?? '')
    if (await invitations.isValidFor(hash, email, nowS())) return hash
    if (mode === 'open') return undefined
    throw new Refusal('forbidden', { detail: 'an invitation is needed that is good for this address' })
  }

  return {
    async register(request) {
      const { email, password, address } = request
      requireNotClosed(mode, 'registration is closed')
      await needs.throttle.consume(address)
      if (!newExtensions.isSupported) {
        throw new Refusal('unavailable', { detail: 'no provisioner is set up that makes SIP extensions' })
      }
      // Checked before the address: a client without an invitation must not learn which addresses have accounts.
      const invitation = await requireInvitation(request)
      if ((await users.findByLogin(email)) !== undefined) throw new Refusal('taken', { detail: 'email' })
      const passwordHash = await needs.passwords.hash(
        password,
        { username: email, email },
        networkOf(address),
      )

      return newExtensions.addUser({
        user: { username: email, email, role: 'user', passwordHash },
        invitation,
      })
    },
  }
}
