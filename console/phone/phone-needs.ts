import type { BlockedReason, PhoneDevices, SupervisedCall } from './phone-types.ts'
import type { RingMode, Tone } from './ring-mode.ts'
import type { SipLine } from './sip-line.ts'

/** What the phone needs of the page: without a browser's types, so that its rules run anywhere. */
export interface PhoneNeeds {
  line: SipLine
  api: { dial(number: string, supervised?: SupervisedCall): Promise<{ id: string }> }
  /** Asks for the microphone. Rejects with a `PhoneError`, `microphone_denied`. */
  prepareMicrophone(): Promise<void>
  setDevices(devices: PhoneDevices): Promise<void>
  ringer: { set(mode: RingMode): void; play(tone: Tone): void }
  /** Why this page can have no phone at all. */
  blocked: BlockedReason | undefined
}
