import { childrenOf } from '../../../support/process-tree.ts'
import type { Stack } from '../../../support/stack.ts'

/** A program of the stack that ended and was started again. */
export interface Death {
  part: string
  /** The signal or the exit code. */
  how: string
  /** The test killed it, its starter did as it stood still, or neither. */
  by: 'test' | 'starter' | 'itself'
  at: number
}

export interface Deaths {
  all: readonly Death[]
  /** Changes among the front's processes. */
  front: readonly string[]
  /** Say so before a part is killed. */
  expect(part: string): void
  stop(): void
}

/** Watches what the starter reports, and the front's workers. */
export function watchDeaths(stack: Stack): Deaths {
  const all: Death[] = []
  const front: string[] = []
  const expected = new Map<string, number>()
  const stoodStill = new Set<string>()
  const frontPid = stack.pid('nginx')
  const workers = childrenOf(frontPid).join()
  let read = stack.said().length
  const look = () => {
    const at = performance.now()
    const said = stack.said()
    for (const line of said.slice(read).split('\n')) {
      const still = /^\W*(\S+) answers nothing for/.exec(line)?.[1]
      if (still !== undefined) stoodStill.add(still)
      const [, part, how] = /(\S+) ended \((.+?)\); starting it again/.exec(line) ?? []
      if (part === undefined || how === undefined) continue
      const kills = expected.get(part) ?? 0
      const by =
        how !== 'SIGKILL' ? 'itself' : stoodStill.delete(part) ? 'starter' : kills > 0 ? 'test' : 'itself'
      if (by === 'test') expected.set(part, kills - 1)
      all.push({ part, how, by, at })
    }
    read = said.length
    const now = stack.pid('nginx') === frontPid ? childrenOf(frontPid).join() : 'another front'
    if (now !== workers && front.at(-1) !== now) front.push(now)
  }
  const timer = setInterval(look, 50)
  return {
    all,
    front,
    expect: (part) => void expected.set(part, (expected.get(part) ?? 0) + 1),
    stop() {
      clearInterval(timer)
      look()
    },
  }
}
