import type { DeviceState, DialEnd, PbxChannel, PbxEvent, PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiMessage } from './ami-codec.ts'
import {
  endpointOfChannel,
  parseDuration,
  parseTimestamp,
  sanitizeText,
  toChannelState,
  unescapeC,
} from './ami-values.ts'

type Fields = AmiMessage['fields']
type ChannelFields = Partial<PbxChannel>

/**
 * Converts an AMI event, or an item of a list, into events of the core. Only events that Asterisk itself
 * makes are read: the fields of a `UserEvent` are chosen by a dialplan or another AMI user.
 *
 * @param receivedAt by the PBX's clock: used where the message has no time of its own, as items of lists
 */
export function toPbxEvents({ kind, name, fields }: AmiMessage, receivedAt: PbxTime): PbxEvent[] {
  const read = kind === 'event' && Object.hasOwn(EVENT_MAPPERS, name) ? EVENT_MAPPERS[name] : undefined
  return read === undefined ? [] : read(fields, parseTimestamp(fields.timestamp) ?? receivedAt)
}

type EventMapper = (fields: Fields, at: PbxTime) => PbxEvent[]

const channelUpdate: EventMapper = (fields, at) => channel(fields, at, '')
const withFields =
  (extraFields: (fields: Fields, at: PbxTime) => ChannelFields, prefix = ''): EventMapper =>
  (fields, at) =>
    channel(fields, at, prefix, extraFields(fields, at))

const parked: EventMapper = (fields, at) => [
  ...channel(fields, at, 'parkee', { parkingSpace: fields.parkingspace || undefined }),
  ...channel(fields, at, 'parker'),
]
const unparked: EventMapper = (fields, at) => [
  ...channel(fields, at, 'parkee', { parkingSpace: undefined }),
  ...channel(fields, at, 'parker'),
  ...channel(fields, at, 'retriever'),
]

const EVENT_MAPPERS: Readonly<Record<string, EventMapper>> = {
  Newchannel: withFields((_, at) => ({ createdAt: at })),
  Newstate: channelUpdate,
  NewCallerid: channelUpdate,
  NewConnectedLine: channelUpdate,
  HangupRequest: channelUpdate,
  SoftHangupRequest: channelUpdate,
  MusicOnHoldStart: channelUpdate,
  MusicOnHoldStop: channelUpdate,
  Pickup: (fields, at) => [...channel(fields, at, ''), ...channel(fields, at, 'target')],
  LocalBridge: (fields, at) => [...channel(fields, at, 'localone'), ...channel(fields, at, 'localtwo')],
  Rename: ({ uniqueid, newname }, at) =>
    uniqueid && newname ? [{ kind: 'channel', id: uniqueid, at, changes: nameFields(newname) }] : [],
  DialBegin: (fields, at) => dial(fields, at, undefined),
  DialState: (fields, at) => dial(fields, at, undefined),
  DialEnd: (fields, at) => dial(fields, at, DIAL_ENDS[fields.dialstatus ?? ''] ?? 'other'),
  // Conferences and the bridge of parked calls do not join calls.
  BridgeEnter: withFields(({ bridgeuniqueid, bridgetype = 'basic' }) => ({
    bridge: (bridgetype === 'basic' && bridgeuniqueid) || undefined,
  })),
  BridgeLeave: withFields(() => ({ bridge: undefined })),
  BlindTransfer: (fields, at) => [
    ...mentioned(fields, at, ['transferer']),
    ...mentioned(fields, at, ['transferee'], transferredTo(fields)),
  ],
  AttendedTransfer: (fields, at) =>
    mentioned(fields, at, ['origtransferer', 'secondtransferer', 'transferee', 'transfertarget']),
  Hold: withFields(() => ({ holds: true })),
  Unhold: withFields(() => ({ holds: false })),
  ParkedCall: parked,
  ParkedCallSwap: parked,
  UnParkedCall: unparked,
  ParkedCallTimeOut: unparked,
  ParkedCallGiveUp: unparked,
  MixMonitorStart: withFields(() => ({ recording: 'on' })),
  MixMonitorStop: withFields(() => ({ recording: 'off' })),
  MixMonitorMute: withFields(({ state }) => ({ recording: isTrue(state) ? 'paused' : 'on' })),
  Hangup: (fields, at) => {
    const cause = Number(fields.cause || Number.NaN)
    const gone = Number.isSafeInteger(cause) ? cause : 0
    return [
      ...channel(fields, at, ''),
      ...(fields.uniqueid ? [{ kind: 'channel_ended' as const, id: fields.uniqueid, at, cause: gone }] : []),
    ]
  },
  OriginateResponse: (fields, at) => originate(fields, at),
  CoreShowChannel: withFields((fields, at) => ({
    fromList: true,
    createdAt: createdAt(fields, at),
    bridge: (!CONFERENCE_APPLICATIONS.has(fields.application ?? '') && fields.bridgeid) || undefined,
  })),
  QueueCallerJoin: withFields(() => ({ routedToPerson: true })),
  DeviceStateChange: ({ device, state }, at) =>
    // Local devices exist for each number that was ever dialed: they are no devices of users.
    device && !device.startsWith('Local/')
      ? [{ kind: 'device', device, at, state: DEVICE_STATES[state ?? ''] ?? 'unknown' }]
      : [],
  // `CustomPresence:1002`: the presence of an extension that the dialplan or a phone's key sets.
  PresenceStateChange: ({ presentity, status = '' }, at) =>
    presentity ? [{ kind: 'device', device: presentity, at, state: status === 'dnd' ? 'busy' : 'idle' }] : [],
  Cdr: (fields, at) => cdr(fields, at),
}

