import type { Call } from './call.ts'
import type { KnownChannel } from './channel-registry.ts'
import type { OriginateFact } from './pbx-events.ts'

/** What was heard of one call, and what was made of it. */
export interface Entry {
  readonly id: string
  readonly channels: Set<KnownChannel>
  originate: OriginateFact | undefined
  heardAt: number
  /** It was taken for answered by the PBX itself. */
  settled: boolean
  /** As it is now, unless `stale`. */
  call: Call | undefined
  stale: boolean
  told: Call | undefined
  /** Not live since, unix ms. */
  overSince: number | undefined
}

export const newEntry = (id: string, now: number): Entry => ({
  id,
  channels: new Set(),
  originate: undefined,
  heardAt: now,
  settled: false,
  call: undefined,
  stale: true,
  told: undefined,
  overSince: now,
})

/** A call that shows no phone yet is not over while any channel is in it. */
export function isOver({ id, call, channels }: Entry): boolean {
  if (call !== undefined) return call.state === 'ended'
  return [...channels].every(({ gone, known }) => gone !== undefined || known.callId !== id)
}

/** It was told as a call, and all its channels turned out to belong elsewhere: its listeners are owed an end. */
export function passed(told: Call, { channels }: Entry): Call {
  if (told.state === 'ended') return told
  const endedAt = Math.max(told.startedAt, ...[...channels].map(({ lastHeard }) => lastHeard))
  const legs = told.legs.map((leg) => ({ ...leg, state: 'ended' as const }))
  return { ...told, state: 'ended', legs, endedAt, outcome: 'cancelled', wentOn: true }
}
