import { childrenOf } from '../../../support/process-tree.ts'
import type { Stack } from '../../../support/stack.ts'

/** A program of the stack that ended and was started again. */
export interface ProcessExit {
  part: string
  /** The signal or the exit code. */
  cause: string
  /** The test killed it, its starter did as it stood still, or neither. */
  by: 'test' | 'starter' | 'itself'
  at: number
}

export interface ProcessExits {
  all: readonly ProcessExit[]
  /** Changes among the front's processes. */
  frontChanges: readonly string[]
  /** To be called before a part is killed. */
  expectKill(part: string): void
  stop(): void
}

/** Watches what the starter reports, and the front's workers. */
export function watchProcessExits(stack: Stack): ProcessExits {
  const all: ProcessExit[] = []
  const frontChanges: string[] = []
  const expected = new Map<string, number>()
  const hung = new Set<string>()
  const frontPid = stack.pid('nginx')
  const workers = childrenOf(frontPid).join()
  let read = stack.output().length
  const poll = () => {
    const at = performance.now()
    const output = stack.output()
    for (const line of output.slice(read).split('\n')) {
      const still = /^\W*(\S+) answers nothing for/.exec(line)?.[1]
      if (still !== undefined) hung.add(still)
      const [, part, cause] = /(\S+) ended \((.+?)\); starting it again/.exec(line) ?? []
      if (part === undefined || cause === undefined) continue
      const kills = expected.get(part) ?? 0
      const by =
        cause !== 'SIGKILL' ? 'itself' : hung.delete(part) ? 'starter' : kills > 0 ? 'test' : 'itself'
      if (by === 'test') expected.set(part, kills - 1)
      all.push({ part, cause, by, at })
    }
    read = output.length
    const now = stack.pid('nginx') === frontPid ? childrenOf(frontPid).join() : 'another front'
    if (now !== workers && frontChanges.at(-1) !== now) frontChanges.push(now)
  }
  const timer = setInterval(poll, 50)
  return {
    all,
    frontChanges,
    expectKill: (part) => void expected.set(part, (expected.get(part) ?? 0) + 1),
    stop() {
      clearInterval(timer)
      poll()
    },
  }
}
