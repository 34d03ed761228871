import type { CallError } from './phone-types.ts'

/** Q.850 causes that a caller should see. */
const BY_Q850: Record<string, CallError> = {
  '17': 'busy',
  '18': 'no_answer',
  '19': 'no_answer',
  '21': 'declined',
}

const LOST = ['RTP Timeout', 'Connection Error', 'Request Timeout', 'Dialog Error', 'No ACK']
const PLAIN = ['Terminated', 'Canceled', 'Rejected', 'Expires']

/**
 * Why a call ended.
 * @param cause as JsSIP names it
 * @param by which side ended it
 * @param reason the header `Reason` of its BYE or CANCEL (RFC 3326)
 * @returns undefined for a plain hang-up
 */
export function endReason(cause: string, by: string, reason: string | undefined): CallError | undefined {
  if (by === 'remote' && reason !== undefined) {
    // RFC 3326 §2: another phone of the same person has taken the call.
    if (/\bSIP\s*;.*cause\s*=\s*200\b|\bQ\.850\s*;.*cause\s*=\s*26\b/i.test(reason))
      return 'answered_elsewhere'
    const q850 = /\bQ\.850\s*;\s*cause\s*=\s*(\d+)/i.exec(reason)?.[1]
    const error = q850 === undefined ? undefined : BY_Q850[q850]
    if (error !== undefined) return error
  }
  if (PLAIN.includes(cause)) return undefined
  if (LOST.includes(cause)) return 'lost'
  if (cause === 'User Denied Media Access') return 'microphone_denied'
  if (cause === 'No Answer') return 'no_answer'
  if (cause === 'Busy') return 'busy'
  return 'failed'
}
