/** The id of a channel, and so of a call: the PBX's Uniqueid, or an id that we chose. */
export const CALL_ID = /^[A-Za-z0-9_.-]{1,149}$/

/** No PBX uses this prefix for its own ids. */
const API_CALL_PREFIX = 'hk_'

/** The id of a call that we place: on the PBX its channel has the same id. */
export const toApiCallId = (random: string): string => API_CALL_PREFIX + random

/** Whether the API placed the call. */
export const isApiCall = (callId: string): boolean => callId.startsWith(API_CALL_PREFIX)

/** Of a supervisor's phone that listens to a call: no call of its own, so no list, history or presence has it. */
const SUPERVISION_PREFIX = 'hks_'

export const toSupervisionId = (random: string): string => SUPERVISION_PREFIX + random

export const isSupervisionId = (id: string): boolean => id.startsWith(SUPERVISION_PREFIX)

/**
 * The channel that rings the caller's phones when several are rung: the second half of a Local channel. Its
 * first half has the call's id.
 */
export const localPeerId = (callId: string): string => `${callId}-2`
