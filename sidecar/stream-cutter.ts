import type { CutResult } from '../contract/stream-instances.ts'

/** One instance of Nchan. */
export interface StreamInstance {
  /** Deletes a channel, ending every stream that has it among its own. */
  cut(channel: string): Promise<CutResult>
  /** How many streams have a channel; undefined when the instance does not answer. */
  subscribers(channel: string): Promise<number | undefined>
  /** Names one life of the process; undefined when it does not answer. */
  incarnation(): Promise<string | undefined>
}

export interface StreamCutter {
  /**
   * Ends every stream of an instance that has a channel, and sees that they have ended.
   * @param instance from 1
   * @param conns of those streams, some that have to be seen to end
   */
  cut(instance: number, channel: string, conns: readonly string[]): Promise<void>
  /** Nchan tells that a connection has closed. */
  closed(conn: string): void
  /** Asks for an instance to be started afresh. */
  requestRestart(instance: number, why: string): void
  /** Instances that have to be started afresh. */
  stuckInstances(): number[]
  /** An instance lives anew. */
  markRestarted(instance: number): void
}

export interface StreamCutterNeeds {
  instances: readonly StreamInstance[]
  pause(ms: number): Promise<void>
  /** A clock that never jumps, in ms. */
  monotonic(): number
  onError(message: string, err?: unknown): void
}

/** A stream that was let in may not have subscribed yet: then a DELETE finds no stream and must come again. */
const RETRY_DELAYS_MS = [50, 150, 300, 500, 1_000, 2_000, 4_000, 8_000]
/** When the end of a stream that was cut is looked for, in ms after each cut; it is cut again in between. */
const CONFIRM_DELAYS_MS = [500, 500, 1_000]
/** How long a closing is remembered: for longer than any cut is waited for. */
const CLOSED_TTL_MS = 30_000

export function createStreamCutter({
  instances,
  pause,
  monotonic,
  onError,
}: StreamCutterNeeds): StreamCutter {
  const stuck = new Set<number>()
  /** Connections that have closed, and when, the oldest first. */
  const closedAt = new Map<string, number>()

  /** The end is proved by Nchan's hook, or by a count of zero where the hook was lost. */
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
        onError(`instance ${at} did not end ${kind} streams, or does not answer: cutting again`)
        await instance.cut(channel)
      }
      await pause(ms)
      const ended = await Promise.all(remaining.map((conn) => hasEnded(instance, conn)))
      isUnresponsive = ended.every((one) => one === undefined)
      remaining = remaining.filter((conn, n) => !(ended[n] || closedAt.has(conn)))
      if (remaining.length === 0) return
    }
    // An instance that does not answer is its starter's to end; its streams end with it.
    if (isUnresponsive) {
      onError(`instance ${at} does not answer whether ${kind} streams ended`)
      return
    }
    requestRestart(at, `does not end ${kind} streams`)
  }

  function requestRestart(at: number, why: string) {
    if (!stuck.has(at)) onError(`instance ${at} ${why}: it has to be started afresh`)
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
            onError(`instance ${at} was not there to cut ${channel.split('/')[0]} streams`)
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
