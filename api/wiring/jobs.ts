import { createIntervalJobs, type IntervalJobs } from '../../runtime/interval-jobs.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import { DAY_S, toUnixSeconds } from '../../runtime/time.ts'
import type { Config } from '../config/config.ts'
import { purgeSecurityEvents } from '../core/auth/security-events.ts'
import { createSidecarWatchdog } from '../core/auth/sidecar-watchdog.ts'
import { purgeHistory } from '../core/calls/purge-history.ts'
import type { SnapshotStore } from '../core/messaging/snapshots.ts'
import type { NchanPublisher } from '../nchan/publisher.ts'
import type { StreamControl } from '../nchan/stream-control.ts'
import { createPurgeStore } from '../store/sql/calls/purge-history.ts'
import type { Database } from '../store/sql/database.ts'
import type { AuthModule } from './auth.ts'

export interface JobsNeeds {
  config: Config
  db: Database
  auth: Pick<
    AuthModule,
    'revocationCache' | 'revocationPublisher' | 'securityEvents' | 'securityEventRecorder'
  >
  streamControl: StreamControl
  nchanPublisher: NchanPublisher
  snapshotStore: SnapshotStore
  log: Logger
  now: () => number
  monotonic: () => number
}

/** Starts what the API does at intervals besides the jobs of its modules. */
export function startJobs(needs: JobsNeeds): IntervalJobs {
  const { config, auth, streamControl, nchanPublisher, snapshotStore, log, now, monotonic } = needs
  const { sidecarSockets: sidecars, nginxSockets: instances, historyDays } = config
  // No other process ends the streams of a sidecar that does not answer.
  const watchdog = createSidecarWatchdog({ sidecars, instances, ...streamControl, monotonic, log })

  const logFailure = failureLogger(log)
  const jobs = createIntervalJobs()
  jobs.start(
    250,
    async () => watchdog.tick(),
    logFailure('sidecar_watchdog', 'the sidecars cannot be watched'),
  )
  jobs.start(
    250,
    () => auth.revocationPublisher.tick(),
    logFailure('revocation_publish', 'revocations could not be published'),
  )
  jobs.start(
    500,
    () => nchanPublisher.republishMissing(snapshotStore),
    logFailure('snapshot_republish', 'snapshots could not be published again'),
  )
  jobs.start(
    1_000,
    async () => auth.revocationCache.prune(now() / 1000, 20_000),
    logFailure('revocation_cache_prune', 'expired revocations could not be removed from the cache'),
  )
  jobs.start(
    1_000,
    auth.securityEventRecorder.flush,
    logFailure('security_event_write', 'security events could not be written to SQL'),
  )
  const purgeEvents = async () => {
    const removed = await purgeSecurityEvents(
      auth.securityEvents,
      toUnixSeconds(now()) - config.securityLogDays * DAY_S,
    )
    if (removed > 0)
      log.info({ event: 'security_events_purged', removed }, 'old security events were deleted')
  }
  jobs.start(
    3_600_000,
    purgeEvents,
    logFailure('security_event_purge', 'old security events could not be deleted'),
  )
  if (historyDays !== undefined) {
    const store = createPurgeStore(needs.db)
    const purge = async () => {
      const removed = await purgeHistory(store, toUnixSeconds(now()) - historyDays * DAY_S)
      if (removed.calls > 0) log.info({ event: 'history_purged', ...removed }, 'old calls were deleted')
    }
    jobs.start(3_600_000, purge, logFailure('call_history_purge', 'old calls could not be deleted'))
  }
  return jobs
}
