import { SIDECAR_TIMEOUT_MS } from '../../../contract/sidecar-cohort.ts'
import type { CutResult } from '../../../contract/stream-end.ts'
import type { Logger } from '../../../runtime/log.ts'

export interface SidecarWatchdogNeeds {
  /** The Unix sockets of the sidecars. */
  sidecars: readonly string[]
  /** The Unix sockets on which the stream instances accept publishers. */
  instances: readonly string[]
  /** Whether a sidecar answers in time; never throws. */
  isResponding(sidecar: string): Promise<boolean>
  /** The cohort of all streams of a sidecar; undefined when it cannot be read. Never throws. */
  cohortOf(sidecar: string): Promise<string | undefined>
  /** Ends every stream of a cohort at one instance; never throws. */
  closeStreams(instance: string, cohort: string): Promise<CutResult>
  /** Monotonic clock, in ms. */
  monotonic: () => number
  log: Logger
}

/**
 * Closes the streams of a sidecar that does not answer. Only the sidecar closes the streams of ended sessions, so they
 * would stay open while it is stopped or hangs.
 */
export interface SidecarWatchdog {
  /** Call it every 250 ms; it does not block. */
  tick(): void
}

/** How long a sidecar may take until its first answer: it may start after the API. */
const STARTUP_GRACE_MS = 10_000
/** If two ticks are further apart, in ms, this process was suspended or blocked and could receive no answers. */
const BLOCKED_MS = 1_000

interface WatchedSidecar {
  sidecar: string
  /** When it last answered, or when the watch began. */
  since: number
  hasAnswered: boolean
  isProbing: boolean
  isReported: boolean
  /** Requests to close its streams, since it last answered, by `<instance> <cohort>`. */
  cuts: Map<string, 'asked' | 'done'>
}

export function createSidecarWatchdog(needs: SidecarWatchdogNeeds): SidecarWatchdog {
  const { sidecars, instances, isResponding, cohortOf, closeStreams, monotonic, log } = needs
  let tickedAt = monotonic()
  const all = sidecars.map(
    (sidecar): WatchedSidecar => ({
      sidecar,
      since: tickedAt,
      hasAnswered: false,
      isProbing: false,
      isReported: false,
      cuts: new Map(),
    }),
  )

  const isOverdue = ({ since, hasAnswered }: WatchedSidecar) =>
    monotonic() - since >= (hasAnswered ? SIDECAR_TIMEOUT_MS : STARTUP_GRACE_MS)

  async function probe(watched: WatchedSidecar): Promise<void> {
    watched.isProbing = true
    const isUp = await isResponding(watched.sidecar)
    watched.isProbing = false
    if (!isUp) return
    resetTimer(watched)
    watched.hasAnswered = true
    if (watched.isReported)
      log.info({ event: 'sidecar_back', sidecar: watched.sidecar }, 'the sidecar answers')
    watched.isReported = false
  }

  function resetTimer(watched: WatchedSidecar): void {
    watched.since = monotonic()
    watched.cuts = new Map()
  }

  async function closeAllStreams(watched: WatchedSidecar): Promise<void> {
    const cohort = await cohortOf(watched.sidecar)
    // It may have answered while its cohort was read.
    if (!isOverdue(watched)) return
    if (!watched.isReported) {
      watched.isReported = true
      const fields = {
        event: 'sidecar_silent',
        sidecar: watched.sidecar,
        isCohortKnown: cohort !== undefined,
      }
      log.error(fields, 'the sidecar does not answer: closing its streams')
    }
    if (cohort !== undefined) for (const instance of instances) void closeStreamsAt(watched, instance, cohort)
  }

  /**
   * Is called with each tick: asks an instance again until it confirms. Streams that a suspended sidecar admits later
   * have another cohort, which this does not close.
   */
  async function closeStreamsAt({ cuts }: WatchedSidecar, instance: string, cohort: string): Promise<void> {
    const key = `${instance} ${cohort}`
    if (cuts.has(key)) return
    cuts.set(key, 'asked')
    const result = await closeStreams(instance, cohort)
    if (result === 'cut') cuts.set(key, 'done')
    else cuts.delete(key)
  }

  return {
    tick() {
      const at = monotonic()
      if (at - tickedAt > BLOCKED_MS) all.forEach(resetTimer)
      tickedAt = at
      for (const watched of all) {
        if (!watched.isProbing) void probe(watched)
        if (isOverdue(watched)) void closeAllStreams(watched)
      }
    },
  }
}
