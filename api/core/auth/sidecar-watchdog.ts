import { type CutResult, SILENT_MS } from '../../../contract/stream-instances.ts'
import type { Logger } from '../../../runtime/log.ts'

export interface StreamKeeperNeeds {
  /** The Unix sockets of the sidecars. */
  sidecars: readonly string[]
  /** The Unix sockets on which the instances that hold streams take publishers. */
  instances: readonly string[]
  /** Whether a sidecar answers in time; never throws. */
  answers(sidecar: string): Promise<boolean>
  /** The generation that all streams of a sidecar belong to; undefined when it cannot be read. Never throws. */
  gateOf(sidecar: string): Promise<string | undefined>
  /** Ends every stream of a generation at one instance; never throws. */
  cut(instance: string, gate: string): Promise<CutResult>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/**
 * Cuts the streams of a sidecar that does not answer. Only the sidecar ends the streams of sessions that are
 * over, so a sidecar that is stopped or hangs would let them go on.
 */
export interface StreamKeeper {
  /** Call it every 250 ms; it does not wait for anything. */
  tick(): void
}

/** How long it may take until its first answer: it may start after the API. */
const FIRST_MS = 10_000
/** Two ticks that lie further apart mean that this process slept or was blocked, and heard nobody, in ms. */
const BLOCKED_MS = 1_000

interface Watched {
  sidecar: string
  /** When it last answered, or when counting began. */
  since: number
  hasAnswered: boolean
  isAsked: boolean
  isSilent: boolean
  /** What is under way or done in this silence, as `<instance> <gate>`. */
  cuts: Map<string, 'asked' | 'done'>
}

export function createStreamKeeper(needs: StreamKeeperNeeds): StreamKeeper {
  const { sidecars, instances, answers, gateOf, cut, monotonic, log } = needs
  let tickedAt = monotonic()
  const all = sidecars.map(
    (sidecar): Watched => ({
      sidecar,
      since: tickedAt,
      hasAnswered: false,
      isAsked: false,
      isSilent: false,
      cuts: new Map(),
    }),
  )

  const isOverdue = ({ since, hasAnswered }: Watched) =>
    monotonic() - since >= (hasAnswered ? SILENT_MS : FIRST_MS)

  async function ask(watched: Watched): Promise<void> {
    watched.isAsked = true
    const isThere = await answers(watched.sidecar)
    watched.isAsked = false
    if (!isThere) return
    startCounting(watched)
    watched.hasAnswered = true
    if (watched.isSilent) log.info({ event: 'sidecar_back', sidecar: watched.sidecar }, 'the sidecar answers')
    watched.isSilent = false
  }

  function startCounting(watched: Watched): void {
    watched.since = monotonic()
    watched.cuts = new Map()
  }

  async function cutOff(watched: Watched): Promise<void> {
    const gate = await gateOf(watched.sidecar)
    // It may have answered while its gate was read.
    if (!isOverdue(watched)) return
    if (!watched.isSilent) {
      watched.isSilent = true
      const fields = { event: 'sidecar_silent', sidecar: watched.sidecar, isGateKnown: gate !== undefined }
      log.error(fields, 'the sidecar does not answer: cutting its streams')
    }
    if (gate !== undefined) for (const instance of instances) void cutAt(watched, instance, gate)
  }

  /** Deletes until an instance answers once; a sidecar that stood still takes another name for what it lets in later. */
  async function cutAt({ cuts }: Watched, instance: string, gate: string): Promise<void> {
    const key = `${instance} ${gate}`
    if (cuts.has(key)) return
    cuts.set(key, 'asked')
    const result = await cut(instance, gate)
    if (result === 'cut') cuts.set(key, 'done')
    else cuts.delete(key)
  }

  return {
    tick() {
      const at = monotonic()
      if (at - tickedAt > BLOCKED_MS) all.forEach(startCounting)
      tickedAt = at
      for (const watched of all) {
        if (!watched.isAsked) void ask(watched)
        if (isOverdue(watched)) void cutOff(watched)
      }
    },
  }
}
