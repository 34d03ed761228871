import type { Call, Leg } from '../calls/call.ts'
import type { DeviceState } from '../calls/pbx-events.ts'
import type { Person } from '../directory/directory.ts'
import type { OwnStatus } from './user-status-store.ts'

/** The states of seed 000's `users-state`. */
export type State = 'Idle' | 'Ringing' | 'Ring' | 'Up' | 'Busy' | 'OnHold' | 'Unavailable'

/** One extension in `users-state`: `status` and `online` are ours, beside what the document's clients read. */
export interface UserState {
  state: State
  name: string
  channels?: Record<string, { channel: string; number: string; direction: 'incoming' | 'outgoing' }>
  isQueue?: true
  status?: OwnStatus
  online?: boolean
}

export interface PresenceFacts {
  people: readonly Person[]
  /** Of the PBX; nothing it told before counts while it is away. */
  isOnline: boolean
  callsOf(person: Person): readonly Call[]
  endpointOf(extension: string): string
  deviceOf(person: Person): DeviceState | undefined
  statusOf(userId: string): OwnStatus
  /** Whether their phone is set to do-not-disturb at the PBX. */
  isDnd(person: Person): boolean
  isLive(userId: string): boolean
  /** Queues and how they are, by name. */
  queues: ReadonlyMap<string, DeviceState>
}

/** Everybody's state at once: a full snapshot each time, as its clients expect. */
export function usersState(facts: PresenceFacts): { states: Record<string, UserState> } {
  const states: Record<string, UserState> = {}
  for (const person of facts.people) states[person.extension] = stateOf(person, facts)
  for (const [name, device] of facts.queues) {
    const state = facts.isOnline ? BY_DEVICE[device] : 'Unavailable'
    states[name] ??= { state, name, isQueue: true }
  }
  return { states }
}

/**
 * The queues among the devices: Asterisk has one for a queue, one for whether anybody in it is free
 * (`Queue:support_avail`), and one for each pause of a member; the first comes to be with its first caller.
 */
export function queuesOf(devices: Iterable<readonly [string, DeviceState]>): Map<string, DeviceState> {
  const queues = new Map<string, DeviceState>()
  for (const [device, state] of devices) {
    const [, name = '', about] = /^Queue:([\w-]+?)(_avail|_pause_.*)?$/.exec(device) ?? []
    if (name === '' || about?.startsWith('_pause_')) continue
    if (about === undefined) queues.set(name, state)
    else if (!queues.has(name)) queues.set(name, 'idle')
  }
  return queues
}

function stateOf(person: Person, facts: PresenceFacts): UserState {
  const own = facts.endpointOf(person.extension)
  const status = facts.statusOf(person.userId)
  const calls = facts.isOnline ? facts.callsOf(person) : []
  const channels = Object.fromEntries(
    calls.flatMap((call) => liveLegs(call, own).map((leg) => [leg.channelName, channelOf(call, leg)])),
  )
  const isDnd = facts.isOnline && facts.isDnd(person)
  const device = facts.isOnline ? (facts.deviceOf(person) ?? 'unavailable') : 'unavailable'
  return {
    state: busiest(calls, own) ?? (isAway(status) ? 'Unavailable' : idleState(BY_DEVICE[device], isDnd)),
    name: person.name,
    ...(Object.keys(channels).length > 0 ? { channels } : {}),
    status: isDnd && status === 'available' ? 'dnd' : status,
    online: facts.isLive(person.userId),
  }
}

/** As the document's product orders them: what a person does counts before what their phone says. */
function busiest(calls: readonly Call[], own: string): State | undefined {
  const found = new Set(calls.flatMap((call) => liveLegs(call, own).map((leg) => legState(call, leg))))
  return (['Up', 'Ringing', 'Ring', 'OnHold'] as const).find((state) => found.has(state))
}

function legState(call: Call, leg: Leg): State {
  if (leg.state === 'ringing') return leg.role === 'callee' || call.state !== 'dialling' ? 'Ringing' : 'Ring'
  if (leg.state === 'dialling') return 'Ring'
  return call.state === 'held' || leg.parkedAt !== undefined ? 'OnHold' : 'Up'
}

const BY_DEVICE: Readonly<Record<DeviceState, State>> = {
  unknown: 'Unavailable',
  unavailable: 'Unavailable',
  idle: 'Idle',
  in_use: 'Up',
  busy: 'Busy',
  ringing: 'Ringing',
  ring_in_use: 'Up',
  on_hold: 'OnHold',
}

/** A phone on do-not-disturb refuses as a busy one does. */
const idleState = (state: State, isDnd: boolean): State => (isDnd && state === 'Idle' ? 'Busy' : state)

/** Who does not want to be called cannot be reached, as far as others are concerned. */
const isAway = (status: OwnStatus) => status === 'dnd' || status === 'offline'

const liveLegs = (call: Call, endpoint: string) =>
  call.legs.filter((leg) => leg.endpoint === endpoint && leg.state !== 'ended')

function channelOf(call: Call, leg: Leg) {
  const peer = call.legs.find((other) => other !== leg && other.state !== 'ended' && other.role !== leg.role)
  const outgoing = leg.role === 'caller'
  return {
    channel: peer?.channelName ?? '',
    number: peer?.number || (outgoing ? call.to.number : call.from.number),
    direction: outgoing ? ('outgoing' as const) : ('incoming' as const),
  }
}
