import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { followRevocationLog, type RevocationLogReader } from '../../contract/revocation-log.ts'
import { createLog } from '../../runtime/log.ts'

/** A Redis with an empty revocation log and this epoch; `away` if it fails each request. */
type RedisState = { epoch: string | null } | 'away'

/** A reader of the log of such a Redis, and the events that it logs. */
function startReader(initial: RedisState) {
  let redis = initial
  const reply = async () => {
    await sleep(1)
    if (redis === 'away') throw new Error('Connection is closed.')
    const epoch = redis.epoch === null ? null : JSON.stringify({ id: redis.epoch, cutoff: 0 })
    const noStream = [null, ['last-generated-id', '0-0']]
    return [[null, 'OK'], [null, epoch], noStream, noStream, [null, null]]
  }
  const pipeline = new Proxy({}, { get: (_, name) => (name === 'exec' ? reply : () => pipeline) })
  const events: string[] = []
  const log = createLog('api', 'info', {
    write(line) {
      const { event, reason } = JSON.parse(line) as { event: string; reason?: string }
      events.push(reason === undefined ? event : `${event}: ${reason}`)
    },
  })
  const cache = createRevocationCache()
  const reader = followRevocationLog({
    redis: { status: 'ready', pipeline: () => pipeline, disconnect() {} } as never,
    cache,
    monotonic: () => performance.now(),
    log,
  })
  return {
    reader,
    events,
    isFresh: () => Number.isFinite(cache.ageMs(performance.now())),
    becomes(state: RedisState) {
      redis = state
    },
  }
}
const untilStaleReason = (reader: RevocationLogReader, reason: string | undefined) =>
  expect.poll(() => reader.state().staleReason).toBe(reason)

test('before the first epoch the cache is stale, which is logged neither as a failure nor as a recovery', async () => {
  const { reader, events, isFresh, becomes } = startReader({ epoch: null })
  await untilStaleReason(reader, 'lost')
  expect(isFresh()).toBe(false)
  becomes({ epoch: 'first' })
  await untilStaleReason(reader, undefined)
  expect(isFresh()).toBe(true)
  await reader.stop()
  expect(events).toEqual([])
})

test('an epoch that is gone is logged as a failure, and the next one as the recovery', async () => {
  const { reader, events, isFresh, becomes } = startReader({ epoch: 'first' })
  await untilStaleReason(reader, undefined)
  becomes({ epoch: null })
  await untilStaleReason(reader, 'lost')
  expect(isFresh()).toBe(false)
  becomes({ epoch: 'first' })
  await untilStaleReason(reader, undefined)
  await reader.stop()
  expect(events).toEqual(['revocation_log_failed: lost', 'revocation_log_recovered'])
})

test('a Redis that does not answer is a failure also before the first epoch', async () => {
  const { reader, events, becomes } = startReader('away')
  await untilStaleReason(reader, 'silent')
  becomes({ epoch: null })
  await untilStaleReason(reader, 'lost')
  becomes({ epoch: 'first' })
  await untilStaleReason(reader, undefined)
  await reader.stop()
  expect(events).toEqual(['revocation_log_failed: silent', 'revocation_log_recovered'])
})
