import { Redis } from 'ioredis'

/**
 * A connection that fails instead of waiting: no offline queue, no retries of a command, reconnects for
 * ever with a jittered pause. Its errors go to `onTrouble` and never past it.
 *
 * @param url `redis://…`, `rediss://…`, or `unix:<path of a socket>`
 */
export function connectRedis(url: string, onError: (err: Error) => void, commandTimeoutMs?: number): Redis {
  const options = {
    enableOfflineQueue: false,
    // INFO would hang with a hung Redis; a LOADING reply tells the same.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    lazyConnect: true,
    retryStrategy: (times: number) => Math.min(1_000, 50 * times) * (0.5 + Math.random() / 2),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
  }
  const redis = url.startsWith('unix:')
    ? new Redis(url.slice('unix:'.length), options)
    : new Redis(url, options)
  redis.on('error', onError)
  return redis
}
