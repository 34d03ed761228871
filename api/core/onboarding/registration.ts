import type { Throttle } from '../login.ts'
import type { Passwords } from '../password.ts'
import { Refusal } from '../refusal.ts'
import { newId } from '../tokens.ts'
import type { User, UserStore } from '../users.ts'
import type { ExtensionRange, ExtensionStore } from './extensions.ts'
import { hashOf, type InvitationStore } from './invitations.ts'
import type { Providing } from './providing.ts'
import { newSipSecret, type SecretSeal } from './sip-secret.ts'

/** Who may make an account: anybody, whoever was invited, or nobody. */
export const REGISTRATIONS = ['open', 'invitation', 'closed'] as const
export type RegistrationMode = (typeof REGISTRATIONS)[number]

export interface RegistrationRequest {
  email: string
  password: string
  invitation?: string
  address: string
}

export interface Registered {
  user: User
  /** Whether a phone can register now; otherwise a later run goes on with it. */
  isReady: boolean
}

export interface Registration {
  /**
   * An account and an extension that rings, from one request.
   * @throws {Refusal} `forbidden` (closed, or no good invitation), `taken`, `throttled`, `unavailable` (also when
   *   the PBX says no: then nothing is left of it)
   */
  register(request: RegistrationRequest): Promise<Registered>
}

export interface RegistrationNeeds {
  mode: RegistrationMode
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
  throttle: Pick<Throttle, 'takeAddress'>
  invitations: Pick<InvitationStore, 'use' | 'giveBack'>
  extensions: Pick<ExtensionStore, 'reserve'>
  providing: Pick<Providing, 'provide'>
  seal: SecretSeal
  range: ExtensionRange
  /** Seconds. */
  quarantine: number
  now: () => number
}

export function createRegistration(needs: RegistrationNeeds): Registration {
  const { mode, users, extensions, invitations, seal, range } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  return {
    async register({ email, password, invitation, address }) {
      if (mode === 'closed') throw new Refusal('forbidden', { detail: 'registration is closed' })
      await needs.throttle.takeAddress(address)
      // The password first: it takes its time, and an invitation must not be used up meanwhile.
      const passwordHash = await needs.passwords.hash(password)
      if ((await users.findByLogin(email)) !== undefined) throw new Refusal('taken', { detail: 'email' })
      const used = invitation === undefined ? undefined : hashOf(invitation)
      if (mode === 'invitation' && (used === undefined || !(await invitations.use(used, email, nowS())))) {
        throw new Refusal('forbidden', { detail: 'an invitation is needed that is good for this address' })
      }
      const giveBack = async () => {
        if (mode === 'invitation' && used !== undefined) await invitations.giveBack(used)
      }

      const secret = newSipSecret()
      const reserved = await extensions
        .reserve({
          user: { username: email, email, role: 'user', passwordHash },
          mark: newId(),
          seal: (extension) => seal.seal(secret, extension),
          range,
          now: nowS(),
          restedBefore: nowS() - needs.quarantine,
        })
        .catch(async (err) => {
          await giveBack()
          throw err
        })
      const extension = await needs.providing.provide(reserved.extension)
      if (extension === undefined) {
        await giveBack()
        throw new Refusal('unavailable', { detail: 'the PBX does not make extensions now', retryAfter: 60 })
      }
      return {
        user: { ...reserved.user, extension: extension.extension },
        isReady: extension.state === 'ready',
      }
    },
  }
}
