/**
 * What a PBX tells of its channels and devices, in words no PBX owns. Facts may come in any order and
 * several times: `at` decides, and whoever has heard the same facts knows the same.
 */
export type Fact = ChannelFact | GoneFact | DialFact | OriginateFact | DeviceFact | CdrFact

/** Microseconds of the PBX's own clock, since 1970: all facts of one PBX are told by one clock. */
export type PbxTime = number

/** What is known of a channel since `at`; members that are left out say nothing. */
export interface ChannelFact {
  kind: 'channel'
  /** Asterisk's Uniqueid: given once, never again, and kept through transfers. */
  id: string
  at: PbxTime
  about: Partial<Channel>
}

export interface Channel {
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
  dialled: string
  /** The bridge it is in, if any. */
  bridge: string | undefined
  /** Whether this end has put the others on hold. */
  holds: boolean
  /** The parking space it waits in, if any. */
  parkedAt: string | undefined
  recording: 'off' | 'on' | 'paused'
  /** Sub-second unix time of its birth, in microseconds. */
  bornAt: PbxTime
}

/** A channel is no more. Nothing brings it back. */
export interface GoneFact {
  kind: 'gone'
  id: string
  at: PbxTime
  /** Q.850 cause, where the PBX told; undefined for a channel that vanished while nobody listened. */
  cause: number | undefined
}

/** One channel rings another. */
export interface DialFact {
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
export interface OriginateFact {
  kind: 'originate'
  /** The ChannelId we chose. */
  id: string
  at: PbxTime
  answered: boolean
  /** Asterisk's Reason: 3 no answer, 4 answered, 5 busy, 0 whatever else. */
  reason: number
}

export interface DeviceFact {
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

/** A call detail record, as the PBX wrote it. */
export interface CdrFact {
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
