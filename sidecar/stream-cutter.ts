import type { CutResult } from '../contract/stream-end.ts'
import type { Logger } from '../runtime/log.ts'

/** One instance of Nchan. */
export interface StreamInstance {
  /** Deletes a channel, which ends every stream that subscribes to it. */
  cut(channel: string): Promise<CutResult>
  /** How many streams subscribe to a channel; undefined when the instance does not answer. */
  subscribers(channel: string): Promise<number | undefined>
  /** Identifies the running process, so that a restart is noticed; undefined when it does not answer. */
  incarnation(): Promise<string | undefined>
}

export interface StreamCutter {
  /**
   * Ends every stream of an instance that subscribes to a channel, and confirms that they ended.
   * @param instance from 1
   * @param conns the connections to look up for that: some or all of those streams
   */
  cut(instance: number, channel: string, conns: readonly string[]): Promise<void>
  /** Nchan has reported that a connection closed. */
  closed(conn: string): void
  /** Asks the supervisor of an instance to restart it. */
  requestRestart(instance: number, why: string): void
  /** Instances that have to be restarted. */
  stuckInstances(): number[]
  /** An instance has restarted. */
  markRestarted(instance: number): void
}

export interface StreamCutterNeeds {
  instances: readonly StreamInstance[]
  pause(ms: number): Promise<void>
  /** A clock that never jumps, in ms. */
  monotonic(): number
  log: Logger
}

/** An admitted stream may not have subscribed yet: then a DELETE finds no subscriber and has to be repeated. */
const RETRY_DELAYS_MS = [50, 150, 300, 500, 1_000, 2_000, 4_000, 8_000]
/** How long after each cut the streams are looked up, in ms; those that are still open are cut again. */
const CONFIRM_DELAYS_MS = [500, 500, 1_000]
/** How long a closed connection is stored, in ms: longer than any cut takes. */
const CLOSED_TTL_MS = 30_000

export function createStreamCutter({ instances, pause, monotonic, log }: StreamCutterNeeds): StreamCutter {
  const stuck = new Set<number>()
  /** Closed connections, and when they closed, the oldest first. */
  const closedAt = new Map<string, number>()
  const reportFailure = (message: string) => log.warn({ event: 'stream_cut_failed' }, message)

  /** A stream has ended if Nchan reported its end, or, as that request may be lost, if its channel has no subscriber. */
  async function hasEnded(instance: StreamInstance, conn: string): Promise<boolean | undefined> {
    if (closedAt.has(conn)) return true
    const left = await instance.subscribers(`conn/${conn}`)
    return left === undefined ? undefined : left === 0
  }

  /** An instance is one process, so that a channel may be deleted again: see `nginx/nchan-instance.conf`. */
  async function confirmEnded(at: number, channel: string, conns: readonly string[]): Promise<void> {
    const instance = instances[at - 1]
    if (instance === undefined) return
    const kind = channel.split('/')[0]
    let remaining = conns
    let isUnresponsive = false
    for (const [attempt, ms] of CONFIRM_DELAYS_MS.entries()) {
      if (attempt > 0) {
        reportFailure(`instance ${at} did not end ${kind} streams, or does not answer: cutting again`)
        await instance.cut(channel)
      }
      await pause(ms)
      const ended = await Promise.all(remaining.map((conn) => hasEnded(instance, conn)))
      isUnresponsive = ended.every((one) => one === undefined)
      remaining = remaining.filter((conn, n) => !(ended[n] || closedAt.has(conn)))
      if (remaining.length === 0) return
    }
    // Its supervisor restarts an instance that does not answer; its streams end with it.
    if (isUnresponsive) {
      reportFailure(`instance ${at} does not answer whether ${kind} streams ended`)
      return
    }
    requestRestart(at, `does not end ${kind} streams`)
  }

  function requestRestart(at: number, why: string) {
    if (!stuck.has(at))
      log.warn(
        { event: 'nchan_restart_requested', instance: at },
        `instance ${at} ${why}: it has to be started afresh`,
      )
    stuck.add(at)
  }

  return {
    async cut(at, channel, conns) {
      const instance = instances[at - 1]
      if (instance === undefined) return
      for (const ms of [...RETRY_DELAYS_MS, undefined]) {
        const result = await instance.cut(channel)
        if (result === 'cut') return confirmEnded(at, channel, conns)
        if (ms === undefined) {
          if (result === 'unreachable')
            reportFailure(`instance ${at} was not there to cut ${channel.split('/')[0]} streams`)
          return
        }
        await pause(ms)
      }
    },
    closed(conn) {
      const now = monotonic()
      closedAt.set(conn, now)
      for (const [oldest, at] of closedAt) {
        if (now - at < CLOSED_TTL_MS) break
        closedAt.delete(oldest)
      }
    },
    requestRestart,
    stuckInstances: () => [...stuck],
    markRestarted: (instance) => void stuck.delete(instance),
  }
}
