import { randomBytes } from 'node:crypto'
import { type PhoneSecrets, PhoneSecretsError } from '../core/auth/phone-passwords.ts'
import { formatBindingsQuery, QUERY_METHOD, type QueryIdentity, toRequestUri } from './bindings-query.ts'
import { type DigestChallenge, parseDigestChallenge } from './digest-challenge.ts'
import { formatCredentials } from './digest-credentials.ts'
import type { SipResponse } from './sip-response.ts'
import { openSipSocket, type SipServer, type SipSocket } from './sip-socket.ts'
import { runTransaction } from './sip-transaction.ts'

export interface RegisterVerifierNeeds {
  server: SipServer
  /** Host part of the addresses of record, as phones have it. */
  domain: string
  /** @returns the name with which the phone of an extension registers: letters, digits, `_` and `-` */
  usernameOf(extension: string): string
  /** Of one check, in ms. */
  timeoutMs?: number
  /** The PBX decided without the secret, or does not know the address, so its settings or ours may be wrong. */
  onUnexpected?: (unexpected: UnexpectedAnswer) => void
}

export interface UnexpectedAnswer {
  username: string
  status: number
}

/** Shorter than an attempt stays reserved, see `LoginAttempts`: else a slow PBX would receive more guesses. */
const TIMEOUT_MS = 4_000
/** Two proxies and a registrar, or a registrar with an old nonce. */
const MAX_REQUESTS = 5

/**
 * Compares a secret with that of a phone by a REGISTER without `Contact`, which changes nothing at the PBX (RFC 3261
 * §10.2.3). Each request has a random `Call-ID`, branch and cnonce of 128 bits, and a response must repeat them.
 *
 * A secret is right only if the PBX asked for one, got credentials and answered 2xx.
 */
export function createRegisterVerifier(needs: RegisterVerifierNeeds): PhoneSecrets {
  const { server, domain, usernameOf, timeoutMs = TIMEOUT_MS, onUnexpected = () => {} } = needs
  return {
    async matches(extension, secret) {
      const username = usernameOf(extension)
      const signal = AbortSignal.timeout(timeoutMs)
      const identity = { username, domain, callId: randomHex(), fromTag: randomHex() }
      try {
        const socket = await openSipSocket(server, signal)
        try {
          return await authenticate(socket, identity, secret, { signal, onUnexpected })
        } finally {
          socket.close()
        }
      } catch (err) {
        if (err instanceof PhoneSecretsError) throw err
        throw new PhoneSecretsError('the SIP server did not answer', { cause: err })
      }
    },
  }
}

async function authenticate(
  socket: SipSocket,
  identity: QueryIdentity,
  password: string,
  { signal, onUnexpected }: Required<Pick<RegisterVerifierNeeds, 'onUnexpected'>> & { signal: AbortSignal },
): Promise<boolean> {
  const { username } = identity
  /** Lines of the request, by header field and realm. */
  const credentials = new Map<string, string>()
  let hasRenewedNonce = false

  for (let sequence = 1; sequence <= MAX_REQUESTS; sequence += 1) {
    const response = await query(socket, identity, {
      sequence,
      credentials: [...credentials.values()],
      signal,
    })
    const { status } = response
    if (status < 300) {
      if (credentials.size > 0) return true
      // The PBX accepts any secret, so it proves nothing.
      onUnexpected({ username, status })
      return false
    }
    if (status === 403 || status === 404) {
      // Some servers refuse a wrong secret by 403.
      if (status === 404 || credentials.size === 0) onUnexpected({ username, status })
      return false
    }
    const field = CREDENTIALS_FIELD[status]
    if (field === undefined) throw new PhoneSecretsError(`the SIP server answered ${status}`)
    const challenges = firstOfEachRealm(response)
    if (challenges.length === 0) {
      if (credentials.size > 0) return false
      throw new PhoneSecretsError('the SIP server asks for no known digest')
    }
    for (const challenge of challenges) {
      const key = `${field} ${challenge.realm}`
      if (credentials.has(key)) {
        if (!challenge.isStale) return false
        if (hasRenewedNonce) throw new PhoneSecretsError('the nonces of the SIP server are always stale')
        hasRenewedNonce = true
      }
      const request = { method: QUERY_METHOD, uri: toRequestUri(identity), cnonce: randomHex() }
      credentials.set(key, `${field}: ${formatCredentials(challenge, { username, password }, request)}`)
    }
  }
  // An answer, so that the guess counts.
  return false
}

/** RFC 3261 §22.2 and §22.3. */
const CREDENTIALS_FIELD: Readonly<Record<number, string>> = {
  401: 'Authorization',
  407: 'Proxy-Authorization',
}

function query(
  socket: SipSocket,
  identity: QueryIdentity,
  {
    sequence,
    credentials,
    signal,
  }: { sequence: number; credentials: readonly string[]; signal: AbortSignal },
): Promise<SipResponse> {
  const branch = `z9hG4bK${randomHex()}`
  const request = formatBindingsQuery(identity, { sentBy: socket.sentBy, branch, sequence, credentials })
  const key = { branch, callId: identity.callId, cseq: `${sequence} ${QUERY_METHOD}` }
  return runTransaction(socket, request, key, signal)
}

/** The server lists the algorithms of a realm by its preference: the topmost that is known counts (RFC 8760 §2.4). */
function firstOfEachRealm({ status, valuesOf }: SipResponse): DigestChallenge[] {
  const byRealm = new Map<string, DigestChallenge>()
  for (const value of valuesOf(status === 401 ? 'www-authenticate' : 'proxy-authenticate')) {
    const challenge = parseDigestChallenge(value)
    if (challenge !== undefined && !byRealm.has(challenge.realm)) byRealm.set(challenge.realm, challenge)
  }
  return [...byRealm.values()]
}

const randomHex = () => randomBytes(16).toString('hex')
