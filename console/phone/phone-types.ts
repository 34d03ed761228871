/** What the page needs to register: the answer of `POST /api/v1/phone/credentials`, without what no phone uses. */
export interface PhoneCredentials {
  display_name: string | null
  /** Of the browser's own endpoint, such as `1003-web`. */
  sip_username: string
  auth_username: string
  sip_password: string
  sip_domain: string
  /** Path or URL of the WebSocket that carries SIP. */
  socket_path: string
  ice_servers: readonly IceServer[]
  /** ISO 8601. */
  expires_at: string
}

export interface IceServer {
  urls: string | string[]
  username?: string
  credential?: string
}

/** Device ids as `enumerateDevices` lists them; undefined is the browser's default. */
export interface PhoneDevices {
  microphone?: string | undefined
  speaker?: string | undefined
  ringer?: string | undefined
}

/** Why the phone cannot be used until a person acts. */
export type BlockedReason =
  | 'insecure_context'
  | 'microphone_denied'
  | 'session_ended'
  | 'taken_by_other_window'
  | 'no_extension'
  | 'not_supported'

export type Registration =
  | { state: 'offline' | 'connecting' | 'registered' | 'reconnecting' }
  | { state: 'blocked'; reason: BlockedReason }

export type CallState = 'ringing' | 'answering' | 'active' | 'held' | 'remote-held' | 'ended'

/**
 * Why a call ended otherwise than by a hang-up. `refused`: the API did not place it. `no_invite`: the API placed it, but
 * it did not reach this page. `lost`: the connection broke. `no_network`: the browser found no address for sound.
 */
export type CallError =
  | 'refused'
  | 'no_invite'
  | 'lost'
  | 'no_network'
  | 'busy'
  | 'declined'
  | 'no_answer'
  | 'answered_elsewhere'
  | 'microphone_denied'
  | 'failed'

export interface CallQuality {
  /** Of the packets of the last interval that were expected here, 0 to 1. */
  lossRatio: number
  jitterMs: number
  /** Undefined until the other end has reported once. */
  rttMs: number | undefined
}

export interface CallCard {
  /** Of this page alone. */
  readonly id: string
  /** The `call_id` of the API, once it is known. */
  readonly apiCallId: string | undefined
  readonly direction: 'incoming' | 'outgoing'
  readonly peer: { readonly number: string; readonly name: string }
  readonly state: CallState
  /** Milliseconds since the epoch, when this page's leg was answered. */
  readonly startedAt: number | undefined
  readonly muted: boolean
  readonly quality: CallQuality | undefined
  readonly error: CallError | undefined
  /** The API's id of another call, which this page listens to. */
  readonly supervises?: string | undefined
}

/** A call of others that a supervisor listens to by this phone. */
export interface SupervisedCall {
  callId: string
  mode: 'listen' | 'whisper' | 'join'
}

export interface PhoneSnapshot {
  readonly registration: Registration
  /** Oldest first. An ended call stays a few seconds, one with an error until it is dismissed or half a minute old. */
  readonly calls: readonly CallCard[]
  /** The browser plays no sound before the user clicks or presses a key in the page. */
  readonly soundBlocked: boolean
}

/** A request of `streams/me` (docs/calls.md, "Obeying a command"). */
export interface PhoneCommand {
  command: 'answer' | 'hold' | 'unhold'
  call_id: string
  /** ISO 8601. */
  expires_at: string
}

/**
 * A phone in the page. Its promises are fulfilled when the act is done, and rejected with a `PhoneError`, or with the error of the API.
 * Transfers, parking and all that a PBX does by itself are calls of the REST API.
 */
export interface Phone {
  start(): Promise<void>
  /** Ends all calls, unregisters and closes the socket, so that another tab may register. */
  stop(): Promise<void>
  /**
   * Asks the API to place a call and answers its INVITE.
   * @param supervised a call to listen to, of the agent with this number, instead of a call of one's own
   * @returns the id of the card
   */
  dial(number: string, supervised?: SupervisedCall): Promise<string>
  answer(id: string): Promise<void>
  decline(id: string): void
  hangup(id: string): void
  hold(id: string): Promise<void>
  unhold(id: string): Promise<void>
  /** Holds the active call and continues the one that has been held longest. */
  swap(): Promise<void>
  mute(id: string, on: boolean): void
  /** @param digits of `0-9 A-D * # ,`; a comma is a pause of 2 s */
  sendDtmf(id: string, digits: string): void
  setDevices(devices: PhoneDevices): Promise<void>
  /** Calls the echo of the PBX. @returns the id of the card */
  testCall(): Promise<string>
  /** After `taken_by_other_window`: connects again, here. */
  takeOver(): void
  obey(command: PhoneCommand): Promise<void>
  /** Notes the API's id of a call that came without one. */
  identify(id: string, apiCallId: string): void
  /** Removes the card of an ended call. */
  dismiss(id: string): void
  /** @returns what ends the subscription */
  subscribe(listener: () => void): () => void
  /** The same object until something changes. */
  getSnapshot(): PhoneSnapshot
}

export type PhoneErrorCode =
  | CallError
  | BlockedReason
  | 'no_such_call'
  | 'wrong_state'
  | 'timeout'
  | 'invalid_digits'

export class PhoneError extends Error {
  readonly code: PhoneErrorCode
  constructor(code: PhoneErrorCode) {
    super(code)
    this.name = 'PhoneError'
    this.code = code
  }
}
