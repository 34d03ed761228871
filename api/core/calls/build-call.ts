import type { Call, CallState, Direction } from './call.ts'
import { isOurs, ringingId } from './call-id.ts'
import { bestOf, failureOf, outcomeOf } from './call-outcome.ts'
import type { KnownChannel } from './channel-registry.ts'
import { talksOf } from './conversations.ts'
import { byAge, isLive, legOf, type Part, partOf } from './participation.ts'
import type { OriginateFact } from './pbx-events.ts'

export interface CallFacts {
  id: string
  /** Every channel that was ever in it. */
  channels: Iterable<KnownChannel>
  /** The call that a channel is in now. */
  callOfChannel(channel: KnownChannel): string | undefined
  originate: Pick<OriginateFact, 'at' | 'answered' | 'reason'> | undefined
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  /** Nothing was heard for a while: what has not begun by now will not. */
  settled: boolean
}

/** A queue may ring its agents for hours: of those that neither talked nor live only the last are kept. */
const MOST_IDLE_LEGS = 50

/** A call as its facts tell it; undefined for what is none, as channels that the PBX made for itself. */
export function callOf(facts: CallFacts): Call | undefined {
  const { id, originate, settled } = facts
  const all = [...facts.channels].map((one) => partOf(one, id, facts.callOfChannel(one))).sort(byAge)
  const parts = all.filter(({ channel }) => channel.known.endpoint !== undefined)
  const { caller, callees, ownPhones, dialled } = endsOf(id, all, parts)
  if (caller === undefined) return originate?.answered === false ? neverRang(id, originate) : undefined

  const ringsCallerFirst = isOurs(id) || originate !== undefined || isRungByPbx(caller)
  const isOver = !parts.some(isLive)
  const answeredAt = answerOf(caller, callees, { ringsCallerFirst, settled: settled || isOver })
  const wasOnlyPassing = parts.every(({ moved }) => moved) && !callees.some(tookIt)
  if (wasOnlyPassing && !isOurs(id)) return undefined

  const callee = callees.find((part) => tookIt(part) && part.upAt === answeredAt) ?? callees[0]
  const { known } = caller.channel
  const isForeign = ({ channel }: Part) => !facts.isOwnEndpoint(channel.known.endpoint ?? '', channel.numbers)
  const end = { answered: answeredAt !== undefined, ringsCallerFirst, originate, caller, callees }
  const talkOf = talksOf(all.map(({ channel }) => channel))
  const legs = [...kept(parts), ...rungBefore(parts)].map((part) =>
    legOf(part, part === caller || ownPhones.includes(part) ? 'caller' : 'callee', talkOf),
  )
  return {
    id,
    state: isOver
      ? 'ended'
      : stateOf(caller, callees, answeredAt !== undefined, ringsCallerFirst && !settled),
    direction: directionOf(isForeign(caller), callees, isForeign),
    from: { number: known.number ?? '', name: known.callerName ?? '' },
    to: {
      number: dialled ?? callee?.channel.known.number ?? '',
      name: callee?.channel.known.callerName ?? '',
    },
    legs,
    startedAt: Math.min(...parts.map(({ bornAt }) => bornAt)),
    answeredAt,
    ...(isAnswerUnheard([caller, ...callees], answeredAt) && { answerUnheard: true as const }),
    endedAt: isOver ? Math.max(...parts.map(({ leftAt }) => leftAt ?? 0)) : undefined,
    outcome: isOver ? outcomeOf(end) : undefined,
    cause: isOver ? causeOf(caller, callees, answeredAt !== undefined) : undefined,
    recording: recordingOf(all),
    recordings: recordingsOf(all),
  }
}

/**
 * Who called and who was called. A call that we dialled rings all phones of its caller by a Local channel, whose one
 * half has the call's id and dials on, while the other rings the phones: the one that is picked up is the caller's.
 */
