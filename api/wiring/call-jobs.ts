import { createIntervalJobs, type IntervalJobs } from '../../runtime/interval-jobs.ts'
import type { failureLogger } from '../../runtime/log.ts'
import type { CallTracker } from '../core/calls/call-tracker.ts'
import type { CallHistoryWriter } from '../core/calls/history-writer.ts'
import type { PbxLink } from '../core/calls/pbx-link.ts'
import type { SoftphoneCommands } from '../core/calls/softphone-commands.ts'
import type { WatchSupervisions } from '../core/calls/supervision/watch-supervisions.ts'
import type { Directory } from '../core/directory/directory.ts'
import type { UserStatuses } from '../core/presence/user-status.ts'

export interface CallJobsNeeds {
  directory: Pick<Directory, 'refresh'>
  statuses: Pick<UserStatuses, 'refresh'>
  softphones: Pick<SoftphoneCommands, 'refresh'>
  historyWriter: Pick<CallHistoryWriter, 'flush'>
  pbxLink: Pick<PbxLink, 'check'>
  tracker: Pick<CallTracker, 'tick'>
  supervisions: Pick<WatchSupervisions, 'checkSessions' | 'refresh'>
}

/** Starts what calls and presence do at intervals. */
export function startCallJobs(
  { directory, statuses, softphones, historyWriter, pbxLink, tracker, supervisions }: CallJobsNeeds,
  logFailure: ReturnType<typeof failureLogger>,
): IntervalJobs {
  const jobs = createIntervalJobs()
  jobs.start(
    3_000,
    directory.refresh,
    logFailure('directory_refresh', 'the directory of users could not be read'),
  )
  jobs.start(2_000, statuses.refresh, logFailure('user_status_refresh', 'user statuses could not be read'))
  jobs.start(
    1_000,
    softphones.refresh,
    logFailure('online_users_refresh', 'the users who are online could not be read'),
  )
  jobs.start(
    5_000,
    historyWriter.flush,
    logFailure('call_history_write', 'call history could not be written'),
  )
  jobs.start(
    1_000,
    async () => pbxLink.check(),
    logFailure('pbx_link_check', 'the link to the PBX could not be checked'),
  )
  jobs.start(
    1_000,
    async () => tracker.tick(),
    logFailure('call_tracker_tick', 'ended calls could not be removed from the tracker'),
  )
  jobs.start(
    250,
    async () => supervisions.checkSessions(),
    logFailure('supervision_session_check', 'the sessions of supervisors could not be checked'),
  )
  jobs.start(
    1_000,
    supervisions.refresh,
    logFailure('supervision_refresh', 'supervisors who listen to calls could not be checked'),
  )
  return jobs
}
