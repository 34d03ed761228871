import type { CallQuality } from './phone-types.ts'

/** Totals of one call's audio so far. */
export interface MediaTotals {
  received: number
  lost: number
}

/** The members used of the browser's reports (W3C webrtc-stats). */
interface StatsEntry {
  type: string
  kind?: string
  packetsReceived?: number
  packetsLost?: number
  jitter?: number
  roundTripTime?: number
  nominated?: boolean
  state?: string
  currentRoundTripTime?: number
}

/**
 * Reads the quality of the time since the last report.
 * @param before the totals of the last report
 * @returns undefined without incoming audio
 */
export function readQuality(
  entries: Iterable<unknown>,
  before: MediaTotals | undefined,
): { quality: CallQuality; totals: MediaTotals } | undefined {
  // Each entry is an object with a `type`: RTCStats in W3C webrtc-stats.
  const all = [...entries] as StatsEntry[]
  const inbound = all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')
  if (inbound === undefined) return undefined
  const totals = { received: inbound.packetsReceived ?? 0, lost: inbound.packetsLost ?? 0 }
  const received = Math.max(0, totals.received - (before?.received ?? 0))
  // Late packets lower the total of those lost.
  const lost = Math.max(0, totals.lost - (before?.lost ?? 0))
  const remote = all.find(
    ({ type, roundTripTime }) => type === 'remote-inbound-rtp' && roundTripTime !== undefined,
  )
  const pair = all.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
  )
  const rtt = remote?.roundTripTime ?? pair?.currentRoundTripTime
  return {
    totals,
    quality: {
      lossRatio: received + lost === 0 ? 0 : lost / (received + lost),
      jitterMs: Math.round((inbound.jitter ?? 0) * 1_000),
      rttMs: rtt === undefined ? undefined : Math.round(rtt * 1_000),
    },
  }
}