/** Applications with bridges that join no calls: a list does not contain the type of a bridge. */
const CONFERENCE_APPLICATIONS = new Set(['ConfBridge', 'Park', 'Page'])

/** The channel that a message describes; none where fields of it are missing. */
function channel(fields: Fields, at: PbxTime, prefix: string, more: ChannelFields = {}): PbxEvent[] {
  const id = fields[`${prefix}uniqueid`]
  const callId = fields[`${prefix}linkedid`]
  const name = fields[`${prefix}channel`]
  const state = fields[`${prefix}channelstate`]
  if (!id || !callId || !name || state === undefined) return []
  const changes: ChannelFields = {
    ...nameFields(name),
    callId,
    number: toPartyText(fields[`${prefix}calleridnum`]),
    callerName: toPartyText(fields[`${prefix}calleridname`]),
    connectedNumber: toPartyText(fields[`${prefix}connectedlinenum`]),
    connectedName: toPartyText(fields[`${prefix}connectedlinename`]),
    ...more,
  }
  const reached = toChannelState(state)
  if (reached !== undefined) changes.state = reached
  const exten = fields[`${prefix}exten`] ?? ''
  // The dialplan's special extensions (`s`, `h`, `t`) are not numbers that a user dialed.
  if (DIALED_EXTENSION.test(exten)) changes.dialedExtension = exten
  return [{ kind: 'channel', id, at, changes }]
}

