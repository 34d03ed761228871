import type { Channel, DeviceState, DialEnd, Fact, PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiMessage } from './ami-codec.ts'
import { cleanText, endpointOf, microsecondsOf, secondsIn, stateOf, unescaped } from './ami-values.ts'

type Fields = AmiMessage['fields']
type About = Partial<Channel>

/**
 * What an event, or an item of a list, says of channels and devices. Only events that Asterisk itself makes
 * are read: the fields of a `UserEvent` are whatever a dialplan or another AMI user put there.
 *
 * @param heardAt by the PBX's clock: stands in where the message has no time of its own, as items of lists
 */
export function factsOf({ kind, name, fields }: AmiMessage, heardAt: PbxTime): Fact[] {
  const read = kind === 'event' && Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
  return read === undefined ? [] : read(fields, microsecondsOf(fields.timestamp) ?? heardAt)
}

type Reader = (fields: Fields, at: PbxTime) => Fact[]

const snapshot: Reader = (fields, at) => channel(fields, at, '')
const saying =
  (what: (fields: Fields, at: PbxTime) => About, prefix = ''): Reader =>
  (fields, at) =>
    channel(fields, at, prefix, what(fields, at))

const parked: Reader = (fields, at) => [
  ...channel(fields, at, 'parkee', { parkedAt: fields.parkingspace || undefined }),
  ...channel(fields, at, 'parker'),
]
const unparked: Reader = (fields, at) => [
  ...channel(fields, at, 'parkee', { parkedAt: undefined }),
  ...channel(fields, at, 'parker'),
  ...channel(fields, at, 'retriever'),
]

const EVENTS: Readonly<Record<string, Reader>> = {
  Newchannel: saying((_, at) => ({ bornAt: at })),
  Newstate: snapshot,
  NewCallerid: snapshot,
  NewConnectedLine: snapshot,
  HangupRequest: snapshot,
  SoftHangupRequest: snapshot,
  MusicOnHoldStart: snapshot,
  MusicOnHoldStop: snapshot,
  Pickup: (fields, at) => [...channel(fields, at, ''), ...channel(fields, at, 'target')],
  LocalBridge: (fields, at) => [...channel(fields, at, 'localone'), ...channel(fields, at, 'localtwo')],
  Rename: ({ uniqueid, newname }, at) =>
    uniqueid && newname ? [{ kind: 'channel', id: uniqueid, at, about: naming(newname) }] : [],
  DialBegin: (fields, at) => dial(fields, at, undefined),
  DialState: (fields, at) => dial(fields, at, undefined),
  DialEnd: (fields, at) => dial(fields, at, DIAL_ENDS[fields.dialstatus ?? ''] ?? 'other'),
  // A conference, and the room where parked calls wait, join nobody's call with another's.
  BridgeEnter: saying(({ bridgeuniqueid, bridgetype = 'basic' }) => ({
    bridge: (bridgetype === 'basic' && bridgeuniqueid) || undefined,
  })),
  BridgeLeave: saying(() => ({ bridge: undefined })),
  BlindTransfer: (fields, at) => past(fields, at, ['transferer', 'transferee']),
  AttendedTransfer: (fields, at) =>
    past(fields, at, ['origtransferer', 'secondtransferer', 'transferee', 'transfertarget']),
  Hold: saying(() => ({ holds: true })),
  Unhold: saying(() => ({ holds: false })),
  ParkedCall: parked,
  ParkedCallSwap: parked,
  UnParkedCall: unparked,
  ParkedCallTimeOut: unparked,
  ParkedCallGiveUp: unparked,
  MixMonitorStart: saying(() => ({ recording: 'on' })),
  MixMonitorStop: saying(() => ({ recording: 'off' })),
  MixMonitorMute: saying(({ state }) => ({ recording: isTrue(state) ? 'paused' : 'on' })),
  Hangup: (fields, at) => {
    const cause = Number(fields.cause || Number.NaN)
    const gone = Number.isSafeInteger(cause) ? cause : 0
    return [
      ...channel(fields, at, ''),
      ...(fields.uniqueid ? [{ kind: 'gone' as const, id: fields.uniqueid, at, cause: gone }] : []),
    ]
  },
  OriginateResponse: (fields, at) => originate(fields, at),
  CoreShowChannel: saying((fields, at) => ({
    listed: true,
    bornAt: bornAt(fields, at),
    bridge: (!ROOMS.has(fields.application ?? '') && fields.bridgeid) || undefined,
  })),
  QueueCallerJoin: saying(() => ({ sought: true })),
  DeviceStateChange: ({ device, state }, at) =>
    // One per number that was ever dialled: it names no device.
    device && !device.startsWith('Local/')
      ? [{ kind: 'device', device, at, state: DEVICE_STATES[state ?? ''] ?? 'unknown' }]
      : [],
  // `CustomPresence:1002`: the presence that the dialplan, or a phone's own key, sets for an extension.
  PresenceStateChange: ({ presentity, status = '' }, at) =>
    presentity ? [{ kind: 'device', device: presentity, at, state: status === 'dnd' ? 'busy' : 'idle' }] : [],
  Cdr: (fields, at) => cdr(fields, at),
}

