import { createItemFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { Refusal } from '../refusal.ts'
import { errorSummary } from '../values/error-summary.ts'
import type { Extension, ExtensionRange, ExtensionStore, NumberAssignment } from './extensions.ts'
import { type ProvisionedExtension, type Provisioner, ProvisioningError } from './provisioner.ts'
import type { SecretSeal } from './sip-secret.ts'

export interface ExtensionProvisioningNeeds {
  store: ExtensionStore
  provisioner: Provisioner
  seal: SecretSeal
  /** The user of an extension. */
  findPerson(userId: string): Promise<{ name: string; email: string | undefined } | undefined>
  range: ExtensionRange
  /** Longest lifetime of any token, in seconds. */
  longestLifetime: number
  now: () => number
  /** The PBX has rejected a request. */
  onWarning(message: string, err: unknown): void
  /** Attempts for an extension fail, and recover: see `createItemFailureReporter`. */
  onError: FailureHandler
}

/** Creates and removes extensions on the PBX, and retries after failures and crashes. */
export interface ExtensionProvisioning {
  /** Attempts it once, now. @returns the extension after it: `ready`, still `provisioning`, or undefined if rolled back */
  provision(extension: Extension): Promise<Extension | undefined>
  /** Retries what is due, and removes extensions without a user. Call it every few seconds. */
  tick(): Promise<void>
}

/** An attempt locks the extension for other processes this long: longer than any attempt takes, in seconds. */
const ATTEMPT_TIMEOUT_S = 90
const MAX_CONCURRENT = 20
/** Consecutive numbers that the PBX has already; after these an operator has to check the range. */
const MAX_REASSIGNMENTS = 10
/** Delay after the first, second … failed attempt, in seconds. */
const RETRY_DELAYS_S = [5, 10, 30, 60, 300]

export function createExtensionProvisioning(needs: ExtensionProvisioningNeeds): ExtensionProvisioning {
  const { store, provisioner, seal, range, onWarning } = needs
  const failing = createItemFailureReporter(needs.onError, needs.now)
  const nowS = () => toUnixSeconds(needs.now())

  /** The user's extension as another process has left it. */
  const findCurrent = async ({ userId }: Extension) =>
    userId === null ? undefined : store.findByUser(userId)

  const claim = (known: Extension) =>
    store.update(known, { attempts: known.attempts + 1, nextTryAt: nowS() + ATTEMPT_TIMEOUT_S })

  async function provision(known: Extension, reassignments = 0): Promise<Extension | undefined> {
    const claimed = await claim(known)
    if (claimed === undefined) return findCurrent(known)
    const person = claimed.userId === null ? undefined : await needs.findPerson(claimed.userId)
    if (person === undefined) {
      await store.update(claimed, { state: 'deprovisioning', nextTryAt: nowS(), changedAt: nowS() })
      return undefined
    }
    try {
      const { extension, ownershipTag } = claimed
      const secret = seal.open(claimed.sealedSecret, extension)
      const { name, email } = person
      const spec = { extension, secret, displayName: name, ownershipTag }
      const provisioned = await provisioner.provision({ ...spec, email }).catch((err) => {
        if (email === undefined || !isEmailRejected(err)) throw err
        // The user gets a phone even if the PBX rejects the mail address.
        onWarning(`extension ${extension} is created without the mail address`, err)
        return provisioner.provision({ ...spec, email: undefined })
      })
      const result = await markReady(claimed, provisioned, reassignments)
      failing.succeeded(extension)
      return result
    } catch (err) {
      return handleFailure(claimed, err, reassignments)
    }
  }

  async function markReady(
    claimed: Extension,
    { secret, authUsername }: ProvisionedExtension,
    reassignments: number,
  ) {
    const sealedSecret = seal.seal(secret, claimed.extension)
    try {
      const ready = await store.markReady(claimed, { sealedSecret, authUsername }, nowS())
      return ready ?? (await findCurrent(claimed))
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'taken') || reassignments >= MAX_REASSIGNMENTS) throw err
      // An administrator has assigned the number to another account: remove the extension, use another number.
      return reassign(claimed, 'deprovisioning', reassignments)
    }
  }

  async function reassign(
    claimed: Extension,
    oldState: 'external' | 'deprovisioning',
    reassignments: number,
  ) {
    const secret = seal.open(claimed.sealedSecret, claimed.extension)
    const assignment: NumberAssignment = {
      seal: (extension) => seal.seal(secret, extension),
      range,
      now: nowS(),
      nextTryAt: nowS(),
    }
    const next = await store.reassign(claimed, oldState, assignment)
    return next === undefined ? findCurrent(claimed) : provision(next, reassignments + 1)
  }

  async function handleFailure(
    claimed: Extension,
    err: unknown,
    reassignments: number,
  ): Promise<Extension | undefined> {
    const code = err instanceof ProvisioningError ? err.code : 'unreachable'
    const warn = () => {
      onWarning(`extension ${claimed.extension} could not be created`, err)
      failing.succeeded(claimed.extension)
    }
    if (isRefused(err)) {
      warn()
      // A retry would be refused again. Without an extension the account is of no use, so it is removed as well.
      const revokeUntil = nowS() + needs.longestLifetime
      const rolledBack = await store.rollback(claimed, { now: nowS(), revokeUntil })
      return rolledBack === undefined ? findCurrent(claimed) : undefined
    }
    if (code === 'taken' && reassignments < MAX_REASSIGNMENTS) {
      warn()
      try {
        return await reassign(claimed, 'external', reassignments)
      } catch (reassignError) {
        return postpone(claimed, reassignError)
      }
    }
    return postpone(claimed, err)
  }

  async function postpone(claimed: Extension, err: unknown): Promise<Extension | undefined> {
    failing.failed(claimed.extension, err)
    const delayS = RETRY_DELAYS_S[Math.min(claimed.attempts, RETRY_DELAYS_S.length) - 1] ?? 300
    const postponed = await store.update(claimed, {
      nextTryAt: nowS() + delayS,
      lastError: errorSummary(err),
    })
    return postponed ?? findCurrent(claimed)
  }

  async function deprovision(known: Extension): Promise<void> {
    const claimed = await claim(known)
    if (claimed === undefined) return
    const { extension, ownershipTag } = claimed
    const finish = (state: 'quarantined' | 'external') =>
      store.update(claimed, { state, userId: null, lastError: null, changedAt: nowS() })
    try {
      await provisioner.remove(extension, {
        ownershipTag,
        secret: seal.open(claimed.sealedSecret, extension),
      })
      failing.succeeded(extension)
      await finish('quarantined')
    } catch (err) {
      if (!(err instanceof ProvisioningError && err.code === 'taken')) {
        await postpone(claimed, err)
        return
      }
      onWarning(`extension ${extension} could not be removed`, err)
      failing.succeeded(extension)
      await finish('external')
    }
  }

  return {
    provision: (extension) => provision(extension),
    async tick() {
      const at = nowS()
      for (const orphan of await store.listOrphaned(MAX_CONCURRENT)) {
        // Another process may be creating it now: remove it only after that attempt is over.
        const nextTryAt = orphan.state === 'provisioning' ? Math.max(at, orphan.nextTryAt) : at
        await store.update(orphan, { state: 'deprovisioning', nextTryAt, changedAt: at })
      }
      const due = await store.listDue(at, MAX_CONCURRENT)
      await Promise.all(
        due.map((one) =>
          (one.state === 'deprovisioning' ? deprovision(one) : provision(one)).catch((err) =>
            failing.failed(one.extension, err),
          ),
        ),
      )
    },
  }
}

const isRefused = (err: unknown) => err instanceof ProvisioningError && err.code === 'refused'

/** PBXs have no error code for it: they answer `user_email` or "Invalid email", and most repeat the address. */
const isEmailRejected = (err: unknown) =>
  isRefused(err) && err instanceof Error && /mail|@/i.test(err.message)
