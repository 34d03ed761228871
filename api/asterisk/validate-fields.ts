import { CALL_ID } from '../core/calls/call-id.ts'
import { DIALABLE } from '../core/dial-policy/parse-number.ts'
import { Refusal } from '../core/refusal.ts'

const ENDPOINT = /^[A-Za-z0-9_-]{1,64}$/
const DIGITS = /^[0-9*#A-D]{1,64}$/
const MAX_CALLER_NAME = 40
const MAX_RING_MS = 600_000

/**
 * Validates the values of actions. Asterisk interprets much of what it reads: a Channel that begins with `/`
 * is a pattern, `PJSIP/1001/sip:a@b` and `Local/x@y` reach anything, a comma begins another argument. So each
 * value has its own small alphabet, and anything else is refused before it is sent.
 *
 * All throw {Refusal} `input_invalid`; the detail names the field without its value.
 */
export const requireChannelId = (text: string) => requireMatch(CALL_ID, text, 'channel id')
export const requireNumber = (text: string) => requireMatch(DIALABLE, text, 'number')
export const requireEndpoint = (text: string) => requireMatch(ENDPOINT, text, 'endpoint')
export const requireDigits = (text: string) => requireMatch(DIGITS, text, 'digits')

/** The name of a phone's channel: otherwise a parked call could return to any dial string. */
export function requirePhoneChannel(name: string, technology: string): string {
  const [before, after] = [`${technology}/`, String(name).slice(technology.length + 1)]
  if (typeof name !== 'string' || !name.startsWith(before)) throw invalid('channel name')
  return before + requireMatch(/^[A-Za-z0-9_-]{1,64}-[0-9a-f]{8}$/, after, 'channel name')
}

/**
 * A channel's whole name, for an action that takes the beginning of a name or of a Uniqueid: `17.1` would also be `17.10`,
 * while the number at the end of a name always has eight digits.
 */
export const requireFullName = (name: string) =>
  requireMatch(/^(?:PJSIP|Local)\/[A-Za-z0-9_.@+-]{1,160}-[0-9a-f]{8}(?:;[12])?$/, name, 'channel name')

export function requireRingMs(ms: number): number {
  if (!Number.isSafeInteger(ms) || ms < 1 || ms > MAX_RING_MS) throw invalid('ringing time')
  return ms
}

/**
 * `"name" <number>` with the part of the name that a phone can display and no parser takes for syntax. An
 * extension with letters is no number that a phone could call back, so only the name of such a caller is
 * shown.
 */
export function formatCallerId({ name, number }: { name: string; number: string | undefined }): string {
  const shown = displayableName(name)
  if (number === undefined) return `"${shown}" <>`
  const bare = `<${requireMatch(DIALABLE, number, 'caller number')}>`
  return shown === '' ? bare : `"${shown}" ${bare}`
}

function displayableName(name: string): string {
  if (typeof name !== 'string') throw invalid('caller name')
  // Half surrogates are removed as well: UTF-8 cannot encode them.
  const plain = name.slice(0, 400).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"<>,\\]/gu, '')
  return [...plain.trim()].slice(0, MAX_CALLER_NAME).join('').trim()
}

function requireMatch(pattern: RegExp, text: string, what: string): string {
  if (typeof text !== 'string' || !pattern.test(text)) throw invalid(what)
  return text
}

const invalid = (what: string) => new Refusal('input_invalid', { detail: `not a ${what}` })
