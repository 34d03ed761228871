import { storageUnavailable } from './errors.ts'

/** Lets one through at a time, in the order they came. */
export interface Mutex {
  /** @throws {Refusal} `unavailable` when its turn has not come in time */
  acquire(): Promise<void>
  release(): void
}

export function createMutex(timeoutMs: number): Mutex {
  let isLocked = false
  const waiting = new Set<() => void>()

  return {
    async acquire() {
      if (!isLocked) {
        isLocked = true
        return
      }
      await new Promise<void>((resolve, reject) => {
        const grant = () => {
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(() => {
          waiting.delete(grant)
          reject(storageUnavailable(new Error('waited too long for the connection')))
        }, timeoutMs)
        waiting.add(grant)
      })
    },
    release() {
      const [next] = waiting
      if (!next) {
        isLocked = false
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