function endsOf(id: string, all: readonly Part[], parts: readonly Part[]) {
  const first = all.find(({ channel }) => channel.id === id)
  const ringsAll = isOurs(id) && first !== undefined && first.channel.known.endpoint === undefined
  // The event of a new channel comes a moment before the one that names the channel that rings it.
  const isOwn = ({ channel: { rung, known } }: Part) =>
    rung === undefined ? known.endpoint === parts[0]?.channel.known.endpoint : rung.by === ringingId(id)
  const ownPhones = ringsAll ? parts.filter(isOwn) : []
  const caller =
    ownPhones.find(({ wasUp }) => wasUp) ??
    ownPhones.find(isLive) ??
    ownPhones[0] ??
    parts.find(({ channel }) => channel.id === id) ??
    parts.find(isRungByNobody) ??
    parts[0]
  const dialled = ringsAll ? first.channel.known.sentTo : caller?.channel.known.dialled
  const callees = parts.filter((part) => part !== caller && !ownPhones.includes(part))
  return { caller, callees, ownPhones, dialled }
}

const isRungByNobody = ({ channel }: Part) => channel.rung?.by === undefined
const isRungByPbx = ({ channel }: Part) => channel.rung !== undefined && channel.rung.by === undefined

/** It went up and was not given up again: a phone that must confirm by a key is up before it has the call. */
const tookIt = ({ upAt, dialEnd }: Part) =>
  upAt !== undefined && (dialEnd === undefined || dialEnd === 'answered')

/**
 * The far end's first "up", where the caller is there to talk with. Where the PBX looked for no person, the dialplan
 * itself answered, if it did: a caller's own phone that was rung first is up before anything else happens, and
 * stays so for a moment when nothing can.
 */
function answerOf(
  caller: Part,
  callees: readonly Part[],
  by: { ringsCallerFirst: boolean; settled: boolean },
) {
  const takers = callees.filter((part) => tookIt(part) && (caller.wasUp || part.channel.wasBridged))
  if (takers.length > 0) return Math.min(...takers.map(({ upAt = 0 }) => upAt))
  const sought = callees.length > 0 || caller.channel.known.sought === true
  if (sought || failureOf(caller.cause) !== undefined) return undefined
  return by.ringsCallerFirst && !by.settled ? undefined : caller.upAt
}

const isAnswerUnheard = (parts: readonly Part[], answeredAt: number | undefined) =>
  answeredAt !== undefined && parts.some(({ upAt, channel }) => upAt === answeredAt && channel.upUnheard)

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

/** The end that took the call decides; until one does, an own phone that rings. */
function directionOf(
  callerIsForeign: boolean,
  callees: readonly Part[],
  isForeign: (part: Part) => boolean,
): Direction {
  if (callerIsForeign) return 'incoming'
  const takers = callees.filter(tookIt).sort((a, b) => (a.upAt ?? 0) - (b.upAt ?? 0) || byAge(a, b))
  const called = takers.length > 0 ? takers.slice(0, 1) : callees
  return called.length > 0 && called.every(isForeign) ? 'outgoing' : 'internal'
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

/** The first to be recorded first; a channel may have several files, or none that the PBX named. */
function recordingsOf(all: readonly Part[]): Call['recordings'] {
  const recorded = all.flatMap(({ channel, leftAt }) => {
    const { id, known, recordedAt, files } = channel
    if (recordedAt === undefined) return []
    const state = leftAt === undefined ? (known.recording ?? 'off') : 'off'
    const named: [string | undefined, number][] = files.size > 0 ? [...files] : [[undefined, recordedAt]]
    return named.map(([file, at]) => ({ at, recording: { channelId: id, file, state } }))
  })
  const nameOf = ({ recording: { channelId, file = '' } }: (typeof recorded)[number]) =>
    `${channelId} ${file}`
  return recorded
    .sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1))
    .map(({ recording }) => recording)
}

/** A channel that was masqueraded while it rang is another phone's now: the one that was rung did not answer. */
function rungBefore(parts: readonly Part[]): Part[] {
  const there = new Set(parts.map(({ channel }) => channel.known.endpoint))
  return parts.flatMap((part) => {
    const { channel } = part
    const now = channel.endpoints.get(channel.known.endpoint ?? '')
    if (channel.rung === undefined || now === undefined) return []
    return [...channel.endpoints]
      .filter(
        ([one, { since }]) => !there.has(one) && since < now.since && since < (channel.upAt ?? Infinity),
      )
      .map(([endpoint, { name }]) => {
        const known = { ...channel.known, endpoint, name, number: endpoint, callerName: '' }
        const rung = { ...channel, id: `${channel.id}-${endpoint}`, known }
        return { ...part, channel: rung, upAt: undefined, wasUp: false, leftAt: now.since }
      })
  })
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
    recordings: [],
  }
}
