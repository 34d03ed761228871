/** How long a PBX may take, in milliseconds. */
export interface PbxTimeouts {
  /** One request. */
  requestMs: number
  /** One call of `provide` or `remove`, whatever it takes. */
  callMs: number
  /** Before something is tried for the second time, on average. */
  pauseMs: number
}

export const DEFAULT_PBX_TIMEOUTS: PbxTimeouts = { requestMs: 15_000, callMs: 60_000, pauseMs: 400 }