const DIALED_EXTENSION = /^\+?[0-9*#]{1,40}$/
const nameFields = (name: string): ChannelFields => ({ name, endpoint: endpointOfChannel(name) })
const toPartyText = (text = '') => (text === '<unknown>' ? '' : sanitizeText(unescapeC(text)))
const isTrue = (text = '') => /^(1|on|yes|true)$/i.test(text)

/** A transfer event may contain channel data from before the transfer: use only that the channels exist. */
function mentioned(
  fields: Fields,
  at: PbxTime,
  prefixes: readonly string[],
  changes: ChannelFields = {},
): PbxEvent[] {
  return prefixes.flatMap((prefix) => {
    const id = fields[`${prefix}uniqueid`]
    const name = fields[`${prefix}channel`]
    return id && name ? [{ kind: 'channel' as const, id, at, changes }] : []
  })
}

/** The dialplan may go on with another extension before an event of the channel shows it. */
const transferredTo = ({ extension = '' }: Fields): ChannelFields =>
  DIALED_EXTENSION.test(extension) ? { transferredTo: extension } : {}

function dial(fields: Fields, at: PbxTime, end: DialEnd | undefined): PbxEvent[] {
  const events = [...channel(fields, at, ''), ...channel(fields, at, 'dest', deviceNumber(fields))]
  const to = fields.destuniqueid
  if (to) events.push({ kind: 'dial', from: fields.uniqueid || undefined, to, at, end })
  return events
}

/** Of `0999112@pstn`, `112@from-internal/n`, `pstn/112` and `pstn/sip:112@10.0.0.1`. */
function deviceNumber({ dialstring = '' }: Fields): ChannelFields {
  const [, number] = /(?:^|[/:])(\+?[0-9*#]{1,40})(?=@|$)/.exec(dialstring) ?? []
  return number === undefined ? {} : { deviceNumber: number }
}

function originate({ uniqueid, response, reason, exten = '' }: Fields, at: PbxTime): PbxEvent[] {
  // A failed Originate without a ChannelId never had an id.
  if (!uniqueid || uniqueid === '<null>') return []
  const answered = response === 'Success'
  const result: PbxEvent = { kind: 'originate', id: uniqueid, at, answered, reason: Number(reason) || 0 }
  // No other event shows that the phone's channel goes there. A failed Originate may never have had a
  // channel.
  if (!answered || !DIALED_EXTENSION.test(exten)) return [result]
  return [
    result,
    { kind: 'channel', id: uniqueid, at, changes: { dialedExtension: exten, originateExtension: exten } },
  ]
}

/** A list has no creation time: a Uniqueid begins with its second, unless it was chosen by an AMI user. */
function createdAt({ uniqueid = '', duration = '' }: Fields, at: PbxTime): PbxTime {
  const second = /(?:^|-)(\d{9,11})\.\d+$/.exec(uniqueid)?.[1]
  return second === undefined ? at - parseDuration(duration) * 1_000_000 : Number(second) * 1_000_000
}

function cdr(fields: Fields, at: PbxTime): PbxEvent[] {
  const channelId = fields.uniqueid
  if (!channelId) return []
  const routedToPerson = ROUTING_APPLICATIONS.has(fields.lastapplication ?? '') && !reachedPerson(fields)
  const routed: PbxEvent[] = routedToPerson
    ? [{ kind: 'channel', id: channelId, at, changes: { routedToPerson } }]
    : []
  return [
    ...routed,
    {
      kind: 'cdr',
      // Linkedid needs a mapping in cdr_manager.conf; the first channel of a call has the call's id.
      callId: fields.linkedid || channelId,
      channelId,
      at,
      source: sanitizeText(fields.source),
      destination: sanitizeText(fields.destination),
      callerName: sanitizeText(/^"(.*)" <[^<>]*>$/s.exec(fields.callerid ?? '')?.[1]),
      disposition: sanitizeText(fields.disposition),
      duration: seconds(fields.duration),
      billable: seconds(fields.billableseconds),
    },
  ]
}

/** Applications that look for a person. The caller may have been up before, for music or a greeting. */
const ROUTING_APPLICATIONS = new Set(['Dial', 'FollowMe', 'Queue', 'RetryDial'])
const reachedPerson = ({ destinationchannel, disposition }: Fields) =>
  !!destinationchannel && disposition === 'ANSWERED'

const seconds = (text = '') => (/^\d{1,9}$/.test(text) ? Number(text) : 0)

const DIAL_ENDS: Readonly<Record<string, DialEnd>> = {
  ANSWER: 'answered',
  BUSY: 'busy',
  NOANSWER: 'no_answer',
  CANCEL: 'cancelled',
  CHANUNAVAIL: 'unavailable',
  CONGESTION: 'congestion',
}

const DEVICE_STATES: Readonly<Record<string, DeviceState>> = {
  NOT_INUSE: 'idle',
  INUSE: 'in_use',
  BUSY: 'busy',
  UNAVAILABLE: 'unavailable',
  RINGING: 'ringing',
  RINGINUSE: 'ring_in_use',
  ONHOLD: 'on_hold',
}
