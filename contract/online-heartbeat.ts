import { z } from 'zod'
import type { connectRedis } from '../runtime/redis.ts'

/** The instances that hold streams, and what each of them said of its own: `LiveWord` as JSON. */
export const LIVE_KEY = 'hookswitch:live'
export const liveKeyOf = (instance: string): string => `${LIVE_KEY}:${instance}`

/** User ids, each once. */
export const LiveWord = z.object({
  /** With a stream of any kind. */
  online: z.array(z.string()),
  /** With a stream of their private channel: these hear what they are asked to do. */
  listening: z.array(z.string()),
})
export type LiveWord = z.infer<typeof LiveWord>

/** How long a word counts that is not said again, in ms: a process that died holds no streams. */
const TTL_MS = 6_000
const SAY_EVERY_MS = 2_000
/** Many who come at once are told of together. */
const SAY_SOON_MS = 50

type Redis = Pick<ReturnType<typeof connectRedis>, 'pipeline'>

/** Says who has a stream at this instance now, instead of what it said before. */
export async function announceLive(redis: Redis, instance: string, word: LiveWord): Promise<void> {
  const batch = redis.pipeline()
  if (word.online.length === 0) batch.del(liveKeyOf(instance)).srem(LIVE_KEY, instance)
  else batch.set(liveKeyOf(instance), JSON.stringify(word), 'PX', TTL_MS).sadd(LIVE_KEY, instance)
  for (const [err] of (await batch.exec()) ?? []) if (err !== null) throw err
}

export interface LiveAnnouncerNeeds {
  redis: Redis
  /** Unlike that of any other process, also of an earlier life. */
  instance: string
  /** Who has a stream here. */
  live: () => LiveWord
}

export interface LiveAnnouncer {
  /** Somebody has come: says so soon, rather than at the next turn. */
  changed(): void
  /** Takes back what was said: nobody need wait for its end. */
  stop(): Promise<void>
}

/**
 * Keeps saying who has a stream here. Trouble with Redis is nobody's but the readers', who then know of fewer
 * users for a while; those who judge by the same Redis report it.
 */
export function keepAnnouncingLive({ redis, instance, live }: LiveAnnouncerNeeds): LiveAnnouncer {
  let isEmpty = true
  let last: Promise<void> | undefined
  const say = (word: LiveWord) => {
    // Whoever has nothing to say said so once.
    if (last !== undefined || (word.online.length === 0 && isEmpty)) return
    last = announceLive(redis, instance, word)
      .then(() => {
        isEmpty = word.online.length === 0
      })
      .catch(() => {})
      .finally(() => {
        last = undefined
      })
  }
  const saying = setInterval(() => say(live()), SAY_EVERY_MS).unref()
  let soon: NodeJS.Timeout | undefined
  return {
    changed() {
      soon ??= setTimeout(() => {
        soon = undefined
        say(live())
      }, SAY_SOON_MS).unref()
    },
    async stop() {
      clearInterval(saying)
      clearTimeout(soon)
      await last
      say({ online: [], listening: [] })
      await last
    },
  }
}
