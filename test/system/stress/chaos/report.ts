import { quantile } from '../../security/legitimate-clients.ts'
import type { LogoutSessions } from './logout-sessions.ts'
import type { ProcessExits } from './process-exits.ts'
import type { ProcessFailure } from './process-failures.ts'
import type { StreamSubscribers } from './stream-subscribers.ts'

export interface ChaosMeasurements {
  followers: StreamSubscribers
  doomed: LogoutSessions
  deaths: ProcessExits
  disturbances: readonly ProcessFailure[]
}

/** What a run measured, for a person to read. */
export function chaosReport({ followers, doomed, deaths, disturbances }: ChaosMeasurements) {
  const { streamEnds } = doomed
  const lengths = (what: ProcessFailure['what']) =>
    spread(
      disturbances
        .filter((one) => one.what === what && Number.isFinite(one.to))
        .map(({ from, to }) => to - from),
    )
  /** How long after its session's logout a stream ended that was read all the time, by what was going on. */
  const cutsWhile = (fits: (what: ProcessFailure['what'] | undefined) => boolean) =>
    spread(
      streamEnds.flatMap(({ reader, at, endedAfterMs }) => {
        const { what } = disturbances.find(({ from, to }) => from < at + 1_500 && at < to) ?? {}
        const isCounted = reader === 'reads' && endedAfterMs !== undefined && fits(what)
        return isCounted ? [Math.max(0, endedAfterMs)] : []
      }),
    )
  return {
    deaths: counted(deaths.all.map(({ part, cause, by }) => `${part}, ${cause}, by ${by}`)),
    front: deaths.frontChanges,
    stops: counted(disturbances.filter(({ stoppedMs }) => stoppedMs).map(({ what }) => what)),
    instanceBackMs: lengths('kill instance'),
    instanceBackAfterStopMs: lengths('stop instance'),
    relayBackMs: lengths('kill relay'),
    sidecarBackMs: lengths('kill sidecar'),
    snapshots: followers.snapshots(),
    losses: followers.losses.length,
    gapsMs: spread(followers.gaps.map(({ from, to }) => to - from)),
    sessions: doomed.sessions(),
    cutMs: cutsWhile((what) => what === undefined || what === 'kill instance'),
    cutWhileSidecarIsAwayMs: cutsWhile((what) => what === 'stop sidecar' || what === 'kill sidecar'),
    cutWhileOthersAreStoppedMs: cutsWhile(
      (what) => what === 'stop front worker' || what === 'stop instance' || what === 'stop relay',
    ),
    newestAfterLogoutMs: spread(streamEnds.map(({ newestAfterMs }) => newestAfterMs).filter(Number.isFinite)),
    notEnded: counted(
      streamEnds.filter(({ endedAfterMs }) => endedAfterMs === undefined).map(({ reader }) => reader),
    ),
    mediaOfDead: Object.fromEntries(doomed.mediaStatuses),
  }
}

/** Half, most and the worst of some times, in ms. */
const spread = (all: readonly number[]) =>
  all.length === 0
    ? 'none'
    : {
        n: all.length,
        p50: Math.round(quantile(all, 0.5)),
        p90: Math.round(quantile(all, 0.9)),
        p99: Math.round(quantile(all, 0.99)),
        // An hour has more of them than a call has arguments.
        max: Math.round(all.reduce((max, one) => Math.max(max, one), 0)),
      }

function counted(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
