import { z } from 'zod'
import { startInterval } from '../runtime/interval.ts'
import type { connectRedis } from '../runtime/redis.ts'

/** The set of the processes that have streams. Each stores its `OnlineReport` as JSON at `onlineKeyOf`. */
export const ONLINE_PROCESSES_KEY = 'hookswitch:live'
export const onlineKeyOf = (processId: string): string => `${ONLINE_PROCESSES_KEY}:${processId}`

/** User ids, each once. */
export const OnlineReport = z.object({
  /** Users with any stream. */
  online: z.array(z.string()),
  /** Users with a stream of their private channel: they receive commands. */
  listening: z.array(z.string()),
})
export type OnlineReport = z.infer<typeof OnlineReport>

/** A report expires after this unless it is renewed, in ms: a process that died has no streams. */
const HEARTBEAT_TTL_MS = 6_000
const HEARTBEAT_INTERVAL_MS = 2_000
/** Users who connect within this share one report. */
const DEBOUNCE_MS = 50

type Redis = Pick<ReturnType<typeof connectRedis>, 'pipeline'>

/** Replaces the report of a process. @throws when Redis fails */
export async function publishOnline(redis: Redis, processId: string, report: OnlineReport): Promise<void> {
  const batch = redis.pipeline()
  if (report.online.length === 0) batch.del(onlineKeyOf(processId)).srem(ONLINE_PROCESSES_KEY, processId)
  else
    batch
      .set(onlineKeyOf(processId), JSON.stringify(report), 'PX', HEARTBEAT_TTL_MS)
      .sadd(ONLINE_PROCESSES_KEY, processId)
  for (const [err] of (await batch.exec()) ?? []) if (err !== null) throw err
}

export interface OnlineHeartbeatNeeds {
  redis: Redis
  /** Unique to this process: a restarted one has another id. */
  processId: string
  /** The users who have a stream at this process now. */
  onlineReport: () => OnlineReport
}

export interface OnlineHeartbeat {
  /** A user has connected: publishes soon (debounced), before the next heartbeat. */
  changed(): void
  /** Deletes the report, so that its users are offline before it expires. */
  stop(): Promise<void>
}

/**
 * Publishes every 2 s which users have a stream at this process. Failures of Redis are not reported here: readers see
 * fewer users for a while, and the revocation log, which uses the same Redis, reports them.
 */
export function startOnlineHeartbeat({
  redis,
  processId,
  onlineReport,
}: OnlineHeartbeatNeeds): OnlineHeartbeat {
  let isEmpty = true
  let pending: Promise<void> | undefined
  const publish = async (report: OnlineReport) => {
    // An empty report is published once.
    if (pending !== undefined || (report.online.length === 0 && isEmpty)) return
    pending = publishOnline(redis, processId, report)
      .then(() => {
        isEmpty = report.online.length === 0
      })
      .catch(() => {})
      .finally(() => {
        pending = undefined
      })
    await pending
  }
  const heartbeat = startInterval(
    HEARTBEAT_INTERVAL_MS,
    () => publish(onlineReport()),
    () => {},
    {
      pauseFirst: true,
    },
  )
  let debounceTimer: NodeJS.Timeout | undefined
  return {
    changed() {
      debounceTimer ??= setTimeout(() => {
        debounceTimer = undefined
        void publish(onlineReport())
      }, DEBOUNCE_MS).unref()
    },
    async stop() {
      heartbeat.stop()
      clearTimeout(debounceTimer)
      await pending
      await publish({ online: [], listening: [] })
    },
  }
}
