import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scheduler } from 'fast-check'
import { Refusal } from '../../../api/core/refusal.ts'
import type { RotationAttempt } from './memory-rotation-store.ts'

/** A call to a store that fails: before it did anything, or after, as when only its answer is lost. */
export interface StoreFailure {
  /** Which call of the operation, from 1 on. */
  call: number
  when: 'before' | 'after'
}

/** One operation of a client, identified behind each of its `await`s. */
export interface Operation {
  label: string
  failures: readonly StoreFailure[]
  calls: number
  /** Whether any of its calls has failed. */
  hasFailed: boolean
  /** When it read the user it logs in. */
  readAt?: number
  /** What the store of rotations knew when it was asked. */
  rotationAttempt?: RotationAttempt
  /** Whether it took a secret for a copy. */
  foundReuse: boolean
}

/** Lets operations take turns: before and after the deed of each call the drawn scheduler picks who goes on. */
export interface Interleaving {
  perform<T>(
    label: string,
    troubles: readonly StoreFailure[],
    work: (it: Operation) => Promise<T>,
  ): Promise<T>
  current(): Operation | undefined
  call<T>(name: string, deed: () => Promise<T>): Promise<T>
  /** Rises with each asking: what came first. */
  tick(): number
}

/** One for all, as each that there ever was slows every promise down. */
const operation = new AsyncLocalStorage<Operation>()

export function createInterleaving(scheduler: Scheduler): Interleaving {
  let ticks = 0
  const turn = (name: string) =>
    scheduler.schedule(Promise.resolve(), `${operation.getStore()?.label ?? 'nobody'} ${name}`)

  return {
    async perform(label, failures, work) {
      const it: Operation = { label, failures, calls: 0, hasFailed: false, foundReuse: false }
      return operation.run(it, async () => {
        await turn('begins')
        return work(it)
      })
    },
    current: () => operation.getStore(),
    async call(name, deed) {
      const it = operation.getStore()
      const call = it === undefined ? 0 : ++it.calls
      const failIf = (when: StoreFailure['when']) => {
        if (!it?.failures.some((trouble) => trouble.call === call && trouble.when === when)) return
        it.hasFailed = true
        throw new Refusal('unavailable', { detail: `${name} failed ${when} it took effect` })
      }
      await turn(name)
      failIf('before')
      const result = await deed()
      await turn(`${name} answers`)
      failIf('after')
      return result
    },
    tick: () => ++ticks,
  }
}

/** The same store; each call waits for its turn. */
export function interleaved<S extends object>(store: S, turns: Interleaving): S {
  const methods = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][] // stores are all methods
  return Object.fromEntries(
    methods.map(([name, method]) => [name, (...args: unknown[]) => turns.call(name, () => method(...args))]),
  ) as S // the same methods
}
