import { randomBytes } from 'node:crypto'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionStore } from './extensions.ts'
import { ProvisioningError } from './provisioner.ts'
import { newSipSecret, type SecretSeal } from './sip-secret.ts'
import { CREDENTIAL_TIMEOUT_MS, type CredentialProvisioner } from './webrtc-credential-provisioner.ts'
import type { EphemeralCredential, EphemeralCredentialStore } from './webrtc-credential-store.ts'

/** What a browser registers with. `expiresAt` in unix seconds. */
export interface IssuedCredentials {
  extension: string
  password: string
  expiresAt: number
}

export interface WebrtcCredentials {
  /**
   * Others each time, good until `expiresAt` or the end of the actor's session, whichever comes first.
   * @throws {Refusal} `conflict` for somebody without an extension, `not_supported` for one that we did not make or
   *   on a PBX that does not lend, `unavailable`
   */
  issue(actor: Actor): Promise<IssuedCredentials>
  /** Takes back what is due, of ended sessions, or left half-done. Call it every second. */
  tick(): Promise<void>
}

export interface WebrtcCredentialsNeeds {
  store: EphemeralCredentialStore
  /** Undefined where no PBX is provisioned that lends. */
  provisioner: CredentialProvisioner | undefined
  extensions: Pick<ExtensionStore, 'findByUser'>
  users: Pick<UserStore, 'find'>
  verifier: Pick<TokenVerifier, 'checkClaims'>
  seal: SecretSeal
  /** Seconds. */
  ttl: number
  now: () => number
  wait(ms: number): Promise<void>
  onError(what: string, err: unknown): void
}

/** A browser, another one, and the one that was reloaded. */
const MAX_PER_EXTENSION = 3
/** Longer than any deed of the PBX takes, in seconds. */
const LOCK_S = CREDENTIAL_TIMEOUT_MS / 1000 + 3
const MAX_DUE = 20
const PAGE_SIZE = 500
/** How long somebody waits for another loan of the same extension to come about or to go. */
const LOCK_TIMEOUT_MS = 5_000
const POLL_MS = 100

export function createWebrtcCredentials(needs: WebrtcCredentialsNeeds): WebrtcCredentials {
  const { store, provisioner, seal, onError } = needs
  const nowS = () => toUnixSeconds(needs.now())

  async function requireExtension(userId: string): Promise<Extension> {
    const [extension, user] = await Promise.all([
      needs.extensions.findByUser(userId),
      needs.users.find(userId),
    ])
    if (extension === undefined && (user?.extension ?? null) === null) {
      throw new Refusal('conflict', { detail: 'you have no extension to register' })
    }
    if (extension === undefined) throw notSupported()
    if (extension.state === 'ready') return extension
    throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
  }

  /** In motion from here on: until it is settled or forgotten no other loan of the extension moves. */
  async function insertWhenUnlocked(
    actor: Actor,
    { extension, ownershipTag }: Extension,
    secret: string,
  ): Promise<EphemeralCredential> {
    for (let waited = 0; ; waited += POLL_MS) {
      const now = nowS()
      const credential: EphemeralCredential = {
        id: `${extension}-w-${randomBytes(8).toString('hex')}`,
        extension,
        ownershipTag,
        userId: actor.userId,
        claims: actor.claims,
        sealedSecret: seal.seal(secret, extension),
        state: 'lending',
        lockedUntil: now + LOCK_S,
        createdAt: needs.now(),
        expiresAt: Math.min(now + needs.ttl, actor.claims.sxp ?? Number.POSITIVE_INFINITY),
      }
      if (await store.insert(credential)) return credential
      if (waited >= LOCK_TIMEOUT_MS) {
        throw new Refusal('unavailable', { detail: 'somebody else is lent this extension', retryAfter: 2 })
      }
      await needs.wait(POLL_MS)
    }
  }

  async function revoke(
    via: CredentialProvisioner,
    known: EphemeralCredential,
    sessionEnded: boolean,
  ): Promise<void> {
    const credential = await store.transition(known, { state: 'returning', lockedUntil: nowS() + LOCK_S })
    if (credential === undefined) return
    const others = (await store.listByExtension(credential.extension)).filter(
      ({ id, state }) => id !== credential.id && state === 'lent',
    )
    try {
      await via.remove(credential, credential.id, sessionEnded || others.length === 0)
    } catch (err) {
      // Somebody else's by now, and with it nothing of ours.
      if (!(err instanceof ProvisioningError && err.code === 'taken')) throw err
    }
    await store.delete(credential)
  }

  /** The oldest make room for one more. */
  async function evictOldest(via: CredentialProvisioner, extension: string): Promise<void> {
    const active = (await store.listByExtension(extension)).filter(({ state }) => state === 'lent')
    for (const one of excessOf(active, MAX_PER_EXTENSION - 1)) {
      await revoke(via, one, false).catch((err) => {
        throw unavailable(err)
      })
    }
  }

  const isRevoked = ({ claims, expiresAt }: EphemeralCredential) => {
    // Its token may be renewed or not: the session counts, and the loan has an end of its own.
    const code = needs.verifier.checkClaims({ ...claims, exp: expiresAt })
    return code === 'token_revoked' || code === 'token_invalid'
  }

  return {
    async issue(actor) {
      const extension = await requireExtension(actor.userId)
      if (provisioner === undefined) throw notSupported()
      await evictOldest(provisioner, extension.extension)
      const password = newSipSecret()
      const loan = await insertWhenUnlocked(actor, extension, password)
      try {
        await provisioner.add(extension, { id: loan.id, secret: password })
      } catch (err) {
        onError(`extension ${loan.extension} could not be lent`, err)
        // What came about of it is taken away as soon as somebody can.
        await store.transition(loan, { state: 'returning', lockedUntil: 0 })
        throw err instanceof ProvisioningError && err.code === 'taken' ? notSupported() : unavailable(err)
      }
      if ((await store.transition(loan, { state: 'lent', lockedUntil: 0 })) === undefined) throw unavailable()
      return { extension: loan.extension, password, expiresAt: loan.expiresAt }
    },

    async tick() {
      if (provisioner === undefined) return
      const back = (some: readonly EphemeralCredential[]) =>
        Promise.all(
          some.map((loan) =>
            revoke(provisioner, loan, isRevoked(loan)).catch((err) =>
              onError(`a loan of extension ${loan.extension} could not be taken back`, err),
            ),
          ),
        )
      await back(await store.listDue(nowS(), MAX_DUE))
      for (let afterId = ''; ; ) {
        const page = await store.listActive({ afterId, limit: PAGE_SIZE })
        const surplus = excessOf(page)
        await back(page.filter((loan) => isRevoked(loan) || surplus.has(loan)))
        const last = page.at(-1)
        if (page.length < PAGE_SIZE || last === undefined) return
        afterId = last.id
      }
    },
  }
}

/** The oldest of each extension that has more than `most`: two who are lent it at once may both find room. */
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
