import type { Call, CallDirection, CallState } from './call.ts'
import { isApiCall, localPeerId } from './call-id.ts'
import { decisiveEnd, failureFromCause, outcomeOf } from './call-outcome.ts'
import { recordingOf, recordingsOf } from './call-recordings.ts'
import type { TrackedChannel } from './channel-registry.ts'
import { conversationLookup } from './conversations.ts'
import { byCreation, isLive, type Participation, toLeg, toParticipation } from './participation.ts'
import type { OriginateResult } from './pbx-events.ts'

export interface CallInput {
  id: string
  /** Every channel that was ever in the call. */
  channels: Iterable<TrackedChannel>
  /** Of calls that its channels came from. */
  numbers?: Iterable<string> | undefined
  /** The call that a channel is in now. */
  currentCallIdOf(channel: TrackedChannel): string | undefined
  originate: Pick<OriginateResult, 'at' | 'answered' | 'reason'> | undefined
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  /** The number of an endpoint; undefined where only its name is known. */
  numberOf?: ((endpoint: string) => string | undefined) | undefined
  /** No event for a while: what has not begun by now will not begin. */
  isQuiet: boolean
}

/** A queue may ring its agents for hours. Of the legs that ended unanswered only the last ones are stored. */
const MAX_UNANSWERED_LEGS = 50

/**
 * Derives a call from the events of its channels.
 * @returns undefined where no phone takes part, as for channels that the PBX makes for itself
 */
export function buildCall(input: CallInput): Call | undefined {
  const { id, originate, isQuiet } = input
  const all = [...input.channels]
    .map((one) => toParticipation(one, id, input.currentCallIdOf(one)))
    .sort(byCreation)
  const parts = all.filter(({ channel }) => channel.attributes.endpoint !== undefined)
  const { caller, callees, ownPhones, dialedNumber } = identifyEnds(id, all, parts)
  if (caller === undefined) return originate?.answered === false ? unreachedCall(id, originate) : undefined

  const ringsCallerFirst = isApiCall(id) || originate !== undefined || isDialedByPbx(caller)
  const isOver = !parts.some(isLive)
  const answeredAt = answerTimeOf(caller, callees, { ringsCallerFirst, settled: isQuiet || isOver })
  const onlyPassedThrough =
    parts.every(({ movedToAnotherCall }) => movedToAnotherCall) && !callees.some(tookCall)
  if (onlyPassedThrough && !isApiCall(id)) return undefined

  const callee = callees.find((part) => tookCall(part) && part.upAt === answeredAt) ?? callees[0]
  const { attributes } = caller.channel
  const isForeign = ({ channel }: Participation) =>
    !input.isOwnEndpoint(channel.attributes.endpoint ?? '', channel.numbers)
  const end = { answered: answeredAt !== undefined, ringsCallerFirst, originate, caller, callees }
  const conversationOf = conversationLookup(all.map(({ channel }) => channel))
  const legs = [...capLegs(parts), ...legsBeforeMasquerade(parts, input.numberOf)].map((part) =>
    toLeg(part, part === caller || ownPhones.includes(part) ? 'caller' : 'callee', conversationOf),
  )
  return {
    id,
    state: isOver
      ? 'ended'
      : stateOf(caller, callees, answeredAt !== undefined, ringsCallerFirst && !isQuiet),
    direction: directionOf(isForeign(caller), callees, isForeign),
    from: { number: attributes.number ?? '', name: attributes.callerName ?? '' },
    to: {
      number: dialedNumber ?? callee?.channel.attributes.number ?? '',
      name: callee?.channel.attributes.callerName ?? '',
    },
    legs,
    numbers: [
      ...new Set([...(input.numbers ?? []), ...all.flatMap(({ channel }) => [...channel.reached])]),
    ].sort(),
    startedAt: Math.min(...parts.map(({ createdAt }) => createdAt)),
    answeredAt,
    ...(wasAnsweredBeforeSeen([caller, ...callees], answeredAt) && { answeredBeforeSeen: true as const }),
    endedAt: isOver ? Math.max(...parts.map(({ leftAt }) => leftAt ?? 0)) : undefined,
    outcome: isOver ? outcomeOf(end) : undefined,
    cause: isOver ? causeOf(caller, callees, answeredAt !== undefined) : undefined,
    recording: recordingOf(all),
    recordings: recordingsOf(all),
  }
}

/**
 * Finds the caller and the callees. A call that we placed rings all phones of its caller through a Local
 * channel: one half has the call's id and dials the number, the other half rings the phones. The phone that
 * is picked up is the caller's.
 */
function identifyEnds(id: string, all: readonly Participation[], parts: readonly Participation[]) {
  const first = all.find(({ channel }) => channel.id === id)
  const ringsAll = isApiCall(id) && first !== undefined && first.channel.attributes.endpoint === undefined
  // A channel's first event comes a moment before the one that names the channel that rings it.
  const isOwn = ({ channel: { dialed, attributes } }: Participation) =>
    dialed === undefined
      ? attributes.endpoint === parts[0]?.channel.attributes.endpoint
      : dialed.by === localPeerId(id)
  const ownPhones = ringsAll ? parts.filter(isOwn) : []
  const ownEnd =
    ownPhones.find(({ wasUp }) => wasUp) ??
    ownPhones.find(isLive) ??
    ownPhones[0] ??
    parts.find(({ channel }) => channel.id === id) ??
    parts.find(hasNoDialer) ??
    parts[0]
  const dialedNumber = ringsAll
    ? first.channel.attributes.originateExtension
    : ownEnd?.channel.attributes.dialedExtension
  const callees = parts.filter((part) => part !== ownEnd && !ownPhones.includes(part))
  // The half that dialed has the cause why nothing could be reached; to the phone it is a normal hangup.
  const isPassedOn = ringsAll && callees.length === 0 && ownEnd?.wasUp === true && first.cause
  const caller = ownEnd !== undefined && isPassedOn ? { ...ownEnd, cause: first.cause } : ownEnd
  return { caller, callees, ownPhones, dialedNumber }
}

