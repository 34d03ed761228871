import type { Redis } from 'ioredis'
import { LIVE_KEY, LiveWord, liveKeyOf } from '../../../contract/online-heartbeat.ts'
import type { LiveUsers } from '../../core/presence/user-status-store.ts'
import { orUnavailable } from './errors.ts'

/** @see contract/online-heartbeat.ts for who says it, sidecars and APIs alike */
export function createLiveUsers(redis: Redis): LiveUsers {
  /** An instance that said nothing for too long is gone; one that only slept will say its name again. */
  const forget = (dead: readonly string[]) => redis.srem(LIVE_KEY, ...dead).catch(() => {})

  return {
    async read() {
      const instances = await orUnavailable(redis.smembers(LIVE_KEY))
      if (instances.length === 0) return { online: new Set(), listening: new Set() }
      const words = await orUnavailable(redis.mget(instances.map(liveKeyOf)))
      const dead = instances.filter((_, n) => words[n] === null)
      if (dead.length > 0) await forget(dead)
      const said = words.flatMap((word) => (word === null ? [] : [LiveWord.parse(JSON.parse(word))]))
      return {
        online: new Set(said.flatMap(({ online }) => online)),
        listening: new Set(said.flatMap(({ listening }) => listening)),
      }
    },
  }
}
