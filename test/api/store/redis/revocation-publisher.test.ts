import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RevocationRecord, RevocationStore } from '../../../../api/core/auth/revocations.ts'
import type { AnnouncedServiceToken } from '../../../../api/core/auth/service-token-store.ts'
import { createRevocationStreamPublisher } from '../../../../api/store/redis/revocation-publisher.ts'
import {
  createStreamRenewalPublisher,
  MAX_RENEWALS,
  removeLegacyRenewals,
} from '../../../../api/store/redis/stream-renewals.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import {
  REVOCATION_EPOCH_KEY,
  REVOCATION_LOG_KEY,
  revocationFields,
  STREAM_RENEWALS_KEY,
  type StreamRenewalEntry,
  streamRenewalFields,
} from '../../../../contract/revocation-entries.ts'
import { followRevocationLog, type RevocationLogReader } from '../../../../contract/revocation-log.ts'
import { createLog } from '../../../../runtime/log.ts'
import { newServiceToken } from '../../../contract/service-token-fixture.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { waitUntil } from '../../../support/stack.ts'

let server: RedisServer
let redis: Redis
const open: RevocationLogReader[] = []
beforeAll(async () => {
  // Cluster mode: strict about keys.
  server = await startRedis({ cluster: true })
  redis = await server.connect()
})
beforeEach(async () => {
  await redis.flushall()
  await redis.set(REVOCATION_EPOCH_KEY, JSON.stringify({ id: 'e1', cutoff: 0 }))
})
afterEach(() => Promise.all(open.splice(0).map((reader) => reader.stop())))
afterAll(() => server?.stop())

const LONGEST_LIFETIME = 30 * 86_400
const nowS = () => Math.floor(Date.now() / 1000)
const publishRenewal = (renewal: StreamRenewalEntry) => createStreamRenewalPublisher(redis).publish(renewal)

/** Publishes many at once. */
async function spreadMany(count: number) {
  for (let sent = 0; sent < count; sent += 1_000) {
    await Promise.all(
      Array.from({ length: Math.min(1_000, count - sent) }, (_, at) =>
        publishRenewal({ sessionId: `s${sent + at}`, until: nowS() + 3_600 }),
      ),
    )
  }
}

/** The revocation cache of a process that starts now. */
async function startReader(clock = () => performance.now()) {
  const cache = createRevocationCache()
  const renewals: StreamRenewalEntry[] = []
  const oldRenewals: string[] = []
  const reader = followRevocationLog({
    redis: (await server.connect()).duplicate(),
    cache,
    monotonic: clock,
    log: createLog('test', 'silent'),
    onRenewal: (renewal) => renewals.push(renewal),
    onOldRenewals: (ids) => oldRenewals.push(...ids),
  })
  open.push(reader)
  await waitUntil('it has caught up', () => reader.state().staleReason === undefined)
  return { memory: cache, renewals, oldRenewals, isRevoked: (sid: string) => isRevoked(cache, sid) }
}

const isRevoked = (memory: ReturnType<typeof createRevocationCache>, sid: string) =>
  memory.isRevoked({ sid, jti: 'j', sub: 'u', gen: 0, iat: nowS() } as Parameters<typeof memory.isRevoked>[0]) // the members that a revocation looks at

const entryOf = (sid: string): RevocationRecord => ({
  id: '1',
  kind: 'sid',
  key: sid,
  generation: 0,
  until: nowS() + 3_600,
})

