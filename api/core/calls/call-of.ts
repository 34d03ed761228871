import type { Call, CallState, Direction } from './call.ts'
import { isOurs } from './call-id.ts'
import type { KnownChannel } from './channel-book.ts'
import type { OriginateFact } from './facts.ts'
import { bestOf, failureOf, outcomeOf } from './outcome.ts'
import { byAge, isLive, legOf, type Part, partOf } from './part.ts'

export interface CallFacts {
  id: string
  /** Every channel that was ever in it. */
  channels: Iterable<KnownChannel>
  /** The call that a channel is in now. */
  callOfChannel(channel: KnownChannel): string | undefined
  originate: Pick<OriginateFact, 'at' | 'answered' | 'reason'> | undefined
  isOwnEndpoint(endpoint: string): boolean
  /** Nothing was heard for a while: what has not begun by now will not. */
  settled: boolean
}

/** A queue may ring its agents for hours: of those that neither talked nor live only the last are kept. */
const MOST_IDLE_LEGS = 50

/** A call as its facts tell it; undefined for what is none, as channels that the PBX made for itself. */
export function callOf(facts: CallFacts): Call | undefined {
  const { id, originate, isOwnEndpoint, settled } = facts
  const all = [...facts.channels].map((one) => partOf(one, id, facts.callOfChannel(one))).sort(byAge)
  const parts = all.filter(({ channel }) => channel.known.endpoint !== undefined)
  const caller = parts.find(({ channel }) => channel.id === id) ?? parts.find(isRungByNobody) ?? parts[0]
  if (caller === undefined) return originate?.answered === false ? neverRang(id, originate) : undefined

  const callees = parts.filter((part) => part !== caller)
  const ringsCallerFirst = isOurs(id) || originate !== undefined || isRungByPbx(caller)
  const isOver = !parts.some(isLive)
  const answeredAt = answerOf(caller, callees, { ringsCallerFirst, settled: settled || isOver })
  const wasOnlyPassing = parts.every(({ moved }) => moved) && answeredAt === undefined
  if (wasOnlyPassing && !isOurs(id)) return undefined

  const callee = callees.find(({ upAt }) => upAt === answeredAt) ?? callees[0]
  const { known } = caller.channel
  const isForeign = ({ channel }: Part) => !isOwnEndpoint(channel.known.endpoint ?? '')
  const end = { answered: answeredAt !== undefined, ringsCallerFirst, originate, caller, callees }
  return {
    id,
    state: isOver
      ? 'ended'
      : stateOf(caller, callees, answeredAt !== undefined, ringsCallerFirst && !settled),
    direction: directionOf(isForeign(caller), callees.some(isForeign)),
    from: { number: known.number ?? '', name: known.callerName ?? '' },
    to: {
      number: known.dialled ?? callee?.channel.known.number ?? '',
      name: callee?.channel.known.callerName ?? '',
    },
    legs: kept(parts).map((part) => legOf(part, part === caller ? 'caller' : 'callee')),
    startedAt: Math.min(...parts.map(({ bornAt }) => bornAt)),
    answeredAt,
    endedAt: isOver ? Math.max(...parts.map(({ leftAt }) => leftAt ?? 0)) : undefined,
    outcome: isOver ? outcomeOf(end) : undefined,
    cause: isOver ? causeOf(caller, callees, answeredAt !== undefined) : undefined,
    recording: recordingOf(all),
    recordedChannel: recordedOf(all)?.channel.id,
  }
}

const isRungByNobody = ({ channel }: Part) => channel.rung?.by === undefined
const isRungByPbx = ({ channel }: Part) => channel.rung !== undefined && channel.rung.by === undefined

/**
 * The far end's first "up". Where none was called the dialplan itself answered, if it did: a caller's own
 * phone that was rung first is up before anything else happens, and stays so for a moment when nothing can.
 */
function answerOf(
  caller: Part,
  callees: readonly Part[],
  by: { ringsCallerFirst: boolean; settled: boolean },
) {
  const ups = callees.flatMap(({ upAt }) => upAt ?? [])
  if (ups.length > 0) return Math.min(...ups)
  if (callees.length > 0 || failureOf(caller.cause) !== undefined) return undefined
  return by.ringsCallerFirst && !by.settled ? undefined : caller.upAt
}

function stateOf(caller: Part, callees: readonly Part[], answered: boolean, isReaching: boolean): CallState {
  const live = [caller, ...callees].filter(isLive)
  const ups = live.filter(({ wasUp }) => wasUp)
  if (live.some(({ channel }) => channel.known.parkedAt !== undefined)) return 'parked'
  if (answered && ups.some(({ channel }) => channel.known.holds)) return 'held'
  if (ups.length > 1) return 'up'
  if (!answered && !caller.wasUp && isLive(caller) && caller.channel.known.state !== 'dialling')
    return 'dialling'
  if (ups.length < live.length) return 'ringing'
  return answered || !isReaching ? 'up' : 'ringing'
}

function directionOf(callerIsForeign: boolean, calleeIsForeign: boolean): Direction {
  if (callerIsForeign) return 'incoming'
  return calleeIsForeign ? 'outgoing' : 'internal'
}

/** Of a call that was answered its caller's end; else of the end that says why nobody talked. */
function causeOf(caller: Part, callees: readonly Part[], answered: boolean): number | undefined {
  const decisive = answered || callees.length === 0 ? caller : bestOf(callees)?.part
  return decisive?.cause || caller.cause || undefined
}

function kept(parts: readonly Part[]): readonly Part[] {
  const idle = parts.filter((part) => !isLive(part) && !part.wasUp)
  if (idle.length <= MOST_IDLE_LEGS) return parts
  const dropped = new Set(idle.slice(0, -MOST_IDLE_LEGS))
  return parts.filter((part) => !dropped.has(part))
}

/** Any channel may carry the recording, also one that is no phone's. */
function recordingOf(all: readonly Part[]): Call['recording'] {
  const states = all.filter(isLive).map(({ channel }) => channel.known.recording)
  return states.includes('on') ? 'on' : states.includes('paused') ? 'paused' : 'off'
}

function recordedOf(all: readonly Part[]): Part | undefined {
  const recorded = all.filter(({ channel }) => channel.recordedAt !== undefined)
  return recorded.sort((a, b) => (a.channel.recordedAt ?? 0) - (b.channel.recordedAt ?? 0))[0]
}

/** We asked for it, and no channel ever came to be: the phone is not registered. */
function neverRang(id: string, originate: NonNullable<CallFacts['originate']>): Call {
  const end = { answered: false, ringsCallerFirst: true, originate, caller: undefined, callees: [] }
  return {
    id,
    state: 'ended',
    direction: 'outgoing',
    from: { number: '', name: '' },
    to: { number: '', name: '' },
    legs: [],
    startedAt: originate.at,
    answeredAt: undefined,
    endedAt: originate.at,
    outcome: outcomeOf(end),
    cause: undefined,
    recording: 'off',
    recordedChannel: undefined,
  }
}
