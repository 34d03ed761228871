import { readFileSync } from 'node:fs'
import { signalProcessGroup } from './run-folder.ts'

/** What is watched: a part of `ProcessSpec`. */
interface WatchedProcess {
  name: string
  ready(): Promise<boolean>
  hangTimeoutMs?: number
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
export function watchForHang(
  spec: WatchedProcess,
  pid: () => number | undefined,
  log: (line: string) => void,
): () => void {
  const { hangTimeoutMs } = spec
  if (hangTimeoutMs === undefined) return () => {}
  let answeredAt = performance.now()
  let checkedAt = answeredAt
  let watchedPid = pid()
  let isProbing = false

  const isHung = (pid: number, unansweredMs: number): boolean => {
    const state = processState(pid)
    const allowedMs = hangTimeoutMs * (state === 'R' ? STARVED_FACTOR : 1)
    if (state === undefined || unansweredMs < allowedMs) return false
    log(`${spec.name} answers nothing for ${(unansweredMs / 1000).toFixed(1)} s (state ${state}): killing it`)
    return true
  }

  const probe = () => {
    isProbing = true
    const probedPid = watchedPid
    spec
      .ready()
      .then(
        (isReady) => {
          if (isReady && probedPid === watchedPid) answeredAt = performance.now()
        },
        () => {},
      )
      .finally(() => {
        isProbing = false
      })
  }

  const check = () => {
    const now = performance.now()
    // We stood still ourselves, or another process took its place: count anew.
    if (now - checkedAt > CHECK_MS * 3 || pid() !== watchedPid) answeredAt = now
    checkedAt = now
    watchedPid = pid()
    if (watchedPid !== undefined && isHung(watchedPid, now - answeredAt)) {
      answeredAt = now
      signalProcessGroup(watchedPid, 'SIGKILL')
    }
    // Only now, as a question makes it runnable.
    if (!isProbing) probe()
  }
  const timer = setInterval(check, CHECK_MS)
  return () => clearInterval(timer)
}

/** The state of a process, such as R, S, D or T (proc(5)); undefined when there is none. */
function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(') ') + 2)[0]
  } catch {
    return undefined
  }
}
