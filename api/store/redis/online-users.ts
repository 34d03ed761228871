import type { Redis } from 'ioredis'
import { ONLINE_PROCESSES_KEY, OnlineReport, onlineKeyOf } from '../../../contract/online-heartbeat.ts'
import type { OnlineUsersReader } from '../../core/presence/user-status-store.ts'
import { orUnavailable } from './errors.ts'

/** @see contract/online-heartbeat.ts for the writers: sidecars and API processes */
export function createOnlineUsersReader(redis: Redis): OnlineUsersReader {
  /** A process without a heartbeat is removed; if it was only stalled, its next heartbeat adds it again. */
  const removeExpired = (processIds: readonly string[]) =>
    redis.srem(ONLINE_PROCESSES_KEY, ...processIds).catch(() => {})

  return {
    async read() {
      const processIds = await orUnavailable(redis.smembers(ONLINE_PROCESSES_KEY))
      if (processIds.length === 0) return { online: new Set(), listening: new Set() }
      const heartbeats = await orUnavailable(redis.mget(processIds.map(onlineKeyOf)))
      const expired = processIds.filter((_, n) => heartbeats[n] === null)
      if (expired.length > 0) await removeExpired(expired)
      const reports = heartbeats.flatMap((report) =>
        report === null ? [] : [OnlineReport.parse(JSON.parse(report))],
      )
      return {
        online: new Set(reports.flatMap(({ online }) => online)),
        listening: new Set(reports.flatMap(({ listening }) => listening)),
      }
    },
  }
}