/** The API's publisher, over a store without pending entries, but with these service tokens. */
function startPublisher(
  tokens: (AnnouncedServiceToken & { announcedAt: number })[] = [],
  log: { lost?: true; clock?: () => number } = {},
) {
  const store: RevocationStore = {
    unpublished: async () => [],
    markPublished: async () => {},
    listUnexpired: async () => [],
    purge: async () => {},
    streamState: async () => undefined,
    saveStreamState: async () => {},
  }
  return createRevocationStreamPublisher({
    redis,
    store,
    serviceTokens: {
      listAnnounceable: async (_, { beforeS, afterId = '' }) =>
        tokens.filter(({ id, announcedAt }) => announcedAt < beforeS && id > afterId),
      async markAnnounced(ids, atS) {
        for (const one of tokens) if (ids.includes(one.id)) one.announcedAt = atS
      },
      purge: async () => {},
    },
    revocationCache: { add: () => {} },
    logReader: {
      state: () => ({ epoch: { id: 'e1', cutoff: 0 }, staleReason: log.lost ? 'lost' : undefined }),
    },
    log: createLog('test', 'silent'),
    now: log.clock ?? Date.now,
    longestLifetime: LONGEST_LIFETIME,
  })
}

describe('service tokens', () => {
  const stored = (difference: Partial<AnnouncedServiceToken> = {}) => {
    const { token } = newServiceToken(nowS(), { expiresAt: nowS() + 400 * 86_400 })
    return { ...token, isRevoked: false, announcedAt: 0, ...difference }
  }

  test('reach a process that runs, and one that starts later, once each', async () => {
    const token = stored()
    const running = await startReader()
    const publisher = startPublisher([token])
    await publisher.tick()
    await publisher.tick()
    await waitUntil('it is read', () => running.memory.serviceTokens.size() > 0)
    const later = await startReader()
    for (const { memory } of [running, later])
      expect(memory.serviceTokens.find(token.id)).toMatchObject({ hash: token.hash, scopes: token.scopes })
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(1)
  })

  test('are announced again before the log is trimmed, and with them the revocations of those that were revoked', async () => {
    const tokens = [stored(), stored({ isRevoked: true })]
    const clock = { ms: Date.now() }
    const publisher = startPublisher(tokens, { clock: () => clock.ms })
    await publisher.tick()
    clock.ms += (LONGEST_LIFETIME / 2) * 1_000 - 5_000
    await publisher.tick()
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(2)
    clock.ms += 10_000
    await publisher.tick()
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(4)
    const { memory, isRevoked } = await startReader()
    expect(memory.serviceTokens.find(tokens[0]?.id ?? '')).toBeDefined()
    expect(memory.serviceTokens.find(tokens[1]?.id ?? '')).toBeUndefined()
    expect(isRevoked(`service:${tokens[1]?.id}`)).toBe(true)
  })

  test('are in the log before its new epoch is, after Redis was emptied', async () => {
    const token = stored({ announcedAt: nowS() } as object)
    await redis.flushall()
    const cache = createRevocationCache()
    const reader = followRevocationLog({
      redis: (await server.connect()).duplicate(),
      cache,
      monotonic: () => performance.now(),
      log: createLog('test', 'silent'),
    })
    open.push(reader)
    await startPublisher([token], { lost: true }).tick()
    await waitUntil('it is fresh', () => cache.ageMs(performance.now()) < 5_000)
    expect(cache.serviceTokens.find(token.id)).toBeDefined()
  })
})

describe('renewals', () => {
  test('never lengthen the revocation stream, and their own stream is bounded', async () => {
    await startPublisher().publish(entryOf('ended'))
    await spreadMany(MAX_RENEWALS + 5_000)
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(1)
    expect(await redis.xlen(STREAM_RENEWALS_KEY)).toBeLessThanOrEqual(MAX_RENEWALS + 100)
  })

  test('from before its start are not read by a sidecar; each later one is read once and in order', async () => {
    await spreadMany(50)
    const { renewals } = await startReader()
    const later = ['a', 'b', 'a'].map((sessionId, at) => ({ sessionId, until: nowS() + at }))
    for (const renewal of later) await publishRenewal(renewal)
    await waitUntil('all are read', () => renewals.length >= later.length)
    expect(renewals).toEqual(later)
  })

  test('are read also when they are the first ever', async () => {
    const { renewals } = await startReader()
    const first = { sessionId: 'first', until: nowS() + 60 }
    await publishRenewal(first)
    await waitUntil('it is read', () => renewals.length > 0)
    expect(renewals).toEqual([first])
  })

  test('are read again after Redis lost its data and its clock starts earlier', async () => {
    const { renewals } = await startReader()
    await redis.xadd(
      STREAM_RENEWALS_KEY,
      '9999999999999-0',
      ...streamRenewalFields({ sessionId: 'late', until: 1 }),
    )
    await waitUntil('it is read', () => renewals.length === 1)
    await redis.del(STREAM_RENEWALS_KEY)
    await publishRenewal({ sessionId: 'new', until: 2 })
    await waitUntil('the new one is read', () => renewals.some(({ sessionId }) => sessionId === 'new'))
  })
})

