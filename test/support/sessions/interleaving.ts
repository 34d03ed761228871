import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scheduler } from 'fast-check'
import { Refusal } from '../../../api/core/refusal.ts'
import type { RotationSeen } from './memory-rotation-store.ts'

/** A call to a store that fails: before it did anything, or after, as when only its answer is lost. */
export interface Trouble {
  /** Which call of the operation, from 1 on. */
  call: number
  when: 'before' | 'after'
}

/** One thing somebody does, found again behind every `await` of it. */
export interface Operation {
  label: string
  troubles: readonly Trouble[]
  calls: number
  /** Whether any of its calls has failed. */
  troubled: boolean
  /** When it read the user it logs in. */
  readAt?: number
  /** What the store of rotations knew when it was asked. */
  seen?: RotationSeen
  /** Whether it took a secret for a copy. */
  foundReuse: boolean
}

/** Lets operations take turns: before and after the deed of each call the drawn scheduler picks who goes on. */
export interface Turns {
  perform<T>(label: string, troubles: readonly Trouble[], work: (it: Operation) => Promise<T>): Promise<T>
  current(): Operation | undefined
  call<T>(name: string, deed: () => Promise<T>): Promise<T>
  /** Rises with each asking: what came first. */
  tick(): number
}

/** One for all, as each that there ever was slows every promise down. */
const operation = new AsyncLocalStorage<Operation>()

export function createTurns(scheduler: Scheduler): Turns {
  let ticks = 0
  const turn = (name: string) =>
    scheduler.schedule(Promise.resolve(), `${operation.getStore()?.label ?? 'nobody'} ${name}`)

  return {
    async perform(label, troubles, work) {
      const it: Operation = { label, troubles, calls: 0, troubled: false, foundReuse: false }
      return operation.run(it, async () => {
        await turn('begins')
        return work(it)
      })
    },
    current: () => operation.getStore(),
    async call(name, deed) {
      const it = operation.getStore()
      const call = it === undefined ? 0 : ++it.calls
      const failIf = (when: Trouble['when']) => {
        if (!it?.troubles.some((trouble) => trouble.call === call && trouble.when === when)) return
        it.troubled = true
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

/** The same store, whose every call takes its turn. */
export function inTurns<S extends object>(store: S, turns: Turns): S {
  const methods = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][] // stores are all methods
  return Object.fromEntries(
    methods.map(([name, method]) => [name, (...args: unknown[]) => turns.call(name, () => method(...args))]),
  ) as S // the same methods
}
