import { isPlainPath } from '../plain-path.ts'
import type { Call } from './call.ts'
import type { RecordingName } from './record.ts'

const PLACEHOLDERS: Readonly<Record<string, (call: Call, start: string) => string>> = {
  linkedid: (call) => call.id,
  uniqueid: (call) => call.recordedChannel ?? '',
  // Of `2026-01-31T12:00:00.000Z`.
  yyyy: (_, start) => start.slice(0, 4),
  mm: (_, start) => start.slice(5, 7),
  dd: (_, start) => start.slice(8, 10),
  hh: (_, start) => start.slice(11, 13),
}

/**
 * Reads how the PBX names its recordings, such as `{yyyy}/{mm}/{dd}/{uniqueid}.wav`: `linkedid` is the call's,
 * `uniqueid` the recorded channel's, the rest is the call's start in UTC.
 *
 * @returns names the file of a call; null for a call that was not recorded, or when the PBX's ids would not
 *   make a plain path
 * @throws {Error} for a placeholder nobody knows, or what can never be a path below the media root
 */
export function parseRecordingTemplate(text: string): RecordingName {
  const literal = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (Object.hasOwn(PLACEHOLDERS, name)) return 'x'
    throw new Error(`unknown {${name}}: a recording's name is made of ${known}`)
  })
  if (/[{}]/.test(literal)) throw new Error('a brace in the name of a recording belongs to no placeholder')
  if (!isServable(literal)) {
    throw new Error('the name of a recording is a path below the media root, such as {linkedid}.wav')
  }

  return (call) => {
    if (call.recordedChannel === undefined) return null
    const start = new Date(call.startedAt / 1000).toISOString()
    let isSafe = true
    const path = text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const part = PLACEHOLDERS[name]?.(call, start) ?? ''
      isSafe &&= /^[A-Za-z0-9_.-]+$/.test(part) && !part.includes('..')
      return part
    })
    return isSafe && isServable(path) ? path : null
  }
}

const known = Object.keys(PLACEHOLDERS)
  .map((name) => `{${name}}`)
  .join(' ')

/** Hidden files are nobody's. */
const isServable = (path: string) =>
  isPlainPath(path) && !path.split('/').some((part) => part.startsWith('.'))
