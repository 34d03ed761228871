import type { Actor } from '../actor.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { ExtensionStore } from './extensions.ts'
import type { SecretSeal } from './sip-secret.ts'

/** Public address where phones register. */
export interface SipServer {
  domain: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
}

/** Everything that a softphone needs to register. */
export interface SipCredentials extends SipServer {
  username: string
  authUsername: string
  password: string
  displayName: string
}

export interface SipCredentialReader {
  /**
   * The credentials of the actor.
   * @throws {Refusal} `not_found` if none are stored, `unavailable` while the extension is being created
   */
  read(actor: Pick<Actor, 'userId'>): Promise<SipCredentials>
}

export function createSipCredentialReader(needs: {
  extensions: Pick<ExtensionStore, 'findByUser'>
  users: Pick<UserStore, 'find'>
  seal: SecretSeal
  server: SipServer
}): SipCredentialReader {
  return {
    async read({ userId }) {
      const extension = await needs.extensions.findByUser(userId)
      const user = await needs.users.find(userId)
      if (extension === undefined || user === undefined) {
        throw new Refusal('not_found', { detail: 'no SIP credentials are kept for this account' })
      }
      if (extension.state !== 'ready') {
        throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
      }
      return {
        ...needs.server,
        username: extension.extension,
        authUsername: extension.authUsername ?? extension.extension,
        password: needs.seal.open(extension.sealedSecret, extension.extension),
        displayName: toDisplayName(user.email ?? user.username),
      }
    },
  }
}

/** The part of an address before the @, as in the onboarding document. */
export const toDisplayName = (email: string): string => email.split('@')[0] ?? email
