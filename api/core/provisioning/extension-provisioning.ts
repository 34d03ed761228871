import { createItemFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionRange, ExtensionStore, NumberAssignment } from './extensions.ts'
import { type ProvisionedExtension, type Provisioner, ProvisioningError } from './provisioner.ts'
import type { SecretSeal } from './sip-secret.ts'

export interface ExtensionProvisioningNeeds {
  store: ExtensionStore
  provisioner: Provisioner
  seal: SecretSeal
  /** Whom an extension is for. */
  findPerson(userId: string): Promise<{ name: string; email: string | undefined } | undefined>
  range: ExtensionRange
  /** Seconds: the longest any token lives. */
  longestLifetime: number
  now: () => number
  /** The PBX answered, and not as it was asked to. */
  onWarning(what: string, err: unknown): void
  /** The PBX does not take what it should: see `createFailingItems`. */
  onError: FailureHandler
}

/** Makes extensions on the PBX and takes them away, going on with what was cut short. */
export interface ExtensionProvisioning {
  /** One try now. @returns what there is after it: `ready`, still `providing`, or `undefined` when it was undone */
  provision(extension: Extension): Promise<Extension | undefined>
  /** Goes on with what is due, and takes away what has lost its user. Call it every few seconds. */
  tick(): Promise<void>
}

/** While one process tries, no other does: longer than any try may take, in seconds. */
const ATTEMPT_TIMEOUT_S = 90
const MAX_CONCURRENT = 20
/** Numbers of others in a row, before an operator has to look at the range. */
const MAX_REASSIGNMENTS = 10
/** Pauses after the first, second … try, in seconds. */
const RETRY_DELAYS_S = [5, 10, 30, 60, 300]

export function createExtensionProvisioning(needs: ExtensionProvisioningNeeds): ExtensionProvisioning {
  const { store, provisioner, seal, range, onWarning } = needs
  const failing = createItemFailureReporter(needs.onError, needs.now)
  const nowS = () => toUnixSeconds(needs.now())

  /** What others made of it meanwhile. */
  const findCurrent = async ({ userId }: Extension) =>
    userId === null ? undefined : store.findByUser(userId)

  const claim = (known: Extension) =>
    store.update(known, { attempts: known.attempts + 1, nextTryAt: nowS() + ATTEMPT_TIMEOUT_S })

  async function provision(known: Extension, reassignments = 0): Promise<Extension | undefined> {
    const claimed = await claim(known)
    if (claimed === undefined) return findCurrent(known)
    const person = claimed.userId === null ? undefined : await needs.findPerson(claimed.userId)
    if (person === undefined) {
      await store.update(claimed, { state: 'removing', nextTryAt: nowS(), changedAt: nowS() })
      return undefined
    }
    try {
      const { extension, ownershipTag } = claimed
      const secret = seal.open(claimed.sealedSecret, extension)
      const { name, email } = person
      const spec = { extension, secret, displayName: name, ownershipTag }
      const made = await provisioner.provision({ ...spec, email }).catch((err) => {
        if (email === undefined || !isEmailRejected(err)) throw err
        // An address that this PBX does not take is no reason for a person to have no phone.
        onWarning(`extension ${extension} is made without the mail address`, err)
        return provisioner.provision({ ...spec, email: undefined })
      })
      const result = await markReady(claimed, made, reassignments)
      failing.succeeded(extension)
      return result
    } catch (err) {
      return handleFailure(claimed, err, reassignments)
    }
  }

  async function markReady(claimed: Extension, made: ProvisionedExtension, reassignments: number) {
    const sealedSecret = seal.seal(made.secret, claimed.extension)
    try {
      const ready = await store.markReady(claimed, { sealedSecret, authUsername: made.authUsername }, nowS())
      return ready ?? (await findCurrent(claimed))
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'taken') || reassignments >= MAX_REASSIGNMENTS) throw err
      // An account of ours was given the number by hand: what was made for no account goes.
      return reassign(claimed, 'removing', reassignments)
    }
  }

  async function reassign(claimed: Extension, oldState: 'foreign' | 'removing', reassignments: number) {
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
      onWarning(`extension ${claimed.extension} could not be made`, err)
      failing.succeeded(claimed.extension)
    }
    if (isRefused(err)) {
      warn()
      // It would answer the same tomorrow, and no user is left with an account that never rings.
      const revokeUntil = nowS() + needs.longestLifetime
      const rolledBack = await store.rollback(claimed, { now: nowS(), revokeUntil })
      return rolledBack === undefined ? findCurrent(claimed) : undefined
    }
    if (code === 'taken' && reassignments < MAX_REASSIGNMENTS) {
      warn()
      try {
        return await reassign(claimed, 'foreign', reassignments)
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
    const finish = (state: 'resting' | 'foreign') =>
      store.update(claimed, { state, userId: null, lastError: null, changedAt: nowS() })
    try {
      await provisioner.remove(extension, {
        ownershipTag,
        secret: seal.open(claimed.sealedSecret, extension),
      })
      failing.succeeded(extension)
      await finish('resting')
    } catch (err) {
      if (!(err instanceof ProvisioningError && err.code === 'taken')) {
        await postpone(claimed, err)
        return
      }
      onWarning(`extension ${extension} could not be taken away`, err)
      failing.succeeded(extension)
      await finish('foreign')
    }
  }

  return {
    provision: (extension) => provision(extension),
    async tick() {
      const at = nowS()
      for (const orphan of await store.listOrphaned(MAX_CONCURRENT)) {
        // Another process may be making it at this moment: only after that is it sure to be gone.
        const nextTryAt = orphan.state === 'providing' ? Math.max(at, orphan.nextTryAt) : at
        await store.update(orphan, { state: 'removing', nextTryAt, changedAt: at })
      }
      const due = await store.listDue(at, MAX_CONCURRENT)
      await Promise.all(
        due.map((one) =>
          (one.state === 'removing' ? deprovision(one) : provision(one)).catch((err) =>
            failing.failed(one.extension, err),
          ),
        ),
      )
    },
  }
}

const isRefused = (err: unknown) => err instanceof ProvisioningError && err.code === 'refused'

/** PBXs have no code for it: `user_email` and "Invalid email" are theirs, and most repeat the address. */
const isEmailRejected = (err: unknown) =>
  isRefused(err) && err instanceof Error && /mail|@/i.test(err.message)

/** For operators: one line, and not long. */
const errorSummary = (err: unknown): string =>
  (err instanceof Error ? err.message : 'unknown').replace(/\p{C}+/gu, ' ').slice(0, 300)
