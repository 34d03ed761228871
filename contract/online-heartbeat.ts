import { z } from 'zod'
import type { connectRedis } from '../runtime/redis.ts'

/** The instances that hold streams, and what each of them said of its own: `LiveWord` as JSON. */
export const ONLINE_INSTANCES_KEY = 'hookswitch:live'
export const onlineKeyOf = (instance: string): string => `${ONLINE_INSTANCES_KEY}:${instance}`

/** User ids, each once. */
export const OnlineReport = z.object({
  /** With a stream of any kind. */
  online: z.array(z.string()),
  /** With a stream of their private channel: these hear what they are asked to do. */
  listening: z.array(z.string()),
})
export type OnlineReport = z.infer<typeof OnlineReport>

/** How long a word counts that is not said again, in ms: a process that died holds no streams. */
const HEARTBEAT_TTL_MS = 6_000
const HEARTBEAT_INTERVAL_MS = 2_000
/** Many who come at once are told of together. */
const DEBOUNCE_MS = 50

type Redis = Pick<ReturnType<typeof connectRedis>, 'pipeline'>

/** Says who has a stream at this instance now, instead of what it said before. */
export async function publishOnline(redis: Redis, instance: string, report: OnlineReport): Promise<void> {
  const batch = redis.pipeline()
  if (report.online.length === 0) batch.del(onlineKeyOf(instance)).srem(ONLINE_INSTANCES_KEY, instance)
  else
    batch
      .set(onlineKeyOf(instance), JSON.stringify(report), 'PX', HEARTBEAT_TTL_MS)
      .sadd(ONLINE_INSTANCES_KEY, instance)
  for (const [err] of (await batch.exec()) ?? []) if (err !== null) throw err
}

export interface OnlineHeartbeatNeeds {
  redis: Redis
  /** Unlike that of any other process, also of an earlier life. */
  instance: string
  /** Who has a stream here. */
  onlineReport: () => OnlineReport
}

export interface OnlineHeartbeat {
  /** Somebody has come: says so soon, rather than at the next turn. */
  changed(): void
  /** Takes back what was said: nobody need wait for its end. */
  stop(): Promise<void>
}

/**
 * Keeps saying who has a stream here. Trouble with Redis is nobody's but the readers', who then know of fewer
 * users for a while; those who judge by the same Redis report it.
 */
export function startOnlineHeartbeat({
  redis,
  instance,
  onlineReport,
}: OnlineHeartbeatNeeds): OnlineHeartbeat {
  let isEmpty = true
  let pending: Promise<void> | undefined
  const publish = (report: OnlineReport) => {
    // Whoever has nothing to say said so once.
    if (pending !== undefined || (report.online.length === 0 && isEmpty)) return
    pending = publishOnline(redis, instance, report)
      .then(() => {
        isEmpty = report.online.length === 0
      })
      .catch(() => {})
      .finally(() => {
        pending = undefined
      })
  }
  const heartbeatTimer = setInterval(() => publish(onlineReport()), HEARTBEAT_INTERVAL_MS).unref()
  let debounceTimer: NodeJS.Timeout | undefined
  return {
    changed() {
      debounceTimer ??= setTimeout(() => {
        debounceTimer = undefined
        publish(onlineReport())
      }, DEBOUNCE_MS).unref()
    },
    async stop() {
      clearInterval(heartbeatTimer)
      clearTimeout(debounceTimer)
      await pending
      publish({ online: [], listening: [] })
      await pending
    },
  }
}
