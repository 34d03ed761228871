import type { Call } from './call.ts'
import type { TrackedChannel } from './channel-registry.ts'
import type { OriginateResult } from './pbx-events.ts'

/** The events of one call, and the call derived from them. */
export interface TrackedCall {
  readonly id: string
  readonly channels: Set<TrackedChannel>
  originate: OriginateResult | undefined
  updatedAt: number
  /** It counts as answered by the PBX itself, as no event came for a while. */
  isQuiet: boolean
  /** The current call, unless `stale`. */
  call: Call | undefined
  stale: boolean
  published: Call | undefined
  /** Unix ms; undefined while it is live. */
  endedSince: number | undefined
}

export const newTrackedCall = (id: string, now: number): TrackedCall => ({
  id,
  channels: new Set(),
  originate: undefined,
  updatedAt: now,
  isQuiet: false,
  call: undefined,
  stale: true,
  published: undefined,
  endedSince: now,
})

/**
 * All numbers that its channels were sent to, in this call and in the others that they were in.
 * @param isThere whether a channel is in this call now: one that left brings no numbers of where it went
 */
export const numbersOf = (
  channels: Iterable<TrackedChannel>,
  trackedCalls: ReadonlyMap<string, TrackedCall>,
  isThere: (channel: TrackedChannel) => boolean,
): Set<string> => {
  const calls = new Set([...channels].filter(isThere).flatMap((one) => [...one.calls.keys()]))
  const all = [...calls].flatMap((id) => [...(trackedCalls.get(id)?.channels ?? [])])
  return new Set([...channels, ...all].flatMap(({ reached }) => [...reached]))
}

/** A call without a phone so far has not ended while any channel is in it. */
export function hasEnded({ id, call, channels }: TrackedCall): boolean {
  if (call !== undefined) return call.state === 'ended'
  return [...channels].every(({ ended, attributes }) => ended !== undefined || attributes.callId !== id)
}

/**
 * It was reported as a call, and then all its channels turned out to belong to others: listeners must be
 * notified of an end.
 */
export function closeOrphaned(published: Call, { channels }: TrackedCall): Call {
  if (published.state === 'ended') return published
  const endedAt = Math.max(published.startedAt, ...[...channels].map(({ lastSeenAt }) => lastSeenAt))
  const legs = published.legs.map((leg) => ({ ...leg, state: 'ended' as const }))
  return { ...published, state: 'ended', legs, endedAt, outcome: 'cancelled', mergedIntoAnother: true }
}
