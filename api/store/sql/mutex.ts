import { unavailable } from './errors.ts'

/** Lets one through at a time, in the order they came. */
export interface Turnstile {
  /** @throws {Refusal} `unavailable` when its turn has not come in time */
  enter(): Promise<void>
  leave(): void
}

export function createTurnstile(patienceMs: number): Turnstile {
  let taken = false
  const waiting = new Set<() => void>()

  return {
    async enter() {
      if (!taken) {
        taken = true
        return
      }
      await new Promise<void>((resolve, reject) => {
        const enter = () => {
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(() => {
          waiting.delete(enter)
          reject(unavailable(new Error('waited too long for the connection')))
        }, patienceMs)
        waiting.add(enter)
      })
    },
    leave() {
      const [next] = waiting
      if (!next) {
        taken = false
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
