import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { RevocationCache } from '../contract/revocation-cache.ts'
import { isCohortId, SIDECAR_TIMEOUT_MS } from '../contract/sidecar-cohort.ts'
import { failureLogger, type Logger } from '../runtime/log.ts'
import type { Streams } from './streams.ts'

export interface StreamLifecycleNeeds {
  streams: Pick<Streams, 'cohort' | 'count' | 'cutAll' | 'cutCohort' | 'closeExpired'>
  revocations: Pick<RevocationCache, 'ageMs' | 'isRevoked' | 'prune'>
  /** All streams are cut when the revocation cache is older than this, in ms. */
  streamStalenessMs: number
  /** Stores the cohort, so that the next process of this sidecar can cut its streams: see `cohortFileOf`. */
  cohortFile: string
  /** Unix ms. */
  now: () => number
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

export interface StreamLifecycle {
  /** Cuts the streams that an earlier process admitted, as this one does not know them: their clients connect again. */
  cutEarlierStreams(): void
  /** Cuts all streams if revocations may have been missed. Call it every 250 ms. */
  cutStaleStreams(): void
  /** Cuts streams that have expired, and deletes revocations that have. Call it every second. */
  closeExpired(): void
}

/** A client that renews its token at the last moment is not cut because of a slow network; in seconds. */
const EXPIRY_TOLERANCE_S = 5
const PRUNE_BATCH_SIZE = 20_000

/** Decides when admitted streams have to end, besides by a revocation. */
export function createStreamLifecycle(needs: StreamLifecycleNeeds): StreamLifecycle {
  const { streams, revocations, streamStalenessMs, cohortFile, now, monotonic, log } = needs
  const logFailure = failureLogger(log)
  const saveCohort = () => writeFileSync(cohortFile, streams.cohort(), { mode: 0o600 })
  let checkedAt = monotonic()

  return {
    cutEarlierStreams() {
      const previousCohort = existsSync(cohortFile) ? readFileSync(cohortFile, 'latin1') : ''
      if (isCohortId(previousCohort)) {
        streams
          .cutCohort(previousCohort)
          .catch(
            logFailure.once('earlier_streams_cut', 'streams of an earlier sidecar process could not be cut'),
          )
      }
      saveCohort()
    },
    cutStaleStreams() {
      const checkAt = monotonic()
      // After such a stall the API has cut all streams of this cohort. Streams that are admitted from here on need
      // another cohort, or a late DELETE of the API would cut them too.
      const wasStalled = checkAt - checkedAt > SIDECAR_TIMEOUT_MS
      checkedAt = checkAt
      const isFresh = revocations.ageMs(checkAt) <= streamStalenessMs
      if (streams.count() === 0 || (isFresh && !wasStalled)) return
      if (wasStalled)
        log.error(
          { event: 'sidecar_stalled' },
          'the sidecar stood still for more than 2 s: cutting all streams',
        )
      else
        log.error({ event: 'revocations_stale' }, 'revocations are unknown for too long: cutting all streams')
      streams.cutAll().catch(logFailure.once('streams_cut', 'streams could not be cut'))
      saveCohort()
    },
    closeExpired() {
      const nowS = now() / 1000
      revocations.prune(nowS, PRUNE_BATCH_SIZE)
      streams.closeExpired(
        (claims) =>
          claims.exp + EXPIRY_TOLERANCE_S <= nowS ||
          // A session that has ended has no tolerance: no token can renew it.
          (claims.sxp ?? Number.POSITIVE_INFINITY) <= nowS ||
          revocations.isRevoked(claims),
      )
    },
  }
}
