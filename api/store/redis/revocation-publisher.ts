import type { Redis } from 'ioredis'
import type { RevocationCache } from '../../../contract/revocation-cache.ts'
import {
  Epoch,
  REVOCATION_EPOCH_KEY,
  REVOCATION_LOG_KEY,
  revocationFields,
  serviceTokenFields,
} from '../../../contract/revocation-entries.ts'
import type { RevocationLogReader } from '../../../contract/revocation-log.ts'
import { serviceSubject } from '../../../contract/service-token.ts'
import type { Logger } from '../../../runtime/log.ts'
import { isBefore, lastIdOf } from '../../../runtime/redis-stream.ts'
import { retry } from '../../../runtime/retry.ts'
import { DAY_S, toUnixSeconds } from '../../../runtime/time.ts'
import type {
  PendingRevocations,
  RevocationPublisher,
  RevocationRecord,
  RevocationStore,
} from '../../core/auth/revocations.ts'
import type { AnnouncedServiceToken, ServiceTokenStore } from '../../core/auth/service-token-store.ts'
import { newId } from '../../core/auth/tokens.ts'
import { Refusal } from '../../core/refusal.ts'

export interface RevocationStreamPublisher extends RevocationPublisher, PendingRevocations {
  /** Publishes pending entries, and rebuilds the Redis stream after it lost data. Call it often. */
  tick(): Promise<void>
  /** Adds service tokens to the stream that were not announced yet. */
  announceServiceTokens(): Promise<void>
}

export interface RevocationStreamPublisherNeeds {
  redis: Redis
  store: RevocationStore
  serviceTokens: Pick<ServiceTokenStore, 'listAnnounceable' | 'markAnnounced' | 'purge'>
  revocationCache: Pick<RevocationCache, 'add'>
  logReader: Pick<RevocationLogReader, 'state'>
  log: Logger
  now: () => number
  /** The longest lifetime of a token, in seconds: older entries are trimmed. */
  longestLifetime: number
}

const REBUILD_LOCK_KEY = '{hookswitch:revocation}:mending'
const PAGE = 1_000
const PUBLISH_TIMEOUT_MS = 2_000
/** How long an administrator sees a service token that has expired, in seconds. */
const EXPIRED_TOKENS_S = 90 * DAY_S

/** Replaces the epoch only if it is still the one that was read. */
const REPLACE_EPOCH = `
local old = redis.call('GET', KEYS[1])
if (old or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`

/**
 * The API's side of the revocation stream. Entries are first written to SQL, the durable truth; the Redis stream
 * distributes them. After the stream lost data it is filled from SQL and then gets a new epoch, so that no process
 * trusts an incomplete stream and no store failure ends a session.
 */
