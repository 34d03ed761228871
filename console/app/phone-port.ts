import type { SupervisedCall } from '../phone/phone-types.ts'
import { createStore } from './store.ts'

/** What screens need of the phone in the page. */
export interface PhonePort {
  canDial: boolean
  /** Shows what becomes of the call, also why it was not placed. @returns whether it was */
  dial(number: string): Promise<boolean>
  /** Listens to a call of the agent with this number; shows why it could not. @returns whether it was asked for */
  supervise(number: string, supervised: SupervisedCall): Promise<boolean>
}

/** Set by the phone of the page while it is ready. Without it, calls ring the phones of the user. */
export const phonePort = createStore<PhonePort | undefined>(undefined)

/** The type of what is dragged with a card of a call: the call’s id. */
export const CALL_DRAG_TYPE = 'application/x-hookswitch-call'
