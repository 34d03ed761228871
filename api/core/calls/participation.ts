import type { Leg } from './call.ts'
import type { PartEnd } from './call-outcome.ts'
import type { KnownChannel } from './channel-registry.ts'
import type { PbxTime } from './pbx-events.ts'

/** One channel's time in one call. */
export interface Part extends PartEnd {
  channel: KnownChannel
  bornAt: PbxTime
  /** When it went up in this call; a channel that came from another call was up before. */
  upAt: PbxTime | undefined
  /** When it hung up or went on in another call; undefined while it is here. */
  leftAt: PbxTime | undefined
}

/** @param now the call it is in now, which may be another */
export function partOf(channel: KnownChannel, callId: string, now: string | undefined): Part {
  const { known, gone, firstHeard, upAt, calls } = channel
  const moved = now !== callId
  const leftAt = moved ? calls.get(callId)?.last : gone?.at
  const wasUp = upAt !== undefined && (!moved || leftAt === undefined || upAt <= leftAt)
  return {
    channel,
    bornAt: known.bornAt ?? firstHeard,
    upAt: wasUp ? Math.max(upAt, cameAt(channel, callId)) : undefined,
    leftAt,
    wasUp,
    dialEnd: channel.dialEnd?.end,
    cause: moved ? undefined : gone?.cause,
    moved,
  }
}

/** It came when it was last heard to be in another call: its next word, from this one, may be its last. */
function cameAt({ calls, firstHeard }: KnownChannel, callId: string): PbxTime {
  const first = calls.get(callId)?.first ?? Number.POSITIVE_INFINITY
  const before = [...calls].flatMap(([id, { last }]) => (id !== callId && last < first ? last : []))
  return before.length > 0 ? Math.max(...before) : Math.min(first, firstHeard)
}

/** The oldest first, and always the same order. */
export const byAge = (a: Part, b: Part) =>
  a.bornAt - b.bornAt || (a.channel.id < b.channel.id ? -1 : Number(a.channel.id > b.channel.id))

export const isLive = (part: Part) => part.leftAt === undefined

/** @param talkOf which talk a bridge is part of */
export function legOf(part: Part, role: Leg['role'], talkOf: (bridge: string) => string): Leg {
  const { id, known } = part.channel
  return {
    channelId: id,
    channelName: known.name ?? '',
    endpoint: known.endpoint,
    number: known.number ?? '',
    name: known.callerName ?? '',
    state: stateOf(part),
    holds: isLive(part) && (known.holds ?? false),
    parkedAt: isLive(part) ? known.parkedAt : undefined,
    bridge: isLive(part) && known.bridge !== undefined ? talkOf(known.bridge) : undefined,
    role,
    answeredAt: part.upAt,
  }
}

function stateOf(part: Part): Leg['state'] {
  if (!isLive(part)) return 'ended'
  const { state } = part.channel.known
  // One that was only just made is about to be rung.
  return state === 'up' || state === 'dialling' ? state : 'ringing'
}
