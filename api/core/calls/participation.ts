import type { Leg } from './call.ts'
import type { ParticipationEnd } from './call-outcome.ts'
import type { TrackedChannel } from './channel-registry.ts'
import type { PbxTime } from './pbx-events.ts'

/** One channel's part in one call. */
export interface Participation extends ParticipationEnd {
  channel: TrackedChannel
  createdAt: PbxTime
  /** When it went up in this call; a channel that came from another call was up before. */
  upAt: PbxTime | undefined
  /** When it hung up or went on in another call; undefined while it is in this one. */
  leftAt: PbxTime | undefined
}

/** @param currentCallId the call that the channel is in now, which may be another */
export function toParticipation(
  channel: TrackedChannel,
  callId: string,
  currentCallId: string | undefined,
): Participation {
  const { attributes, ended, firstSeenAt, upAt, calls } = channel
  const movedToAnotherCall = currentCallId !== callId
  const leftAt = movedToAnotherCall ? calls.get(callId)?.last : ended?.at
  const wasUp = upAt !== undefined && (!movedToAnotherCall || leftAt === undefined || upAt <= leftAt)
  return {
    channel,
    createdAt: attributes.createdAt ?? firstSeenAt,
    upAt: wasUp ? Math.max(upAt, joinedAt(channel, callId)) : undefined,
    leftAt,
    wasUp,
    dialEnd: channel.dialEnd?.end,
    cause: movedToAnotherCall ? undefined : ended?.cause,
    movedToAnotherCall,
  }
}

/**
 * The channel joined when it was last seen in another call: its next event, the first from this one, may be
 * its last.
 */
function joinedAt({ calls, firstSeenAt }: TrackedChannel, callId: string): PbxTime {
  const first = calls.get(callId)?.first ?? Number.POSITIVE_INFINITY
  const before = [...calls].flatMap(([id, { last }]) => (id !== callId && last < first ? last : []))
  return before.length > 0 ? Math.max(...before) : Math.min(first, firstSeenAt)
}

/** The oldest first, and always the same order. */
export const byCreation = (a: Participation, b: Participation) =>
  a.createdAt - b.createdAt || (a.channel.id < b.channel.id ? -1 : Number(a.channel.id > b.channel.id))

export const isLive = (part: Participation) => part.leftAt === undefined

/** @param conversationOf the conversation that a bridge is part of */
export function toLeg(
  part: Participation,
  role: Leg['role'],
  conversationOf: (bridge: string) => string,
): Leg {
  const { id, attributes } = part.channel
  return {
    channelId: id,
    channelName: attributes.name ?? '',
    endpoint: attributes.endpoint,
    number: attributes.number ?? '',
    name: attributes.callerName ?? '',
    state: stateOf(part),
    holds: isLive(part) && (attributes.holds ?? false),
    parkingSpace: isLive(part) ? attributes.parkingSpace : undefined,
    ...(attributes.transferredTo !== undefined && { transferred: true as const }),
    bridge: isLive(part) && attributes.bridge !== undefined ? conversationOf(attributes.bridge) : undefined,
    role,
    answeredAt: part.upAt,
    ...(isRefused(part) && { refused: true as const }),
  }
}

/** The phone rang, and then answered that it is busy or declines: a phone that does so by itself does not ring. */
const isRefused = ({ channel, cause }: Participation) =>
  channel.attributes.state === 'ringing' && (cause === USER_BUSY || cause === CALL_REJECTED)

/** Q.850 causes. */
const USER_BUSY = 17
const CALL_REJECTED = 21

function stateOf(part: Participation): Leg['state'] {
  if (!isLive(part)) return 'ended'
  const { state } = part.channel.attributes
  // A channel that was just created is about to ring.
  return state === 'up' || state === 'dialling' ? state : 'ringing'
}
