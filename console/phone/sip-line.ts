import type { CallError, CallQuality, Registration } from './phone-types.ts'

/** One call as a SIP library has it. Promises are rejected when the call ends before the act is done. */
export interface SipCall {
  /** Of the header `X-Hookswitch-Call`. */
  readonly apiCallId: string | undefined
  readonly peer: { readonly number: string; readonly name: string }
  /** Attached once, before any act. */
  listen(events: SipCallEvents): void
  /** Opens the microphone, sends 200 and waits for the ACK. */
  answer(): Promise<void>
  /** @param status a final SIP status, such as 486 */
  reject(status: number): void
  /** BYE, or a refusal while it rings. A call that has ended is left alone. */
  terminate(): void
  hold(): Promise<void>
  unhold(): Promise<void>
  /** New ICE credentials and candidates, by re-INVITE (RFC 8839 §4.4.1.1.1). */
  restartMedia(): Promise<void>
  /** What passes, whatever the SDP allows. */
  setVoice(voice: { send: boolean; receive: boolean }): void
  sendDtmf(digits: string): void
  /** Of the interval since the last question; undefined without media. */
  quality(): Promise<CallQuality | undefined>
}

export interface SipCallEvents {
  onEnded(error: CallError | undefined): void
  onRemoteHold(held: boolean): void
  /** The connection of its media has failed for good, or works. */
  onMedia(isConnected: boolean): void
}

/** A registration and the calls that come by it. Swap the SIP library behind this interface. */
export interface SipLine {
  start(events: SipLineEvents): void
  /** Unregisters and closes the socket; a registrar that does not answer is not awaited for long. */
  stop(): Promise<void>
  /** The network may have changed: makes sure that the socket lives. */
  check(): void
  takeOver(): void
}

export interface SipLineEvents {
  onRegistration(registration: Registration): void
  onCall(call: SipCall): void
  /** Registered by another socket than before: media may need another path. */
  onReregistered(): void
}
