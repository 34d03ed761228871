import { Refusal } from '../refusal.ts'

export interface TurnsSettings {
  /** How many tasks run at once. */
  parallel: number
  /** How many may wait for that, over all lines. */
  queue: number
  /** How long each may wait. */
  patienceMs: number
}

/**
 * Runs a task when its turn comes.
 * @param by whose line it waits in
 * @throws {Refusal} `unavailable` when too many wait already, or when its turn does not come in time
 */
export type Turns = <T>(by: string, task: () => Promise<T>) => Promise<T>

interface Waiting {
  begin(): void
  refuse(): void
}

/**
 * Runs at most `parallel` tasks at once. The others wait in lines, and each line gets a turn after the other, so
 * that a long line delays nobody but itself. When the queue is full, the longest line loses its last.
 */
export function createTurns({ parallel, queue, patienceMs }: TurnsSettings): Turns {
  /** The line whose turn is next comes first. */
  const lines = new Map<string, Waiting[]>()
  let waiting = 0
  let running = 0

  function leave(by: string, one: Waiting): void {
    const line = lines.get(by)?.filter((other) => other !== one) ?? []
    if (line.length > 0) lines.set(by, line)
    else lines.delete(by)
    waiting -= 1
  }

  /** @returns whether there is room for one more in this line */
  function makeRoom(by: string): boolean {
    if (waiting < queue) return true
    let longest = by
    const lengthOf = (line: string) => lines.get(line)?.length ?? 0
    for (const line of lines.keys()) if (lengthOf(line) > lengthOf(longest)) longest = line
    const last = lines.get(longest)?.at(-1)
    // A line that is as long as the longest after it grew gets nothing of it.
    if (last === undefined || lengthOf(longest) <= lengthOf(by) + 1) return false
    last.refuse()
    return true
  }

  function wait(by: string): Promise<void> {
    if (!makeRoom(by)) return Promise.reject(tooMany())
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        begin() {
          clearTimeout(timer)
          resolve()
        },
        refuse() {
          clearTimeout(timer)
          leave(by, one)
          reject(tooMany())
        },
      }
      const timer = setTimeout(one.refuse, patienceMs)
      const line = lines.get(by)
      if (line) line.push(one)
      else lines.set(by, [one])
      waiting += 1
    })
  }

  /** Hands the place that is free to the first of the next line, which then is the last line. */
  function handOver(): void {
    const [by, line] = lines.entries().next().value ?? []
    const [next, ...others] = line ?? []
    if (by === undefined || next === undefined) {
      running -= 1
      return
    }
    lines.delete(by)
    if (others.length > 0) lines.set(by, others)
    waiting -= 1
    next.begin()
  }

  return async (by, task) => {
    if (running < parallel) running += 1
    else await wait(by)
    try {
      return await task()
    } finally {
      handOver()
    }
  }
}

const tooMany = () => new Refusal('unavailable', { retryAfter: 5 })
