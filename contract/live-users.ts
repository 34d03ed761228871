import type { connectRedis } from './redis.ts'

/** The instances that hold streams, and the users each of them said to have one: a JSON list of ids. */
export const LIVE_KEY = 'hookswitch:live'
export const liveKeyOf = (instance: string): string => `${LIVE_KEY}:${instance}`

/** How long a word counts that is not said again, in ms: a process that died holds no streams. */
const TTL_MS = 6_000
const SAY_EVERY_MS = 2_000

type Redis = Pick<ReturnType<typeof connectRedis>, 'pipeline'>

/** Says who has a stream at this instance now, instead of what it said before. */
export async function announceLive(
  redis: Redis,
  instance: string,
  userIds: readonly string[],
): Promise<void> {
  const batch = redis.pipeline()
  if (userIds.length === 0) batch.del(liveKeyOf(instance)).srem(LIVE_KEY, instance)
  else batch.set(liveKeyOf(instance), JSON.stringify(userIds), 'PX', TTL_MS).sadd(LIVE_KEY, instance)
  for (const [err] of (await batch.exec()) ?? []) if (err !== null) throw err
}

export interface LiveAnnouncerNeeds {
  redis: Redis
  /** Unlike that of any other process, also of an earlier life. */
  instance: string
  /** Each user with a stream here, once. */
  userIds: () => readonly string[]
}

export interface LiveAnnouncer {
  /** Takes back what was said: nobody need wait for its end. */
  stop(): Promise<void>
}

/**
 * Keeps saying who has a stream here. Trouble with Redis is nobody's but the readers', who then know of fewer
 * users for a while; those who judge by the same Redis report it.
 */
export function keepAnnouncingLive({ redis, instance, userIds }: LiveAnnouncerNeeds): LiveAnnouncer {
  let isEmpty = true
  let last: Promise<void> | undefined
  const say = (ids: readonly string[]) => {
    // Whoever has nothing to say said so once.
    if (last !== undefined || (ids.length === 0 && isEmpty)) return
    last = announceLive(redis, instance, ids)
      .then(() => {
        isEmpty = ids.length === 0
      })
      .catch(() => {})
      .finally(() => {
        last = undefined
      })
  }
  const saying = setInterval(() => say(userIds()), SAY_EVERY_MS).unref()
  return {
    async stop() {
      clearInterval(saying)
      await last
      say([])
      await last
    },
  }
}
