import { readFileSync } from 'node:fs'
import { signalGroup } from './run-folder.ts'

/** What is watched: a part of `ChildSpec`. */
interface Watched {
  name: string
  ready(): Promise<boolean>
  standsStillAfterMs?: number
}

/** How often a program is asked whether it does its work, in ms. */
const CHECK_MS = 500
/** One that is runnable may only be waiting for its turn on a busy machine: it gets this many times as long. */
const STARVED_FACTOR = 5

/**
 * Kills a program that runs and answers nothing: stopped, deadlocked, or waiting for a disk that hangs. Its starter
 * then starts it afresh, as after a crash.
 * @returns what ends the watching
 */
export function watchForStandstill(
  spec: Watched,
  pid: () => number | undefined,
  say: (line: string) => void,
): () => void {
  const { standsStillAfterMs } = spec
  if (standsStillAfterMs === undefined) return () => {}
  let answeredAt = performance.now()
  let checkedAt = answeredAt
  let watched = pid()
  let asking = false

  const isStill = (pid: number, silentMs: number): boolean => {
    const state = stateOf(pid)
    const allowedMs = standsStillAfterMs * (state === 'R' ? STARVED_FACTOR : 1)
    if (state === undefined || silentMs < allowedMs) return false
    say(`${spec.name} answers nothing for ${(silentMs / 1000).toFixed(1)} s (state ${state}): killing it`)
    return true
  }

  const ask = () => {
    asking = true
    const asked = watched
    spec
      .ready()
      .then(
        (isReady) => {
          if (isReady && asked === watched) answeredAt = performance.now()
        },
        () => {},
      )
      .finally(() => {
        asking = false
      })
  }

  const check = () => {
    const now = performance.now()
    // We stood still ourselves, or another process took its place: count anew.
    if (now - checkedAt > CHECK_MS * 3 || pid() !== watched) answeredAt = now
    checkedAt = now
    watched = pid()
    if (watched !== undefined && isStill(watched, now - answeredAt)) {
      answeredAt = now
      signalGroup(watched, 'SIGKILL')
    }
    // Only now, as a question makes it runnable.
    if (!asking) ask()
  }
  const timer = setInterval(check, CHECK_MS)
  return () => clearInterval(timer)
}

/** The state of a process, such as R, S, D or T (proc(5)); undefined when there is none. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(') ') + 2)[0]
  } catch {
    return undefined
  }
}
