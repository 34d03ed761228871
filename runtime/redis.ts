import { Redis } from 'ioredis'
import { withJitter } from './retry.ts'

/**
 * A connection that fails instead of waiting: it has no offline queue and retries no command. It reconnects until it is
 * closed, with jittered back-off.
 *
 * @param url `redis://…`, `rediss://…`, or `unix:<path of a socket>`
 * @param onError receives the errors of the connection, which would otherwise end the process
 * @param commandTimeoutMs unlimited by default
 */
export function connectRedis(url: string, onError: (err: Error) => void, commandTimeoutMs?: number): Redis {
  const options = {
    enableOfflineQueue: false,
    // INFO would hang if Redis hangs; a LOADING error is enough to notice that Redis is not ready.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    lazyConnect: true,
    retryStrategy: (times: number) => withJitter(Math.min(1_000, 50 * times)),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
  }
  const redis = url.startsWith('unix:')
    ? new Redis(url.slice('unix:'.length), options)
    : new Redis(url, options)
  redis.on('error', onError)
  return redis
}
