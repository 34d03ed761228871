import type { Leg } from './call.ts'
import type { KnownChannel } from './channel-book.ts'
import type { PbxTime } from './facts.ts'
import type { PartEnd } from './outcome.ts'

/** One channel's time in one call. */
export interface Part extends PartEnd {
  channel: KnownChannel
  bornAt: PbxTime
  /** When it went up in this call; a channel that came from another call was up before. */
  upAt: PbxTime | undefined
  /** When it hung up or went on in another call; undefined while it is here. */
  leftAt: PbxTime | undefined
}

export function partOf(channel: KnownChannel, callId: string): Part {
  const { known, gone, firstHeard } = channel
  const moved = known.callId !== callId
  const leftAt = moved ? movedAt(channel, callId) : gone?.at
  const joinedAt = channel.calls.get(callId)?.first ?? firstHeard
  const wasUp = channel.upAt !== undefined && (!moved || leftAt === undefined || channel.upAt <= leftAt)
  return {
    channel,
    bornAt: known.bornAt ?? firstHeard,
    upAt: wasUp && channel.upAt !== undefined ? Math.max(channel.upAt, joinedAt) : undefined,
    leftAt,
    wasUp,
    dialEnd: channel.dialEnd?.end,
    cause: moved ? undefined : gone?.cause,
    moved,
  }
}

/** The first moment it was heard to be in another call than this, after it was last heard to be in this one. */
function movedAt({ calls }: KnownChannel, callId: string): PbxTime {
  const last = calls.get(callId)?.last ?? 0
  let at = Number.POSITIVE_INFINITY
  for (const [id, { first }] of calls) if (id !== callId && first >= last) at = Math.min(at, first)
  return at === Number.POSITIVE_INFINITY ? last : at
}

/** The oldest first, and always the same order. */
export const byAge = (a: Part, b: Part) =>
  a.bornAt - b.bornAt || (a.channel.id < b.channel.id ? -1 : Number(a.channel.id > b.channel.id))

export const isLive = (part: Part) => part.leftAt === undefined

export function legOf(part: Part, role: Leg['role']): Leg {
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
    bridge: isLive(part) ? known.bridge : undefined,
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