/** Applications whose bridges join no calls: a list does not tell of what type a bridge is. */
const ROOMS = new Set(['ConfBridge', 'Park', 'Page'])

/** The channel that a message shows, as it is at that moment; none where fields of it are missing. */
function channel(fields: Fields, at: PbxTime, prefix: string, more: About = {}): Fact[] {
  const id = fields[`${prefix}uniqueid`]
  const callId = fields[`${prefix}linkedid`]
  const name = fields[`${prefix}channel`]
  const state = fields[`${prefix}channelstate`]
  if (!id || !callId || !name || state === undefined) return []
  const about: About = {
    ...naming(name),
    callId,
    number: partyOf(fields[`${prefix}calleridnum`]),
    callerName: partyOf(fields[`${prefix}calleridname`]),
    connectedNumber: partyOf(fields[`${prefix}connectedlinenum`]),
    connectedName: partyOf(fields[`${prefix}connectedlinename`]),
    ...more,
  }
  const reached = stateOf(state)
  if (reached !== undefined) about.state = reached
  const exten = fields[`${prefix}exten`] ?? ''
  // The dialplan's own names for its parts (`s`, `h`, `t`) are not what anybody dialled.
  if (DIALLED.test(exten)) about.dialled = exten
  return [{ kind: 'channel', id, at, about }]
}

const DIALLED = /^\+?[0-9*#]{1,40}$/
const naming = (name: string): About => ({ name, endpoint: endpointOf(name) })
const partyOf = (text = '') => (text === '<unknown>' ? '' : cleanText(unescaped(text)))
const isTrue = (text = '') => /^(1|on|yes|true)$/i.test(text)

/** What a transfer shows may have been taken before it began, though it is told after it: that it was there. */
function past(fields: Fields, at: PbxTime, prefixes: readonly string[]): Fact[] {
  return prefixes.flatMap((prefix) => {
    const id = fields[`${prefix}uniqueid`]
    const name = fields[`${prefix}channel`]
    return id && name ? [{ kind: 'channel' as const, id, at, about: {} }] : []
  })
}

function dial(fields: Fields, at: PbxTime, end: DialEnd | undefined): Fact[] {
  const facts = [...channel(fields, at, ''), ...channel(fields, at, 'dest')]
  const to = fields.destuniqueid
  if (to) facts.push({ kind: 'dial', from: fields.uniqueid || undefined, to, at, end })
  return facts
}

function originate({ uniqueid, response, reason, exten = '' }: Fields, at: PbxTime): Fact[] {
  // A failed one without a ChannelId never had an id.
  if (!uniqueid || uniqueid === '<null>') return []
  const answered = response === 'Success'
  const fact: Fact = { kind: 'originate', id: uniqueid, at, answered, reason: Number(reason) || 0 }
  // The phone's channel goes there without a word. One that failed may never have had a channel.
  if (!answered || !DIALLED.test(exten)) return [fact]
  return [fact, { kind: 'channel', id: uniqueid, at, about: { dialled: exten, sentTo: exten } }]
}

/** A list tells no birth: a Uniqueid begins with its second, unless somebody else chose it. */
function bornAt({ uniqueid = '', duration = '' }: Fields, at: PbxTime): PbxTime {
  const second = /(?:^|-)(\d{9,11})\.\d+$/.exec(uniqueid)?.[1]
  return second === undefined ? at - secondsIn(duration) * 1_000_000 : Number(second) * 1_000_000
}

function cdr(fields: Fields, at: PbxTime): Fact[] {
  const channelId = fields.uniqueid
  if (!channelId) return []
  const sought = SEEKING.has(fields.lastapplication ?? '') && !foundOne(fields)
  const seeking: Fact[] = sought ? [{ kind: 'channel', id: channelId, at, about: { sought } }] : []
  return [
    ...seeking,
    {
      kind: 'cdr',
      // Only with a mapping in cdr_manager.conf; the first channel of a call has the call's id.
      callId: fields.linkedid || channelId,
      channelId,
      at,
      source: cleanText(fields.source),
      destination: cleanText(fields.destination),
      callerName: cleanText(/^"(.*)" <[^<>]*>$/s.exec(fields.callerid ?? '')?.[1]),
      disposition: cleanText(fields.disposition),
      duration: seconds(fields.duration),
      billable: seconds(fields.billableseconds),
    },
  ]
}

/** Applications that look for a person. Their caller may have been up before, for music or a word of welcome. */
const SEEKING = new Set(['Dial', 'FollowMe', 'Queue', 'RetryDial'])
const foundOne = ({ destinationchannel, disposition }: Fields) =>
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
