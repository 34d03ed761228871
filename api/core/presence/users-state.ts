import type { Call, Leg } from '../calls/call.ts'
import { isOneOf } from '../calls/call-access.ts'
import type { DeviceState } from '../calls/pbx-events.ts'
import type { Person } from '../directory/directory.ts'
import type { UserStatus } from './user-status-store.ts'

/** The states of the document's `users-state`. */
export type PresenceState = 'Idle' | 'Ringing' | 'Ring' | 'Up' | 'Busy' | 'OnHold' | 'Unavailable'

/**
 * One extension in `users-state`. `status` and `online` are additions to the members that the document's
 * clients read.
 */
export interface UserState {
  state: PresenceState
  name: string
  channels?: Record<string, { channel: string; number: string; direction: 'incoming' | 'outgoing' }>
  isQueue?: true
  status?: UserStatus
  online?: boolean
}

export interface PresenceInputs {
  users: readonly Person[]
  /** While the PBX is offline, nothing that it reported before is shown. */
  isPbxOnline: boolean
  callsOf(person: Person): readonly Call[]
  endpointsOf(extension: string): readonly string[]
  deviceStateOf(person: Person): DeviceState | undefined
  statusOf(userId: string): UserStatus
  /** Whether the user's phone is set to do-not-disturb at the PBX. */
  isDnd(person: Person): boolean
  isUserOnline(userId: string): boolean
  /** The state of each queue, by name. */
  queues: ReadonlyMap<string, DeviceState>
}

/** The state of all users: a full snapshot each time, as its clients expect. */
export function usersState(inputs: PresenceInputs): { states: Record<string, UserState> } {
  const states: Record<string, UserState> = {}
  for (const person of inputs.users) states[person.extension] = stateOf(person, inputs)
  for (const [name, device] of inputs.queues) {
    const state = inputs.isPbxOnline ? BY_DEVICE[device] : 'Unavailable'
    states[name] ??= { state, name, isQueue: true }
  }
  return { states }
}

/**
 * The queues among the devices: Asterisk has one device for a queue, one for whether a member is free
 * (`Queue:support_avail`), and one for each pause of a member; the first appears with its first caller.
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

function stateOf(person: Person, inputs: PresenceInputs): UserState {
  const own = inputs.endpointsOf(person.extension)
  const status = inputs.statusOf(person.userId)
  const calls = inputs.isPbxOnline ? inputs.callsOf(person) : []
  const channels = Object.fromEntries(
    calls.flatMap((call) => liveLegs(call, own).map((leg) => [leg.channelName, channelOf(call, leg)])),
  )
  const isDnd = inputs.isPbxOnline && inputs.isDnd(person)
  const device = inputs.isPbxOnline ? (inputs.deviceStateOf(person) ?? 'unavailable') : 'unavailable'
  return {
    state:
      dominantState(calls, own) ??
      (isNotReachable(status) ? 'Unavailable' : idleState(BY_DEVICE[device], isDnd)),
    name: person.name,
    ...(Object.keys(channels).length > 0 ? { channels } : {}),
    status: isDnd && status === 'available' ? 'dnd' : status,
    online: inputs.isUserOnline(person.userId),
  }
}

/** In the order of the document's product: calls take precedence over the device state of the phone. */
function dominantState(calls: readonly Call[], own: readonly string[]): PresenceState | undefined {
  const found = new Set(calls.flatMap((call) => liveLegs(call, own).map((leg) => legState(call, leg))))
  return (['Up', 'Ringing', 'Ring', 'OnHold'] as const).find((state) => found.has(state))
}

function legState(call: Call, leg: Leg): PresenceState {
  if (leg.state === 'ringing') return leg.role === 'callee' || call.state !== 'dialling' ? 'Ringing' : 'Ring'
  if (leg.state === 'dialling') return 'Ring'
  return call.state === 'held' || leg.parkingSpace !== undefined ? 'OnHold' : 'Up'
}

const BY_DEVICE: Readonly<Record<DeviceState, PresenceState>> = {
  unknown: 'Unavailable',
  unavailable: 'Unavailable',
  idle: 'Idle',
  in_use: 'Up',
  busy: 'Busy',
  ringing: 'Ringing',
  ring_in_use: 'Up',
  on_hold: 'OnHold',
}

/** A phone on do-not-disturb refuses calls as a busy one does. */
const idleState = (state: PresenceState, isDnd: boolean): PresenceState =>
  isDnd && state === 'Idle' ? 'Busy' : state

/** To others, a user who does not want calls is unavailable. */
const isNotReachable = (status: UserStatus) => status === 'dnd' || status === 'offline'

const liveLegs = (call: Call, endpoints: readonly string[]) =>
  call.legs.filter((leg) => isOneOf(endpoints, leg) && leg.state !== 'ended')

function channelOf(call: Call, leg: Leg) {
  const peer = call.legs.find((other) => other !== leg && other.state !== 'ended' && other.role !== leg.role)
  const outgoing = leg.role === 'caller'
  return {
    channel: peer?.channelName ?? '',
    number: peer?.number || (outgoing ? call.to.number : call.from.number),
    direction: outgoing ? ('outgoing' as const) : ('incoming' as const),
  }
}
