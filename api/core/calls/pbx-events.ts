/**
 * Events of a PBX about channels and devices, independent of the PBX's protocol. They may come in any order
 * and several times: `at` decides, so nodes that received the same events have the same state.
 */
export type PbxEvent =
  | ChannelUpdate
  | ChannelEnded
  | DialUpdate
  | OriginateResult
  | DeviceUpdate
  | CdrEvent
  | ClockSetBack

/** Microseconds since 1970 by the PBX's own clock, which dates all its events. */
export type PbxTime = number

/** Attributes of a channel since `at`; members that are left out are unchanged. */
export interface ChannelUpdate {
  kind: 'channel'
  /** Asterisk's Uniqueid: never used again, and kept through transfers. */
  id: string
  at: PbxTime
  changes: Partial<PbxChannel>
}

export interface PbxChannel {
  /** Asterisk's name of the channel, which a masquerade changes. Never sent to clients as a handle. */
  name: string
  /** The SIP endpoint of `PJSIP/<endpoint>-<number>`; undefined for a channel of no phone or trunk. */
  endpoint: string | undefined
  /** The call it belongs to: Asterisk's Linkedid. */
  callId: string
  /** `dialling`: this end dials out (Asterisk: Ring); `ringing`: this end is rung. */
  state: 'down' | 'dialling' | 'ringing' | 'up'
  number: string
  callerName: string
  connectedNumber: string
  connectedName: string
  /** The extension it dialed, or for which it was dialed, as in Exten. */
  dialedExtension: string
  /** The extension that an Originate sent it to once it was answered. */
  originateExtension: string
  /** The extension that a blind transfer sent it to. */
  transferredTo: string
  /** The number in the device that it was created to reach, as `0999112` of `PJSIP/0999112@pstn`. */
  deviceNumber: string
  /** The bridge it is in, if any. */
  bridge: string | undefined
  /** Whether this end has put the others on hold. */
  holds: boolean
  /** The parking space it waits in, if any. */
  parkingSpace: string | undefined
  recording: 'off' | 'on' | 'paused'
  /** The update comes from a list: it shows the current state, not a change. */
  fromList: true
  /** A file it is recorded to, relative to the folder of the PBX's recordings. One channel may have several. */
  recordingFile: string
  /** The PBX routed this call to a person, by a queue or by dialing. Never reset. */
  routedToPerson: true
  /** When it was created, in microseconds. */
  createdAt: PbxTime
}

/** A channel has ended. No later event brings it back. */
export interface ChannelEnded {
  kind: 'channel_ended'
  id: string
  at: PbxTime
  /** Q.850 cause, where the PBX reported one; undefined for a channel that ended while no API was connected. */
  cause: number | undefined
}

/** One channel rings another. */
export interface DialUpdate {
  kind: 'dial'
  /** Undefined for a phone that an Originate rings. */
  from: string | undefined
  to: string
  at: PbxTime
  /** How it ended; undefined when it has just begun. */
  end: DialEnd | undefined
}
/** DialStatus of Asterisk's DialEnd. */
export type DialEnd = 'answered' | 'busy' | 'no_answer' | 'cancelled' | 'unavailable' | 'congestion' | 'other'

/** The result of the first leg of a call that the API placed. */
export interface OriginateResult {
  kind: 'originate'
  /** The ChannelId that we chose. */
  id: string
  at: PbxTime
  answered: boolean
  /** Asterisk's Reason: 3 no answer, 4 answered, 5 busy, 0 anything else. */
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

/** The PBX's clock was set back: earlier events happened that much earlier by the clock as it is now. */
export interface ClockSetBack {
  kind: 'clock_set_back'
  /** By the clock as it is now. */
  at: PbxTime
  /** Microseconds, more than 0. */
  setBackBy: number
}

/** A call detail record that the PBX wrote. */
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
