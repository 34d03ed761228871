import type { PbxChannel, PbxTime } from '../core/calls/pbx-events.ts'

/** Parsers for Asterisk's times, channel names and states. */

/** `1795218428.570041`: parsed as text, as a float may be off by a microsecond. */
export function parseTimestamp(text = ''): PbxTime | undefined {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,6})\d*)?$/.exec(text) ?? []
  return whole === undefined ? undefined : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}

/** `01:02:03` */
export function parseDuration(duration: string): number {
  const [, hours, minutes, seconds] = /^(\d{1,6}):(\d\d):(\d\d)$/.exec(duration) ?? []
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
}

/** Channels that Asterisk makes for itself: they belong to no phone and no trunk. */
const INTERNAL_TECHNOLOGIES = new Set([
  'Announcer',
  'AsyncGoto',
  'AudioSocket',
  'CBAnn',
  'CBRec',
  'Local',
  'Message',
  'MulticastRTP',
  'Recorder',
  'Snoop',
  'Surrogate',
  'UnicastRTP',
])

/**
 * `PJSIP/101-00000042` belongs to 101; SIP and IAX2 alike. Other technologies keep their name in the
 * endpoint, so that `DAHDI/1` is no user's phone. A masqueraded channel has no endpoint.
 */
export function endpointOfChannel(name: string): string | undefined {
  const [, kind, rest] = /^(\w+)\/(.+)-[0-9a-f]+(?:;\d)?$/s.exec(name) ?? []
  if (kind === undefined || rest === undefined || INTERNAL_TECHNOLOGIES.has(kind)) return undefined
  return kind === 'PJSIP' || kind === 'SIP' || kind === 'IAX2' ? rest : `${kind}/${rest}`
}

/** Undefined for Busy and other states that do not show how far a channel got. */
export function toChannelState(number: string): PbxChannel['state'] | undefined {
  switch (number) {
    case '0': // Down
    case '1': // Rsrvd
      return 'down'
    case '2': // OffHook
    case '3': // Dialing
    case '4': // Ring: it dials
    case '8': // Dialing Offhook
      return 'dialling'
    case '5': // Ringing
    case '9': // Pre-ring
      return 'ringing'
    case '6':
      return 'up'
    default:
      return undefined
  }
}

/**
 * Numbers and names of parties are escaped as in C (manager_channels.c, ast_escape_c): `O\'Neil`. Escaped
 * controls are dropped like any others.
 */
export function unescapeC(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\([abfnrtv\\'"?])/g, (_, escaped: string) => (/\w/.test(escaped) ? '' : escaped))
}

const MAX_TEXT = 80
const PLAIN_TEXT = /^[\x20-\x7e]{0,80}$/
/** Controls, line breaks of all kinds, and marks that change the reading direction. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Makes a caller's text safe to display: one line of 80 characters at most. */
export function sanitizeText(text = ''): string {
  if (PLAIN_TEXT.test(text)) return text
  // Truncate a pathological text before it is scanned.
  const shown = text
    .slice(0, 4 * MAX_TEXT)
    .toWellFormed()
    .replace(INVISIBLE, '')
  return [...shown].slice(0, MAX_TEXT).join('')
}