describe('a sidecar that starts', () => {
  test('knows every unexpired revocation, in whatever order revocations and renewals came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('renew'), fc.constant('revoke'), fc.constant('old renewal')), {
          maxLength: 60,
        }),
        async (turns) => {
          await redis.del(REVOCATION_LOG_KEY, STREAM_RENEWALS_KEY)
          const { publish, tick } = startPublisher()
          const ended: string[] = []
          for (const [at, turn] of turns.entries()) {
            if (turn === 'renew') await publishRenewal({ sessionId: `s${at}`, until: nowS() + 60 })
            else if (turn === 'old renewal')
              await redis.xadd(
                REVOCATION_LOG_KEY,
                '*',
                ...streamRenewalFields({ sessionId: `s${at}`, until: nowS() }),
              )
            else {
              await publish(entryOf(`s${at}`))
              ended.push(`s${at}`)
            }
          }
          await tick()
          const { isRevoked, oldRenewals } = await startReader()
          await removeLegacyRenewals(redis, oldRenewals, Date.now() + 120_000)
          const again = await startReader()
          for (const [at] of turns.entries()) {
            expect(isRevoked(`s${at}`)).toBe(ended.includes(`s${at}`))
            expect(again.isRevoked(`s${at}`)).toBe(ended.includes(`s${at}`))
          }
          expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(ended.length)
        },
      ),
      { numRuns: 15 },
    )
  })

  test('reads renewals that an older version wrote into the revocation stream; they are removed once every sidecar has read them', async () => {
    const old = { sessionId: 'old', until: nowS() + 60 }
    const id = await redis.xadd(REVOCATION_LOG_KEY, '*', ...streamRenewalFields(old))
    await redis.xadd(REVOCATION_LOG_KEY, '*', ...revocationFields(entryOf('ended')))
    const { renewals, oldRenewals, isRevoked } = await startReader()
    expect(renewals).toEqual([old])
    expect(oldRenewals).toEqual([id])
    await removeLegacyRenewals(redis, oldRenewals, Date.now())
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(2)
    await removeLegacyRenewals(redis, oldRenewals, Date.now() + 120_000)
    expect(await redis.xlen(REVOCATION_LOG_KEY)).toBe(1)
    expect(isRevoked('ended')).toBe(true)
  })
})

test('expired entries are trimmed from the stream, also while no session ends', async () => {
  const ancient = Date.now() - (LONGEST_LIFETIME + 60) * 1000
  // Redis drops a whole node of about a hundred at once.
  for (let at = 0; at < 200; at += 1)
    await redis.xadd(REVOCATION_LOG_KEY, `${ancient + at}-0`, ...revocationFields(entryOf(`s${at}`)))
  await redis.xadd(REVOCATION_LOG_KEY, '*', ...revocationFields(entryOf('live')))
  await startPublisher().tick()
  expect(await redis.xlen(REVOCATION_LOG_KEY)).toBeLessThanOrEqual(101)
  const { isRevoked } = await startReader()
  expect(isRevoked('live')).toBe(true)
})
