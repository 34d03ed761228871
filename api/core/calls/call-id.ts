/** What the PBX names a channel by, and so a call: a Uniqueid, or an id of ours. */
export const CALL_ID = /^[A-Za-z0-9_.-]{1,149}$/

/** No PBX begins its own ids so. */
const API_CALL_PREFIX = 'hk_'

/** The id of a call that we dial: its channel's on the PBX as well. */
export const toApiCallId = (random: string): string => API_CALL_PREFIX + random

/** Whether we dialled it. */
export const isApiCall = (callId: string): boolean => callId.startsWith(API_CALL_PREFIX)

/**
 * The channel that rings the caller's phones, where several are rung: the other half of a Local channel, whose first
 * half has the call's own id.
 */
export const localPeerId = (callId: string): string => `${callId}-2`
