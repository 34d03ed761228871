import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { SecurityLog } from '../security-log.ts'
import type { User, UserStore } from '../users.ts'
import type { FactorOwner, FactorStore } from './factor-store.ts'
import {
  authenticationOptions,
  CEREMONY_TTL_S,
  challengeOf,
  type PasskeyAnswer,
  type PasskeyRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RelyingParty,
  registrationOptions,
  verifyAuthentication,
  verifyRegistration,
} from './relying-party.ts'

/** What a challenge was made for: a response to it is accepted for that alone. */
export const Ceremony = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sign_in') }),
  z.object({ kind: z.literal('second_factor'), userId: z.string() }),
  z.object({
    kind: z.literal('register'),
    userId: z.string(),
    generation: z.number(),
    sessionId: z.string().optional(),
  }),
])
export type Ceremony = z.infer<typeof Ceremony>

export interface CeremonyStore {
  put(challenge: string, ceremony: Ceremony, ttl: number): Promise<void>
  /** Reads and deletes. */
  take(challenge: string): Promise<Ceremony | undefined>
}

/** Ceremonies of WebAuthn. Each challenge is random, expires after 5 minutes, and is accepted once. */
export interface Passkeys {
  /** Whether this installation can have passkeys: see `toRelyingParty`. */
  isOffered: boolean
  registrationOptions(user: User, owner: FactorOwner): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** @throws {Refusal} `credentials_wrong` unless it answers a challenge for this owner */
  verifyRegistration(
    owner: FactorOwner,
    response: PasskeyRegistration,
  ): Promise<Omit<Parameters<FactorStore['addPasskey']>[1], 'name'>>
  /** @param user the owner of the accepted passkeys; undefined: any user's, as the sign-in */
  authenticationOptions(user: Pick<User, 'id'> | undefined): Promise<PublicKeyCredentialRequestOptionsJSON>
  /**
   * @param user as for the options
   * @returns the id of the passkey's owner
   * @throws {Refusal} `credentials_wrong`
   */
  verifyAuthentication(
    user: Pick<User, 'id'> | undefined,
    response: PasskeyAnswer,
    address: string,
  ): Promise<string>
}

export interface PasskeysNeeds {
  relyingParty: RelyingParty | undefined
  ceremonies: CeremonyStore
  store: Pick<FactorStore, 'listPasskeys' | 'findPasskey' | 'acceptPasskeyCounter'>
  users: Pick<UserStore, 'find'>
  securityLog: SecurityLog
  now: () => number
}

export function createPasskeys(needs: PasskeysNeeds): Passkeys {
  const { relyingParty, ceremonies, store, users, securityLog, now } = needs

  /** @throws {Refusal} `not_supported` */
  function requireRelyingParty(): RelyingParty {
    if (relyingParty !== undefined) return relyingParty
    throw new Refusal('not_supported', {
      detail: 'passkeys need HOOKSWITCH_PUBLIC_URL with https and a host name',
    })
  }

  async function newChallenge(ceremony: Ceremony): Promise<string> {
    const challenge = randomBytes(32).toString('base64url')
    await ceremonies.put(challenge, ceremony, CEREMONY_TTL_S)
    return challenge
  }

  /** Uses up the challenge of a response. */
  async function takeCeremony(clientDataJson: string): Promise<{ challenge: string; ceremony: Ceremony }> {
    const challenge = challengeOf(clientDataJson)
    const ceremony = challenge === undefined ? undefined : await ceremonies.take(challenge)
    if (challenge === undefined || ceremony === undefined) throw wrong()
    return { challenge, ceremony }
  }

  return {
    isOffered: relyingParty !== undefined,

    async registrationOptions(user, { userId, generation, sessionId }) {
      const party = requireRelyingParty()
      const existing = await store.listPasskeys(userId)
      const challenge = await newChallenge({ kind: 'register', userId, generation, sessionId })
      return registrationOptions(party, user, existing, challenge)
    },

    async verifyRegistration(owner, response) {
      const party = requireRelyingParty()
      const { challenge, ceremony } = await takeCeremony(response.response.clientDataJSON)
      const isTheirs =
        ceremony.kind === 'register' &&
        ceremony.userId === owner.userId &&
        ceremony.generation === owner.generation &&
        ceremony.sessionId === owner.sessionId
      const verified = isTheirs ? await verifyRegistration(party, response, challenge) : undefined
      if (verified === undefined) throw wrong()
      return verified
    },

    async authenticationOptions(user) {
      const party = requireRelyingParty()
      const allowed = user === undefined ? [] : await store.listPasskeys(user.id)
      const challenge = await newChallenge(
        user === undefined ? { kind: 'sign_in' } : { kind: 'second_factor', userId: user.id },
      )
      return authenticationOptions(party, allowed, challenge)
    },

    async verifyAuthentication(user, response, address) {
      const party = requireRelyingParty()
      const { challenge, ceremony } = await takeCeremony(response.response.clientDataJSON)
      const isTheirs =
        user === undefined
          ? ceremony.kind === 'sign_in'
          : ceremony.kind === 'second_factor' && ceremony.userId === user.id
      const passkey = isTheirs ? await store.findPasskey(response.id) : undefined
      if (passkey === undefined || (user !== undefined && passkey.userId !== user.id)) throw wrong()
      const { userHandle } = response.response
      // Required where no account was named (WebAuthn Level 3 §7.2, step 6).
      const isSameUser =
        userHandle === undefined
          ? user !== undefined
          : Buffer.from(userHandle, 'base64url').toString() === passkey.userId
      const counter = isSameUser ? await verifyAuthentication(party, response, challenge, passkey) : undefined
      if (counter === undefined) throw wrong()
      if (!(await store.acceptPasskeyCounter(passkey.id, counter, toUnixSeconds(now())))) {
        const username = (await users.find(passkey.userId))?.username ?? ''
        // Two devices have the same key: one is a copy (WebAuthn Level 3 §6.1.1).
        securityLog.write({ event: 'authn_passkey_copied', userId: passkey.userId, username, address })
        throw wrong()
      }
      return passkey.userId
    },
  }
}

const wrong = () => new Refusal('credentials_wrong', { detail: 'the passkey was not accepted: try again' })
