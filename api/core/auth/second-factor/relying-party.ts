import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import type { User } from '../users.ts'
import type { Passkey } from './factor-store.ts'

export type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON }

interface PasskeyResponse<Response> {
  id: string
  rawId: string
  type: 'public-key'
  clientExtensionResults: Record<string, never>
  response: Response & { clientDataJSON: string }
}
/** The JSON of an assertion (AuthenticationResponseJSON) of WebAuthn Level 3. */
export type PasskeyAnswer = PasskeyResponse<{
  authenticatorData: string
  signature: string
  userHandle?: string | undefined
}>
/** The JSON of a new credential (RegistrationResponseJSON) of WebAuthn Level 3. */
export type PasskeyRegistration = PasskeyResponse<{
  attestationObject: string
  transports?: string[] | undefined
}>

/** This server for passkeys: its public URL and nothing that a client sends. */
export interface RelyingParty {
  origin: string
  /** The host of the origin. */
  id: string
}

/** How long the person may take. */
export const CEREMONY_TTL_S = 300
const RP_NAME = 'Hookswitch'

/**
 * @returns undefined where browsers have no passkeys: without a public URL, without TLS (but on localhost), and at an IP
 *   address
 * @see WebAuthn Level 3 §5.1.2: the effective domain must be a valid domain
 */
export function toRelyingParty(publicUrl: string | undefined): RelyingParty | undefined {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return undefined
  const { origin, hostname, protocol } = new URL(publicUrl)
  if (/^[\d.]+$|:/.test(hostname)) return undefined
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  return protocol === 'https:' || isLocal ? { origin, id: hostname } : undefined
}

/** Requires a passkey that needs no username, and that verifies its user by a PIN, a finger or a face. */
export const registrationOptions = (
  { id }: RelyingParty,
  user: Pick<User, 'id' | 'username' | 'displayName'>,
  existing: readonly Passkey[],
  challenge: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> =>
  generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: id,
    userID: Buffer.from(user.id),
    userName: user.username,
    userDisplayName: user.displayName ?? user.username,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: CEREMONY_TTL_S * 1000,
    attestationType: 'none',
    excludeCredentials: existing.map(toDescriptor),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })

/** @param allowed empty: any passkey of this server */
export const authenticationOptions = (
  { id }: RelyingParty,
  allowed: readonly Passkey[],
  challenge: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> =>
  generateAuthenticationOptions({
    rpID: id,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: CEREMONY_TTL_S * 1000,
    userVerification: 'required',
    allowCredentials: allowed.map(toDescriptor),
  })

const toDescriptor = ({ id, transports }: Passkey) => ({
  id,
  transports: [...transports],
})

const ClientData = z.object({ challenge: z.string().regex(/^[\w-]{43}$/) })

/** The challenge that a response is for, not verified yet; undefined if it is none of ours. */
export function challengeOf(clientDataJson: string): string | undefined {
  try {
    return ClientData.safeParse(JSON.parse(Buffer.from(clientDataJson, 'base64url').toString())).data
      ?.challenge
  } catch {
    return undefined
  }
}

/** @returns what is stored; undefined for a response that does not verify */
export async function verifyRegistration(
  { origin, id }: RelyingParty,
  { response, ...rest }: PasskeyRegistration,
  challenge: string,
): Promise<(Pick<Passkey, 'id' | 'publicKey' | 'transports'> & { counter: number }) | undefined> {
  const { transports, ...attestation } = response
  const verified = await verifyRegistrationResponse({
    response: { ...rest, response: { ...attestation, ...(transports && { transports }) } },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
  }).catch(() => undefined)
  if (verified?.verified !== true) return undefined
  const { credential } = verified.registrationInfo
  return {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    transports: credential.transports ?? [],
    counter: credential.counter,
  }
}

/** @returns the signature counter, which the caller checks; undefined for a response that does not verify */
export async function verifyAuthentication(
  { origin, id }: RelyingParty,
  { response, ...rest }: PasskeyAnswer,
  challenge: string,
  passkey: Passkey,
): Promise<number | undefined> {
  const { userHandle, ...assertion } = response
  const verified = await verifyAuthenticationResponse({
    response: { ...rest, response: { ...assertion, ...(userHandle && { userHandle }) } },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: Buffer.from(passkey.publicKey, 'base64url'),
      // The stored one is compared in the statement that replaces it.
      counter: 0,
    },
  }).catch(() => undefined)
  return verified?.verified === true ? verified.authenticationInfo.newCounter : undefined
}
