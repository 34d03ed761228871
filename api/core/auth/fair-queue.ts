import { Refusal } from '../refusal.ts'

export interface FairQueueSettings {
  /** How many tasks run at once. */
  parallel: number
  /** How many may wait for that, over all lines. */
  queue: number
  /** How long each may wait. */
  timeoutMs: number
}

/**
 * Runs a task when its turn comes.
 * @param by whose line it waits in
 * @throws {Refusal} `unavailable` when too many wait already, or when its turn does not come in time
 */
export type FairQueue = <T>(by: string, task: () => Promise<T>) => Promise<T>

interface QueuedTask {
  start(): void
  reject(): void
}

/**
 * Runs at most `parallel` tasks at once. The others wait in lines, and each line gets a turn after the other, so
 * that a long line delays nobody but itself. When the queue is full, the longest line loses its last.
 */
export function createFairQueue({ parallel, queue, timeoutMs }: FairQueueSettings): FairQueue {
  /** The line whose turn is next comes first. */
  const queues = new Map<string, QueuedTask[]>()
  let waiting = 0
  let running = 0

  function dequeue(by: string, one: QueuedTask): void {
    const line = queues.get(by)?.filter((other) => other !== one) ?? []
    if (line.length > 0) queues.set(by, line)
    else queues.delete(by)
    waiting -= 1
  }

  /** @returns whether there is room for one more in this line */
  function evictFromLongest(by: string): boolean {
    if (waiting < queue) return true
    let longest = by
    const lengthOf = (line: string) => queues.get(line)?.length ?? 0
    for (const line of queues.keys()) if (lengthOf(line) > lengthOf(longest)) longest = line
    const last = queues.get(longest)?.at(-1)
    // A line that is as long as the longest after it grew gets nothing of it.
    if (last === undefined || lengthOf(longest) <= lengthOf(by) + 1) return false
    last.reject()
    return true
  }

  function enqueue(by: string): Promise<void> {
    if (!evictFromLongest(by)) return Promise.reject(queueFull())
    return new Promise((resolve, reject) => {
      const one: QueuedTask = {
        start() {
          clearTimeout(timer)
          resolve()
        },
        reject() {
          clearTimeout(timer)
          dequeue(by, one)
          reject(queueFull())
        },
      }
      const timer = setTimeout(one.reject, timeoutMs)
      const line = queues.get(by)
      if (line) line.push(one)
      else queues.set(by, [one])
      waiting += 1
    })
  }

  /** Hands the place that is free to the first of the next line, which then is the last line. */
  function startNext(): void {
    const [by, line] = queues.entries().next().value ?? []
    const [next, ...others] = line ?? []
    if (by === undefined || next === undefined) {
      running -= 1
      return
    }
    queues.delete(by)
    if (others.length > 0) queues.set(by, others)
    waiting -= 1
    next.start()
  }

  return async (by, task) => {
    if (running < parallel) running += 1
    else await enqueue(by)
    try {
      return await task()
    } finally {
      startNext()
    }
  }
}

const queueFull = () => new Refusal('unavailable', { retryAfter: 5 })
