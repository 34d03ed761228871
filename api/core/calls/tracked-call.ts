import type { Call } from './call.ts'
import type { TrackedChannel } from './channel-registry.ts'
import type { OriginateResult } from './pbx-events.ts'

/** What was heard of one call, and what was made of it. */
export interface TrackedCall {
  readonly id: string
  readonly channels: Set<TrackedChannel>
  originate: OriginateResult | undefined
  updatedAt: number
  /** It was taken for answered by the PBX itself. */
  isQuiet: boolean
  /** As it is now, unless `stale`. */
  call: Call | undefined
  stale: boolean
  published: Call | undefined
  /** Not live since, unix ms. */
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

/** A call that shows no phone yet is not over while any channel is in it. */
export function hasEnded({ id, call, channels }: TrackedCall): boolean {
  if (call !== undefined) return call.state === 'ended'
  return [...channels].every(({ ended, attributes }) => ended !== undefined || attributes.callId !== id)
}

/** It was told as a call, and all its channels turned out to belong elsewhere: its listeners are owed an end. */
export function closeOrphaned(published: Call, { channels }: TrackedCall): Call {
  if (published.state === 'ended') return published
  const endedAt = Math.max(published.startedAt, ...[...channels].map(({ lastSeenAt }) => lastSeenAt))
  const legs = published.legs.map((leg) => ({ ...leg, state: 'ended' as const }))
  return { ...published, state: 'ended', legs, endedAt, outcome: 'cancelled', mergedIntoAnother: true }
}
