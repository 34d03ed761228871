import { createFailingItems, type Trouble } from '../../../runtime/failure-reporter.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionRange, ExtensionStore, Place } from './extensions.ts'
import { type ProvidedExtension, type Provisioner, ProvisioningError } from './provisioner.ts'
import type { SecretSeal } from './sip-secret.ts'

export interface ProvidingNeeds {
  store: ExtensionStore
  provisioner: Provisioner
  seal: SecretSeal
  /** Whom an extension is for. */
  personOf(userId: string): Promise<{ name: string; email: string | undefined } | undefined>
  range: ExtensionRange
  /** Seconds: the longest any token lives. */
  longestLifetime: number
  now: () => number
  /** The PBX answered, and not as it was asked to. */
  onNote(what: string, err: unknown): void
  /** The PBX does not take what it should: see `createFailingItems`. */
  onTrouble: Trouble
}

/** Makes extensions on the PBX and takes them away, going on with what was cut short. */
export interface Providing {
  /** One try now. @returns what there is after it: `ready`, still `providing`, or `undefined` when it was undone */
  provide(extension: Extension): Promise<Extension | undefined>
  /** Goes on with what is due, and takes away what has lost its user. Call it every few seconds. */
  tend(): Promise<void>
}

/** While one process tries, no other does: longer than any try may take, in seconds. */
const TRY_S = 90
const MOST_AT_ONCE = 20
/** Numbers of others in a row, before an operator has to look at the range. */
const MOST_TAKEN = 10
/** Pauses after the first, second … try, in seconds. */
const PAUSES = [5, 10, 30, 60, 300]

export function createProviding(needs: ProvidingNeeds): Providing {
  const { store, provisioner, seal, range, onNote } = needs
  const failing = createFailingItems(needs.onTrouble, needs.now)
  const nowS = () => Math.floor(needs.now() / 1000)

  /** What others made of it meanwhile. */
  const current = async ({ userId }: Extension) => (userId === null ? undefined : store.ofUser(userId))

  const begin = (known: Extension) =>
    store.update(known, { attempts: known.attempts + 1, nextTryAt: nowS() + TRY_S })

  async function provide(known: Extension, others = 0): Promise<Extension | undefined> {
    const mine = await begin(known)
    if (mine === undefined) return current(known)
    const person = mine.userId === null ? undefined : await needs.personOf(mine.userId)
    if (person === undefined) {
      await store.update(mine, { state: 'removing', nextTryAt: nowS(), changedAt: nowS() })
      return undefined
    }
    try {
      const { extension, mark } = mine
      const secret = seal.open(mine.sealedSecret, extension)
      const { name, email } = person
      const order = { extension, secret, displayName: name, mark }
      const made = await provisioner.provide({ ...order, email }).catch((err) => {
        if (email === undefined || !isOfMail(err)) throw err
        // An address that this PBX does not take is no reason for a person to have no phone.
        onNote(`extension ${extension} is made without the mail address`, err)
        return provisioner.provide({ ...order, email: undefined })
      })
      const settled = await settle(mine, made, others)
      failing.worked(extension)
      return settled
    } catch (err) {
      return afterFailure(mine, err, others)
    }
  }

  async function settle(mine: Extension, made: ProvidedExtension, others: number) {
    const sealedSecret = seal.seal(made.secret, mine.extension)
    try {
      const settled = await store.settle(mine, { sealedSecret, authUsername: made.authUsername }, nowS())
      return settled ?? (await current(mine))
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'taken') || others >= MOST_TAKEN) throw err
      // An account of ours was given the number by hand: what was made for no account goes.
      return another(mine, 'removing', others)
    }
  }

  async function another(mine: Extension, left: 'foreign' | 'removing', others: number) {
    const secret = seal.open(mine.sealedSecret, mine.extension)
    const place: Place = {
      seal: (extension) => seal.seal(secret, extension),
      range,
      now: nowS(),
      nextTryAt: nowS(),
    }
    const next = await store.replace(mine, left, place)
    return next === undefined ? current(mine) : provide(next, others + 1)
  }

  async function afterFailure(mine: Extension, err: unknown, others: number): Promise<Extension | undefined> {
    const code = err instanceof ProvisioningError ? err.code : 'away'
    const note = () => {
      onNote(`extension ${mine.extension} could not be made`, err)
      failing.worked(mine.extension)
    }
    if (isRefused(err)) {
      note()
      // It would answer the same tomorrow, and no user is left with an account that never rings.
      const revokeUntil = nowS() + needs.longestLifetime
      const undone = await store.undo(mine, { now: nowS(), revokeUntil })
      return undone === undefined ? current(mine) : undefined
    }
    if (code === 'taken' && others < MOST_TAKEN) {
      note()
      try {
        return await another(mine, 'foreign', others)
      } catch (noOther) {
        return postpone(mine, noOther)
      }
    }
    return postpone(mine, err)
  }

  async function postpone(mine: Extension, err: unknown): Promise<Extension | undefined> {
    failing.failed(mine.extension, err)
    const pause = PAUSES[Math.min(mine.attempts, PAUSES.length) - 1] ?? 300
    const postponed = await store.update(mine, { nextTryAt: nowS() + pause, lastError: wordsOf(err) })
    return postponed ?? current(mine)
  }

  async function remove(known: Extension): Promise<void> {
    const mine = await begin(known)
    if (mine === undefined) return
    const { extension, mark } = mine
    const isOver = (state: 'resting' | 'foreign') =>
      store.update(mine, { state, userId: null, lastError: null, changedAt: nowS() })
    try {
      await provisioner.remove(extension, { mark, secret: seal.open(mine.sealedSecret, extension) })
      failing.worked(extension)
      await isOver('resting')
    } catch (err) {
      if (!(err instanceof ProvisioningError && err.code === 'taken')) {
        await postpone(mine, err)
        return
      }
      onNote(`extension ${extension} could not be taken away`, err)
      failing.worked(extension)
      await isOver('foreign')
    }
  }

  return {
    provide: (extension) => provide(extension),
    async tend() {
      const at = nowS()
      for (const orphan of await store.orphans(MOST_AT_ONCE)) {
        // Another process may be making it at this moment: only after that is it sure to be gone.
        const nextTryAt = orphan.state === 'providing' ? Math.max(at, orphan.nextTryAt) : at
        await store.update(orphan, { state: 'removing', nextTryAt, changedAt: at })
      }
      const due = await store.due(at, MOST_AT_ONCE)
      await Promise.all(
        due.map((one) =>
          (one.state === 'removing' ? remove(one) : provide(one)).catch((err) =>
            failing.failed(one.extension, err),
          ),
        ),
      )
    },
  }
}

const isRefused = (err: unknown) => err instanceof ProvisioningError && err.code === 'refused'

/** PBXs have no code for it: `user_email` and "Invalid email" are theirs, and most repeat the address. */
const isOfMail = (err: unknown) => isRefused(err) && err instanceof Error && /mail|@/i.test(err.message)

/** For operators: one line, and not long. */
const wordsOf = (err: unknown): string =>
  (err instanceof Error ? err.message : 'unknown').replace(/\p{C}+/gu, ' ').slice(0, 300)
