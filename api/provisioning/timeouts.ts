/** Timeouts of PBX operations, in ms. */
export interface PbxTimeouts {
  /** Per HTTP request. */
  requestMs: number
  /** Per call of `provision` or `remove`, with all its requests. */
  callMs: number
  /** Average delay before a retry. */
  pauseMs: number
}

export const DEFAULT_PBX_TIMEOUTS: PbxTimeouts = { requestMs: 15_000, callMs: 60_000, pauseMs: 400 }
