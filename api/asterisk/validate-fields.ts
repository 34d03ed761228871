import { CALL_ID } from '../core/calls/call-id.ts'
import { DIALABLE } from '../core/dial-policy/parse-number.ts'
import { Refusal } from '../core/refusal.ts'

const ENDPOINT = /^[A-Za-z0-9_-]{1,64}$/
const DIGITS = /^[0-9*#A-D]{1,64}$/
const MAX_CALLER_NAME = 40
const MAX_RING_MS = 600_000

/**
 * What may stand in an action. Asterisk gives meaning to much of what it reads: a Channel that begins with `/`
 * is a pattern, `PJSIP/1001/sip:a@b` and `Local/x@y` reach anything, a comma begins another argument. So each
 * value is of its own small alphabet, and whatever is not is refused here, long before the wire.
 *
 * All throw {Refusal} `input_invalid`, whose detail names the field and not its value.
 */
export const requireChannelId = (text: string) => requireMatch(CALL_ID, text, 'channel id')
export const requireNumber = (text: string) => requireMatch(DIALABLE, text, 'number')
export const requireEndpoint = (text: string) => requireMatch(ENDPOINT, text, 'endpoint')
export const requireDigits = (text: string) => requireMatch(DIGITS, text, 'digits')

/** The name of a phone's channel: to anything else a parked call would come back as to any dial string. */
export function requirePhoneChannel(name: string, technology: string): string {
  const [before, after] = [`${technology}/`, String(name).slice(technology.length + 1)]
  if (typeof name !== 'string' || !name.startsWith(before)) throw invalid('channel name')
  return before + requireMatch(/^[A-Za-z0-9_-]{1,64}-[0-9a-f]{8}$/, after, 'channel name')
}

export function requireRingMs(ms: number): number {
  if (!Number.isSafeInteger(ms) || ms < 1 || ms > MAX_RING_MS) throw invalid('ringing time')
  return ms
}

/**
 * `"name" <number>`, of the name what a phone can show and no reader takes for syntax. An extension of letters is
 * no number that a phone could call back, so of such a caller only the name is shown.
 */
export function formatCallerId({ name, number }: { name: string; number: string | undefined }): string {
  const shown = displayableName(name)
  if (number === undefined) return `"${shown}" <>`
  const bare = `<${requireMatch(DIALABLE, number, 'caller number')}>`
  return shown === '' ? bare : `"${shown}" ${bare}`
}

function displayableName(name: string): string {
  if (typeof name !== 'string') throw invalid('caller name')
  // Half characters go too: they cannot be written in UTF-8.
  const plain = name.slice(0, 400).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"<>,\\]/gu, '')
  return [...plain.trim()].slice(0, MAX_CALLER_NAME).join('').trim()
}

function requireMatch(pattern: RegExp, text: string, what: string): string {
  if (typeof text !== 'string' || !pattern.test(text)) throw invalid(what)
  return text
}

const invalid = (what: string) => new Refusal('input_invalid', { detail: `not a ${what}` })
