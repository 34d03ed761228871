/** A call that rings in the page that holds the phone. */
export interface RingingCall {
  /** Made by that page for this one call: a later call has another key. */
  key: string
  title: string
  body: string
  /** Texts of the buttons. */
  answer: string
  decline: string
}

/** All calls that ring now: a notification of any other call is closed. */
export interface ToWorker {
  type: 'ringing'
  calls: readonly RingingCall[]
}

export type FromWorker =
  /** A worker of this build has taken over. */
  | { type: 'build'; build: string }
  /** A button of a notification. */
  | { type: 'call-action'; key: string; action: CallAction }

export const CALL_ACTIONS = ['answer', 'decline'] as const
export type CallAction = (typeof CALL_ACTIONS)[number]
