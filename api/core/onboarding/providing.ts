import type { Extension, ExtensionRange, ExtensionStore } from './extensions.ts'
import { type Provisioner, ProvisioningError } from './provisioner.ts'
import type { SecretSeal } from './sip-secret.ts'

export interface ProvidingNeeds {
  store: ExtensionStore
  provisioner: Provisioner
  seal: SecretSeal
  /** Whom an extension is for. */
  personOf(userId: string): Promise<{ name: string; email: string } | undefined>
  range: ExtensionRange
  /** Seconds. */
  quarantine: number
  now: () => number
  onTrouble(what: string, err: unknown): void
}

/** Makes extensions on the PBX and takes them away, going on with what was cut short. */
export interface Providing {
  /** One try now. @returns what came of it: `ready`, still `providing`, or `undefined` when it was undone */
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
  const { store, provisioner, seal, onTrouble } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  async function provide(known: Extension, others = 0): Promise<Extension | undefined> {
    const at = nowS()
    const mine = await store.update(known, { attempts: known.attempts + 1, nextTryAt: at + TRY_S })
    // Another process was faster: what it makes of it is what there is.
    if (mine === undefined) return store.find(known.extension)
    const person = mine.userId === null ? undefined : await needs.personOf(mine.userId)
    if (person === undefined) {
      return store.update(mine, { state: 'removing', nextTryAt: at, changedAt: at })
    }
    try {
      const made = await provisioner.provide({
        extension: mine.extension,
        secret: seal.open(mine.sealedSecret, mine.extension),
        displayName: person.name,
        email: person.email,
        mark: mine.mark,
      })
      return await store.update(mine, {
        state: 'ready',
        sealedSecret: seal.seal(made.secret, mine.extension),
        authUsername: made.authUsername,
        lastError: null,
        changedAt: nowS(),
      })
    } catch (err) {
      return afterFailure(mine, err, others)
    }
  }

  async function afterFailure(mine: Extension, err: unknown, others: number): Promise<Extension | undefined> {
    onTrouble(`extension ${mine.extension} could not be made`, err)
    const code = err instanceof ProvisioningError ? err.code : 'away'
    if (code === 'taken' && others < MOST_TAKEN) {
      const { range } = needs
      const secret = seal.open(mine.sealedSecret, mine.extension)
      const next = await store.replace(mine, {
        seal: (extension) => seal.seal(secret, extension),
        range,
        now: nowS(),
        restedBefore: nowS() - needs.quarantine,
      })
      return provide(next, others + 1)
    }
    if (code === 'refused') {
      // It would say the same tomorrow: nobody is left with an account that never rings.
      await store.undo(mine, nowS())
      return undefined
    }
    return postpone(mine, err)
  }

  const postpone = (mine: Extension, err: unknown) =>
    store.update(mine, {
      nextTryAt: nowS() + (PAUSES[Math.min(mine.attempts, PAUSES.length) - 1] ?? 300),
      lastError: err instanceof Error ? err.message.slice(0, 300) : 'unknown',
    })

  async function remove(known: Extension): Promise<void> {
    const at = nowS()
    const mine = await store.update(known, { attempts: known.attempts + 1, nextTryAt: at + TRY_S })
    if (mine === undefined) return
    try {
      await provisioner.remove(mine.extension)
      await store.update(mine, { state: 'resting', userId: null, lastError: null, changedAt: nowS() })
    } catch (err) {
      onTrouble(`extension ${mine.extension} could not be taken away`, err)
      await postpone(mine, err)
    }
  }

  return {
    provide: (extension) => provide(extension),
    async tend() {
      const at = nowS()
      for (const orphan of await store.orphans(MOST_AT_ONCE)) {
        await store.update(orphan, { state: 'removing', attempts: 0, nextTryAt: at, changedAt: at })
      }
      const due = await store.due(at, MOST_AT_ONCE)
      await Promise.all(due.map((one) => (one.state === 'removing' ? remove(one) : provide(one))))
    },
  }
}