const hasNoDialer = ({ channel }: Participation) => channel.dialed?.by === undefined
const isDialedByPbx = ({ channel }: Participation) =>
  channel.dialed !== undefined && channel.dialed.by === undefined

/**
 * The phone went up and stayed in the call. A phone that asks its user to confirm by a key is up before it
 * has the call.
 */
const tookCall = ({ upAt, dialEnd }: Participation) =>
  upAt !== undefined && (dialEnd === undefined || dialEnd === 'answered')

/**
 * The moment when the far end first went up while the caller could talk. If the PBX routed the call to no
 * person, the dialplan itself answered, if anything did. A caller's own phone that is rung first is up before
 * anything else happens, and stays up for a moment when nothing can follow.
 */
function answerTimeOf(
  caller: Participation,
  callees: readonly Participation[],
  by: { ringsCallerFirst: boolean; settled: boolean },
) {
  const takers = callees.filter((part) => tookCall(part) && (caller.wasUp || part.channel.wasBridged))
  if (takers.length > 0) return Math.min(...takers.map(({ upAt = 0 }) => upAt))
  const routedToPerson = callees.length > 0 || caller.channel.attributes.routedToPerson === true
  if (routedToPerson || failureFromCause(caller.cause) !== undefined) return undefined
  return by.ringsCallerFirst && !by.settled ? undefined : caller.upAt
}

const wasAnsweredBeforeSeen = (parts: readonly Participation[], answeredAt: number | undefined) =>
  answeredAt !== undefined &&
  parts.some(({ upAt, channel }) => upAt === answeredAt && channel.wasUpWhenFirstSeen)

function stateOf(
  caller: Participation,
  callees: readonly Participation[],
  answered: boolean,
  isReaching: boolean,
): CallState {
  const live = [caller, ...callees].filter(isLive)
  const ups = live.filter(({ wasUp }) => wasUp)
  if (live.some(({ channel }) => channel.attributes.parkingSpace !== undefined)) return 'parked'
  if (answered && ups.some(({ channel }) => channel.attributes.holds)) return 'held'
  if (ups.length > 1) return 'up'
  if (!answered && !caller.wasUp && isLive(caller) && caller.channel.attributes.state !== 'dialling')
    return 'dialling'
  if (ups.length < live.length) return 'ringing'
  return answered || !isReaching ? 'up' : 'ringing'
}

/** The end that answered decides; until one has, an own phone that rings. */
function directionOf(
  callerIsForeign: boolean,
  callees: readonly Participation[],
  isForeign: (part: Participation) => boolean,
): CallDirection {
  if (callerIsForeign) return 'incoming'
  const takers = callees.filter(tookCall).sort((a, b) => (a.upAt ?? 0) - (b.upAt ?? 0) || byCreation(a, b))
  const called = takers.length > 0 ? takers.slice(0, 1) : callees
  return called.length > 0 && called.every(isForeign) ? 'outgoing' : 'internal'
}

/**
 * For an answered call the cause of the caller's end; otherwise that of the end that shows why the call was
 * not answered.
 */
function causeOf(
  caller: Participation,
  callees: readonly Participation[],
  answered: boolean,
): number | undefined {
  const decisive = answered || callees.length === 0 ? caller : decisiveEnd(callees)?.part
  return decisive?.cause || caller.cause || undefined
}

function capLegs(parts: readonly Participation[]): readonly Participation[] {
  const idle = parts.filter((part) => !isLive(part) && !part.wasUp)
  if (idle.length <= MAX_UNANSWERED_LEGS) return parts
  const dropped = new Set(idle.slice(0, -MAX_UNANSWERED_LEGS))
  return parts.filter((part) => !dropped.has(part))
}

/**
 * When a channel is masqueraded while it rings it becomes another phone's. The phone that was rung first did
 * not answer.
 */
function legsBeforeMasquerade(
  parts: readonly Participation[],
  numberOf: CallInput['numberOf'],
): Participation[] {
  const there = new Set(parts.map(({ channel }) => channel.attributes.endpoint))
  return parts.flatMap((part) => {
    const { channel } = part
    const now = channel.endpoints.get(channel.attributes.endpoint ?? '')
    if (channel.dialed === undefined || now === undefined) return []
    return [...channel.endpoints]
      .filter(
        ([one, { since }]) => !there.has(one) && since < now.since && since < (channel.upAt ?? Infinity),
      )
      .map(([endpoint, { name }]) => {
        const number = numberOf?.(endpoint) ?? endpoint
        const attributes = { ...channel.attributes, endpoint, name, number, callerName: '' }
        const rung = { ...channel, id: `${channel.id}-${endpoint}`, attributes }
        return { ...part, channel: rung, upAt: undefined, wasUp: false, leftAt: now.since }
      })
  })
}

/** The PBX took the request, and no channel appeared: the phone is not registered. */
function unreachedCall(id: string, originate: NonNullable<CallInput['originate']>): Call {
  const end = { answered: false, ringsCallerFirst: true, originate, caller: undefined, callees: [] }
  return {
    id,
    state: 'ended',
    direction: 'outgoing',
    from: { number: '', name: '' },
    to: { number: '', name: '' },
    legs: [],
    numbers: [],
    startedAt: originate.at,
    answeredAt: undefined,
    endedAt: originate.at,
    outcome: outcomeOf(end),
    cause: undefined,
    recording: 'off',
    recordings: [],
  }
}