export function createRevocationStreamPublisher(
  needs: RevocationStreamPublisherNeeds,
): RevocationStreamPublisher {
  const { redis, store, serviceTokens, revocationCache, logReader, log, now, longestLifetime } = needs
  let verified: string | undefined
  let purgedAtMs = 0

  /** All tokens that an older entry concerns have expired. */
  const oldestNeeded = () => String(now() - longestLifetime * 1000)

  /** @returns the id of the last entry written */
  const appendToStream = (entries: readonly RevocationRecord[]) =>
    appendFields(entries.map((entry) => revocationFields(entry)))

  async function appendFields(entries: readonly string[][]): Promise<string> {
    const oldest = oldestNeeded()
    const batch = redis.pipeline()
    for (const fields of entries) batch.xadd(REVOCATION_LOG_KEY, 'MINID', '~', oldest, '*', ...fields)
    const replies = (await batch.exec()) ?? []
    for (const [err] of replies) if (err !== null) throw err
    return String(replies.at(-1)?.[1] ?? '0-0')
  }

  async function publishAll(entries: readonly RevocationRecord[]): Promise<void> {
    const logPosition = await appendToStream(entries)
    await store.markPublished(
      entries.map((entry) => entry.id),
      logPosition,
    )
  }

  /** @returns how many there were */
  async function publishAllPending(): Promise<number> {
    for (let count = 0; ; ) {
      const waiting = await store.unpublished(PAGE)
      count += waiting.length
      for (const entry of waiting) revocationCache.add(entry)
      if (waiting.length > 0) await publishAll(waiting)
      if (waiting.length < PAGE) return count
    }
  }

  /**
   * Adds service tokens that were last announced before `beforeS`. They may outlive the entries of the stream, so that
   * each is announced again before it is trimmed. So is the revocation of one, after the token: otherwise a token that
   * was announced while it was being revoked could outlive its revocation.
   * @returns the id of the last entry written
   */
  async function announceTokens(beforeS: number): Promise<string | undefined> {
    let logPosition: string | undefined
    for (let afterId: string | undefined; ; ) {
      const page = await serviceTokens.listAnnounceable(toUnixSeconds(now()), {
        ...{ beforeS, limit: PAGE },
        ...(afterId && { afterId }),
      })
      if (page.length === 0) return logPosition
      logPosition = await appendFields(page.map(announcementOf))
      await serviceTokens.markAnnounced(
        page.map(({ id }) => id),
        toUnixSeconds(now()),
      )
      afterId = page.at(-1)?.id
    }
  }

  async function announceDueTokens(beforeS: number): Promise<void> {
    const logPosition = await announceTokens(beforeS)
    if (logPosition !== undefined) await store.markPublished([], logPosition)
  }

  /** Redis may be restarting: a short wait avoids a 503. */
  async function withRetry(operation: () => Promise<unknown>): Promise<void> {
    const deadline = now() + PUBLISH_TIMEOUT_MS
    await retry(operation, { delayMs: () => (now() > deadline ? undefined : 200) }).catch((cause) => {
      throw new Refusal('unavailable', { retryAfter: 2, cause })
    })
  }

  async function verifyStream(): Promise<void> {
    const { epoch: read, staleReason } = logReader.state()
    const needsRebuild = staleReason === 'lost' || staleReason === 'older'
    if (!needsRebuild && (read === undefined || read.id === verified)) return

    const raw = await redis.get(REVOCATION_EPOCH_KEY)
    const epoch = raw === null ? undefined : Epoch.parse(JSON.parse(raw))
    const known = await store.streamState()
    const top = lastIdOf((await redis.pipeline().xinfo('STREAM', REVOCATION_LOG_KEY).exec())?.[0])
    const isComplete = known !== undefined && known.epoch === epoch?.id && !isBefore(top, known.logPosition)
    if (epoch !== undefined && ((isComplete && staleReason !== 'older') || known === undefined)) {
      // The stream is complete, or older than this database.
      if (known === undefined)
        await store.saveStreamState({ epoch: epoch.id, cutoff: epoch.cutoff, logPosition: top })
      verified = epoch.id
      return
    }
    if ((await redis.set(REBUILD_LOCK_KEY, '1', 'PX', 30_000, 'NX')) !== 'OK') return
    try {
      await rebuildStream(raw ?? '', known?.cutoff)
    } finally {
      await redis.del(REBUILD_LOCK_KEY).catch(() => {})
    }
  }

  async function rebuildStream(oldEpoch: string, knownCutoff: number | undefined): Promise<void> {
    let logPosition = '0-0'
    let count = 0
    for (let afterId: string | undefined; ; ) {
      const page = await store.listUnexpired(toUnixSeconds(now()), {
        limit: PAGE,
        ...(afterId && { afterId }),
      })
      if (page.length === 0) break
      logPosition = await appendToStream(page)
      afterId = page.at(-1)?.id
      count += page.length
    }
    const announcedTo = await announceTokens(Number.MAX_SAFE_INTEGER)
    if (announcedTo !== undefined) logPosition = announcedTo
    // If SQL has no earlier state, every token issued up to this second is refused.
    const cutoff = knownCutoff ?? toUnixSeconds(now()) + 1
    const epoch: Epoch = { id: newId(), cutoff }
    await store.saveStreamState({ epoch: epoch.id, cutoff, logPosition })
    const renewed = await redis.eval(REPLACE_EPOCH, 1, REVOCATION_EPOCH_KEY, oldEpoch, JSON.stringify(epoch))
    if (renewed === 1) {
      verified = epoch.id
      log.warn(
        { event: 'revocation_epoch', epoch: epoch.id, entries: count },
        'the revocation log has a new epoch',
      )
    }
  }

  return {
    async publish(entry) {
      revocationCache.add(entry)
      await withRetry(() => publishAll([entry]))
    },
    announceServiceTokens: () => announceDueTokens(1),
    publishPending: () => withRetry(publishAllPending),
    async tick() {
      if (redis.status !== 'ready') return
      await verifyStream()
      const entries = await publishAllPending()
      await announceDueTokens(toUnixSeconds(now()) - Math.ceil(longestLifetime / 2))
      if (entries > 0) log.info({ event: 'revocations_announced', entries }, 'published pending revocations')
      if (now() - purgedAtMs > 3_600_000) {
        purgedAtMs = now()
        await store.purge(toUnixSeconds(now()))
        await serviceTokens.purge(toUnixSeconds(now()) - EXPIRED_TOKENS_S)
        // Publishing trims too, but only while sessions end.
        await redis.xtrim(REVOCATION_LOG_KEY, 'MINID', '~', oldestNeeded())
      }
    },
  }
}

const announcementOf = ({ isRevoked, ...token }: AnnouncedServiceToken): string[] =>
  isRevoked
    ? revocationFields({ kind: 'sid', key: serviceSubject(token.id), generation: 0, until: token.expiresAt })
    : serviceTokenFields(token)
