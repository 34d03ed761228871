import type { ClearedNumber } from '../dial-policy/clearance.ts'
import type { SupervisionMode } from './supervision/supervision.ts'

/** The commands of a PBX. They resolve when the PBX has accepted them; events report the result. */
export interface Pbx {
  state(): PbxState
  /** Whether this PBX allows it, as it reported when it was last connected. */
  can(capability: PbxCapability): boolean
  /**
   * Rings the endpoint and, once it answers, the number. At most one request is ever sent for an id.
   * @throws {Refusal} `unavailable`; `unknown_number` when the PBX has no such number; `unconfirmed` when it
   *   may have been sent and the connection broke: events will show the result
   */
  dial(order: OriginateRequest): Promise<void>
  /** Does nothing for a channel that has ended. */
  hangup(channelId: string, why: 'normal' | 'busy'): Promise<void>
  transferBlind(channelId: string, number: ClearedNumber): Promise<void>
  transferAttended(channelId: string, number: ClearedNumber): Promise<void>
  cancelTransfer(channelId: string): Promise<void>
  /**
   * Plays them to this end alone: no feature of the PBX reads them.
   * @param digits each of `0-9*#A-D`
   */
  sendDigits(channelId: string, digits: string): Promise<void>
  /**
   * Acts as if they were pressed at this end: the application that the dialplan runs reads them, and in a
   * bridge also features of the PBX, which dial.
   * @param mayPress called before each digit. When it returns false the rest is not pressed
   */
  pressDigits(channelId: string, digits: string, mayPress: () => boolean): Promise<void>
  /** @param by name of the channel that parks, as the PBX needs it */
  park(channelId: string, by: string): Promise<void>
  /** Mutes what this channel sends to the other ends. No event reports it. */
  mute(channelId: string, muted: boolean): Promise<void>
  pauseRecording(channelId: string, paused: boolean): Promise<void>
  /** Asks a ringing phone to answer by itself; only some do, and others end the call. */
  requestAnswer(channelId: string): Promise<void>
  /** The Call-ID of the channel's SIP dialog, which the PBX chose if it placed the call; undefined where it reports none. */
  sipCallIdOf(channelId: string): Promise<string | undefined>
  /**
   * Rings a supervisor's phone and, once it answers, lets it listen to one channel. It ends with that channel. At most
   * one request is ever sent for an id.
   * @throws {Refusal} `unavailable`; `unconfirmed` when it may have been sent: events will show the result
   */
  supervise(order: SuperviseRequest): Promise<void>
  /** @param id of `supervise`, with a phone that has answered @param channelId that it listens to */
  switchSupervision(id: string, channelId: string, mode: SupervisionMode): Promise<void>
  /**
   * Connects two channels with each other; whatever they were in loses them.
   * @param name of a channel, in full: the PBX takes each for the beginning of a name or an id
   */
  connect(name: string, otherName: string): Promise<void>
  /** Whether the dialplan has an extension for the number; undefined when the PBX cannot report it. */
  extensionExists(number: string): Promise<boolean | undefined>
}

export interface OriginateRequest {
  /** Chosen by us, unique over all PBXs and times: becomes the id of the channel and of the call. */
  callId: string
  /**
   * The SIP endpoint of the user's own phone: from settings and accounts, never from a request. The PBX's context
   * for all phones also rings the browsers of a desk phone's extension.
   */
  endpoint: string
  /** Whether the endpoint is that of the user's browsers: the INVITE then carries the call's id. */
  isBrowser: boolean
  /** Normalized: `^\+?[0-9*#]{1,32}$`. */
  number: ClearedNumber
  /** Shown on both phones; without a number if the caller's extension is not one. */
  callerId: { name: string; number: string | undefined }
  /** How long the own phone may ring. */
  ringMs: number
}

export interface SuperviseRequest extends Omit<OriginateRequest, 'callId' | 'number'> {
  /** Chosen by us, by `toSupervisionId`: the id of the supervisor's channel. */
  id: string
  /** The one channel that is listened to: its Uniqueid. */
  channelId: string
  mode: SupervisionMode
}

export const PBX_CAPABILITIES = [
  'dial',
  'hangup',
  'transfer',
  'attended_transfer',
  'dtmf',
  'park',
  'mute',
  'pause_recording',
  'request_answer',
  'supervise',
  'switch_supervision',
  'take_over',
] as const
export type PbxCapability = (typeof PBX_CAPABILITIES)[number]

export interface PbxState {
  /** Whether commands are accepted and the known state is current. */
  online: boolean
  /** When it went offline, unix ms. */
  offlineSince: number | undefined
  /** Changes each time the state is fetched after a disconnect. */
  pbxEpoch: string | undefined
}
