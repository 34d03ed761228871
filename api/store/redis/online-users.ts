import type { Redis } from 'ioredis'
import { ONLINE_INSTANCES_KEY, OnlineReport, onlineKeyOf } from '../../../contract/online-heartbeat.ts'
import type { OnlineUsersReader } from '../../core/presence/user-status-store.ts'
import { orUnavailable } from './errors.ts'

/** @see contract/online-heartbeat.ts for who says it, sidecars and APIs alike */
export function createOnlineUsersReader(redis: Redis): OnlineUsersReader {
  /** An instance that said nothing for too long is gone; one that only slept will say its name again. */
  const removeExpired = (dead: readonly string[]) => redis.srem(ONLINE_INSTANCES_KEY, ...dead).catch(() => {})

  return {
    async read() {
      const instances = await orUnavailable(redis.smembers(ONLINE_INSTANCES_KEY))
      if (instances.length === 0) return { online: new Set(), listening: new Set() }
      const heartbeats = await orUnavailable(redis.mget(instances.map(onlineKeyOf)))
      const expired = instances.filter((_, n) => heartbeats[n] === null)
      if (expired.length > 0) await removeExpired(expired)
      const reports = heartbeats.flatMap((word) =>
        word === null ? [] : [OnlineReport.parse(JSON.parse(word))],
      )
      return {
        online: new Set(reports.flatMap(({ online }) => online)),
        listening: new Set(reports.flatMap(({ listening }) => listening)),
      }
    },
  }
}
