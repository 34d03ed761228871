/**
 * What a PBX tells of its channels and devices, in words no PBX owns. Facts may come in any order and
 * several times: `at` decides, and whoever has heard the same facts knows the same.
 */
export type PbxEvent =
  | ChannelUpdate
  | ChannelEnded
  | DialUpdate
  | OriginateResult
  | DeviceUpdate
  | CdrEvent
  | ClockSetBack

/** Microseconds of the PBX's own clock, since 1970: all facts of one PBX are told by one clock. */
export type PbxTime = number

/** What is known of a channel since `at`; members that are left out say nothing. */
export interface ChannelUpdate {
  kind: 'channel'
  /** Asterisk's Uniqueid: given once, never again, and kept through transfers. */
  id: string
  at: PbxTime
  changes: Partial<PbxChannel>
}

export interface PbxChannel {
  /** Asterisk's name for it, which masquerades change. Never shown to clients as a handle. */
  name: string
  /** The SIP endpoint behind it, of `PJSIP/<endpoint>-<number>`; undefined for what is no phone or trunk. */
  endpoint: string | undefined
  /** The call it belongs to: Asterisk's Linkedid. */
  callId: string
  /** `dialling`: this end dials out (Asterisk: Ring); `ringing`: this end is rung. */
  state: 'down' | 'dialling' | 'ringing' | 'up'
  number: string
  callerName: string
  connectedNumber: string
  connectedName: string
  /** The extension it dialled or was dialled for, as in Exten. */
  dialedExtension: string
  /** The extension that an Originate sent it to, once it was answered. */
  originateExtension: string
  /** The bridge it is in, if any. */
  bridge: string | undefined
  /** Whether this end has put the others on hold. */
  holds: boolean
  /** The parking space it waits in, if any. */
  parkingSpace: string | undefined
  recording: 'off' | 'on' | 'paused'
  /** This is of a list: how it is, and not that it just came to be so. */
  fromList: true
  /** A file it is recorded to, relative to the folder that the PBX records into. One channel may have several. */
  recordingFile: string
  /** The PBX looked for a person to take this call: in a queue, or by dialling. Never unsaid. */
  routedToPerson: true
  /** Sub-second unix time of its birth, in microseconds. */
  createdAt: PbxTime
}

/** A channel is no more. Nothing brings it back. */
export interface ChannelEnded {
  kind: 'channel_ended'
  id: string
  at: PbxTime
  /** Q.850 cause, where the PBX told; undefined for a channel that vanished while nobody listened. */
  cause: number | undefined
}

/** One channel rings another. */
export interface DialUpdate {
  kind: 'dial'
  /** Undefined for a phone that an Originate rings. */
  from: string | undefined
  to: string
  at: PbxTime
  /** How it ended; undefined when it has only begun. */
  end: DialEnd | undefined
}
/** DialStatus of Asterisk's DialEnd. */
export type DialEnd = 'answered' | 'busy' | 'no_answer' | 'cancelled' | 'unavailable' | 'congestion' | 'other'

/** How the first leg of a call that we dialled went. */
export interface OriginateResult {
  kind: 'originate'
  /** The ChannelId we chose. */
  id: string
  at: PbxTime
  answered: boolean
  /** Asterisk's Reason: 3 no answer, 4 answered, 5 busy, 0 whatever else. */
  reason: number
}

export interface DeviceUpdate {
  kind: 'device'
  /** As the PBX names it: `PJSIP/1001`, `Queue:support`. */
  device: string
  at: PbxTime
  state: DeviceState
}
export type DeviceState =
  | 'unknown'
  | 'idle'
  | 'in_use'
  | 'busy'
  | 'unavailable'
  | 'ringing'
  | 'ring_in_use'
  | 'on_hold'

/** The PBX's clock was put back: what was heard before was heard that much earlier, by the clock as it is now. */
export interface ClockSetBack {
  kind: 'clock_set_back'
  /** By the clock as it is now. */
  at: PbxTime
  /** Microseconds, more than 0. */
  setBackBy: number
}

/** A call detail record, as the PBX wrote it. */
export interface CdrEvent {
  kind: 'cdr'
  callId: string
  channelId: string
  at: PbxTime
  source: string
  destination: string
  callerName: string
  disposition: string
  /** Seconds. */
  duration: number
  billable: number
}
