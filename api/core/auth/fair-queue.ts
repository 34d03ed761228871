import { Refusal } from '../refusal.ts'

export interface FairQueueSettings {
  /** How many tasks run at once. */
  parallel: number
  /** How many may wait, over all queues. */
  maxWaiting: number
  /** How long each may wait, in ms. */
  timeoutMs: number
}

/**
 * Runs a task when its turn comes.
 * @param key of the queue in which it waits
 * @throws {Refusal} `unavailable` when the queues are full, or after `timeoutMs`
 */
export type FairQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>

interface QueuedTask {
  start(): void
  reject(): void
}

/**
 * Runs at most `parallel` tasks at once. The others wait in one queue per key, and the queues take turns (round robin),
 * so that a long queue delays only itself. When all places are taken, the longest queue loses its last task.
 */
export function createFairQueue({ parallel, maxWaiting, timeoutMs }: FairQueueSettings): FairQueue {
  /** In the order of their turns. */
  const queues = new Map<string, QueuedTask[]>()
  let waiting = 0
  let running = 0

  function dequeue(key: string, task: QueuedTask): void {
    const others = queues.get(key)?.filter((other) => other !== task) ?? []
    if (others.length > 0) queues.set(key, others)
    else queues.delete(key)
    waiting -= 1
  }

  /** @returns whether one more task of this key may wait */
  function evictFromLongest(key: string): boolean {
    if (waiting < maxWaiting) return true
    let longest = key
    const lengthOf = (each: string) => queues.get(each)?.length ?? 0
    for (const each of queues.keys()) if (lengthOf(each) > lengthOf(longest)) longest = each
    const last = queues.get(longest)?.at(-1)
    // Evicts only from a queue that is longer by two or more: otherwise two queues would evict from each other in turn.
    if (last === undefined || lengthOf(longest) <= lengthOf(key) + 1) return false
    last.reject()
    return true
  }

  function enqueue(key: string): Promise<void> {
    if (!evictFromLongest(key)) return Promise.reject(queueFull())
    return new Promise((resolve, reject) => {
      const task: QueuedTask = {
        start() {
          clearTimeout(timer)
          resolve()
        },
        reject() {
          clearTimeout(timer)
          dequeue(key, task)
          reject(queueFull())
        },
      }
      const timer = setTimeout(task.reject, timeoutMs)
      const existing = queues.get(key)
      if (existing) existing.push(task)
      else queues.set(key, [task])
      waiting += 1
    })
  }

  /** Gives the free slot to the first task of the next queue, and moves that queue to the end. */
  function startNext(): void {
    const [key, tasks] = queues.entries().next().value ?? []
    const [next, ...others] = tasks ?? []
    if (key === undefined || next === undefined) {
      running -= 1
      return
    }
    queues.delete(key)
    if (others.length > 0) queues.set(key, others)
    waiting -= 1
    next.start()
  }

  return async (key, task) => {
    if (running < parallel) running += 1
    else await enqueue(key)
    try {
      return await task()
    } finally {
      startNext()
    }
  }
}

const queueFull = () => new Refusal('unavailable', { retryAfter: 5 })
