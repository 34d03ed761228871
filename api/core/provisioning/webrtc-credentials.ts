import { randomBytes } from 'node:crypto'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import { createItemFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import { poll } from '../../../runtime/poll.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionStore } from './extensions.ts'
import { ProvisioningError } from './provisioner.ts'
import { toDisplayName } from './sip-credentials.ts'
import { newSipSecret, type SecretSeal } from './sip-secret.ts'
import { CREDENTIAL_TIMEOUT_MS, type CredentialProvisioner } from './webrtc-credential-provisioner.ts'
import type { EphemeralCredential, EphemeralCredentialStore } from './webrtc-credential-store.ts'

/** Credentials with which a browser registers. `expiresAt` in unix seconds. */
export interface IssuedCredentials {
  extension: string
  displayName: string
  /** SIP user name, also for authentication: that of the extension's browsers, not of its desk phone. */
  username: string
  password: string
  expiresAt: number
}

/** Whether a browser of a user can be a phone, or why not. */
export type PhoneAvailability = 'available' | 'no_extension' | 'not_supported'

export interface WebrtcCredentials {
  /** Whether `issue` can succeed for this user. @throws {Refusal} `unavailable` */
  availabilityOf(userId: string): Promise<PhoneAvailability>
  /**
   * Issues new credentials, valid until `expiresAt` or the end of the actor's session, whichever comes first.
   * @throws {Refusal} `conflict` without an extension; `not_supported` if we did not create the extension, or the PBX
   *   does not support it; `unavailable`
   */
  issue(actor: Actor): Promise<IssuedCredentials>
  /** Revokes credentials after their expiry, the end of their session, or a crash. Call it every second. */
  tick(): Promise<void>
}

export interface WebrtcCredentialsNeeds {
  store: EphemeralCredentialStore
  /** Undefined if the PBX cannot issue credentials. */
  provisioner: CredentialProvisioner | undefined
  extensions: Pick<ExtensionStore, 'findByUser'>
  users: Pick<UserStore, 'find'>
  verifier: Pick<TokenVerifier, 'checkClaims'>
  seal: SecretSeal
  /** Seconds. */
  ttl: number
  /**
   * Whether browsers reach the PBX through us: their socket, and with it their registration, ends with their session.
   * Otherwise the registrations of all browsers of the extension are ended, as the PBX does not show the session of each.
   */
  isRelayed: boolean
  now: () => number
  /** How long `issue` waits while another credential of the extension is being issued or revoked, in ms. */
  lockTimeoutMs?: number
  /** The PBX cannot add or remove credentials, and can again: see `createItemFailureReporter`. */
  onFailure: FailureHandler
}

/** Two browsers, and one that was reloaded. */
const MAX_PER_EXTENSION = 3
/** Longer than any operation of the PBX takes, in seconds. */
const LOCK_S = CREDENTIAL_TIMEOUT_MS / 1000 + 3
const MAX_DUE = 20
const PAGE_SIZE = 500
const POLL_MS = 100

export function createWebrtcCredentials(needs: WebrtcCredentialsNeeds): WebrtcCredentials {
  const { store, provisioner, seal, lockTimeoutMs = 5_000 } = needs
  const failing = createItemFailureReporter(needs.onFailure, needs.now)
  const nowS = () => toUnixSeconds(needs.now())

  async function requireExtension(userId: string): Promise<Extension & { displayName: string }> {
    const [extension, user] = await Promise.all([
      needs.extensions.findByUser(userId),
      needs.users.find(userId),
    ])
    if (extension === undefined && (user?.extension ?? null) === null) {
      throw new Refusal('conflict', { detail: 'you have no extension to register' })
    }
    if (extension === undefined) throw notSupported()
    if (extension.state === 'ready') {
      const displayName =
        user === undefined ? extension.extension : toDisplayName(user.email ?? user.username)
      return { ...extension, displayName }
    }
    throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
  }

  async function availabilityOf(userId: string): Promise<PhoneAvailability> {
    const [extension, user] = await Promise.all([
      needs.extensions.findByUser(userId),
      needs.users.find(userId),
    ])
    if (extension === undefined && (user?.extension ?? null) === null) return 'no_extension'
    return extension === undefined || provisioner === undefined ? 'not_supported' : 'available'
  }

  /** Inserts a credential, which locks the extension until it is active or deleted. */
  async function insertWhenUnlocked(
    actor: Actor,
    { extension, ownershipTag }: Extension,
    secret: string,
  ): Promise<EphemeralCredential> {
    const insert = async () => {
      const now = nowS()
      const credential: EphemeralCredential = {
        id: `${extension}-w-${randomBytes(8).toString('hex')}`,
        extension,
        ownershipTag,
        userId: actor.userId,
        claims: actor.claims,
        sealedSecret: seal.seal(secret, extension),
        state: 'issuing',
        lockedUntil: now + LOCK_S,
        createdAt: needs.now(),
        expiresAt: Math.min(now + needs.ttl, actor.claims.sxp ?? Number.POSITIVE_INFINITY),
      }
      return (await store.insert(credential)) ? credential : undefined
    }
    const inserted = await poll(insert, { everyMs: POLL_MS, timeoutMs: lockTimeoutMs })
    if (inserted !== undefined) return inserted
    throw new Refusal('unavailable', { detail: 'somebody else is lent this extension', retryAfter: 2 })
  }

  async function revoke(
    via: CredentialProvisioner,
    known: EphemeralCredential,
    sessionEnded: boolean,
  ): Promise<void> {
    const credential = await store.transition(known, { state: 'revoking', lockedUntil: nowS() + LOCK_S })
    if (credential === undefined) return
    const others = (await store.listByExtension(credential.extension)).filter(
      ({ id, state }) => id !== credential.id && state === 'active',
    )
    try {
      await via.remove(credential, credential.id, (sessionEnded && !needs.isRelayed) || others.length === 0)
    } catch (err) {
      // The extension is no longer ours, so the credential is gone with it.
      if (!(err instanceof ProvisioningError && err.code === 'taken')) throw err
    }
    await store.delete(credential)
  }

  /** Makes room for one more. */
  async function revokeOldest(via: CredentialProvisioner, extension: string): Promise<void> {
    const active = (await store.listByExtension(extension)).filter(({ state }) => state === 'active')
    for (const one of excessOf(active, MAX_PER_EXTENSION - 1)) {
      await revoke(via, one, false).catch((err) => {
        throw unavailable(err)
      })
    }
  }

  const isRevoked = ({ claims, expiresAt }: EphemeralCredential) => {
    // The expiry of the token does not matter: the session counts, and the credential has its own expiry.
    const code = needs.verifier.checkClaims({ ...claims, exp: expiresAt })
    return code === 'token_revoked' || code === 'token_invalid'
  }

  return {
    availabilityOf,
    async issue(actor) {
      const extension = await requireExtension(actor.userId)
      if (provisioner === undefined) throw notSupported()
      await revokeOldest(provisioner, extension.extension)
      const password = newSipSecret()
      const credential = await insertWhenUnlocked(actor, extension, password)
      try {
        await provisioner.add(extension, { id: credential.id, secret: password })
        failing.succeeded(credential.id)
      } catch (err) {
        failing.failed(credential.id, err)
        // The PBX may have stored it all the same: the next `tick` removes it.
        await store.transition(credential, { state: 'revoking', lockedUntil: 0 })
        throw err instanceof ProvisioningError && err.code === 'taken' ? notSupported() : unavailable(err)
      }
      const active = await store.transition(credential, { state: 'active', lockedUntil: 0 })
      if (active === undefined) throw unavailable()
      return {
        extension: credential.extension,
        displayName: extension.displayName,
        username: provisioner.usernameOf(credential.extension),
        password,
        expiresAt: credential.expiresAt,
      }
    },

    async tick() {
      if (provisioner === undefined) return
      const revokeAll = (credentials: readonly EphemeralCredential[]) =>
        Promise.all(
          credentials.map((one) =>
            revoke(provisioner, one, isRevoked(one)).then(
              () => failing.succeeded(one.id),
              (err) => failing.failed(one.id, err),
            ),
          ),
        )
      await revokeAll(await store.listDue(nowS(), MAX_DUE))
      for (let afterId = ''; ; ) {
        const page = await store.listActive({ afterId, limit: PAGE_SIZE })
        const excess = excessOf(page)
        await revokeAll(page.filter((one) => isRevoked(one) || excess.has(one)))
        const last = page.at(-1)
        if (page.length < PAGE_SIZE || last === undefined) return
        afterId = last.id
      }
    },
  }
}

/** The oldest credentials of each extension beyond `max`: two concurrent `issue` calls may both have found room. */
function excessOf(
  credentials: readonly EphemeralCredential[],
  max = MAX_PER_EXTENSION,
): Set<EphemeralCredential> {
  const newestFirst = [...credentials].sort((a, b) => b.createdAt - a.createdAt)
  const counts = new Map<string, number>()
  return new Set(
    newestFirst.filter(({ extension }) => {
      const count = (counts.get(extension) ?? 0) + 1
      counts.set(extension, count)
      return count > max
    }),
  )
}

const notSupported = () =>
  new Refusal('not_supported', {
    detail: 'nothing can be lent for this extension: GET /sip/credentials has what its phone registers with',
  })
const unavailable = (cause?: unknown) => new Refusal('unavailable', { retryAfter: 2, cause })
