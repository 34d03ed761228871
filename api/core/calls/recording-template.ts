import { isSafePath } from '../values/safe-path.ts'
import { requireWallClock } from '../values/time-zone.ts'
import type { Call, Recording } from './call.ts'
import type { RecordingNames } from './to-call-record.ts'

/** The values for the placeholders of one recording. */
interface TemplateContext {
  call: Call
  recording: Recording
  /** When the call began, in the zone of the PBX: `2026-01-31T12:00:00`. */
  start: string
  extensionOf: FindExtension
}

/** The extension of a user's endpoint; undefined for other phones. */
type FindExtension = (endpoint: string) => string | undefined

const PLACEHOLDERS: Readonly<Record<string, (known: TemplateContext) => string>> = {
  file: ({ recording }) => recording.file ?? '',
  name: ({ recording }) => (recording.file ?? '').replace(/\.[A-Za-z0-9]{1,8}$/, ''),
  linkedid: ({ call }) => call.id,
  uniqueid: ({ recording }) => recording.channelId,
  from: ({ call }) => call.from.number,
  to: ({ call }) => call.to.number,
  number: ({ call }) => (call.direction === 'incoming' ? call.from.number : call.to.number),
  extension: ({ call, extensionOf }) =>
    call.direction === 'incoming' ? answeringExtension(call, extensionOf) : call.from.number,
  yyyy: ({ start }) => start.slice(0, 4),
  mm: ({ start }) => start.slice(5, 7),
  dd: ({ start }) => start.slice(8, 10),
  hh: ({ start }) => start.slice(11, 13),
  mi: ({ start }) => start.slice(14, 16),
  ss: ({ start }) => start.slice(17, 19),
}

/** Placeholders that hold the PBX's file name: a path, with more characters than a number or an id. */
const PATH_PLACEHOLDERS: ReadonlySet<string> = new Set(['file', 'name'])

/** The name that the PBX reported, else the one that Asterisk's own examples use. */
const DEFAULTS = ['{file}', '{uniqueid}.wav']

/**
 * Parses the template of recording names, such as `{yyyy}/{mm}/{dd}/{uniqueid}.wav`. `file` is the name that
 * the PBX reported, `name` the same without its ending; `linkedid` is the call's, `uniqueid` the recorded
 * channel's; `from` and `to` are its numbers, `number` that of the other end and `extension` that of the own
 * phone; the rest is the call's start.
 *
 * @param text undefined: as the PBX names them, and `{uniqueid}.wav` where it names none
 * @param timeZone of the PBX, an IANA name
 * @param extensionOf undefined for an endpoint without a user; its name then stands for the extension
 * @returns a function that names the files of a call in order; names that would be no safe path are left out
 * @throws {Error} for an unknown placeholder, or what can never be a path below the media root
 */
export function parseRecordingTemplate(
  text: string | undefined,
  timeZone = 'UTC',
  extensionOf: FindExtension = () => undefined,
): RecordingNames {
  const templates = text === undefined ? DEFAULTS : [text]
  for (const template of templates) validateTemplate(template)
  const clock = requireWallClock(timeZone)

  return (call) => {
    const start = clock(call.startedAt / 1000)
    const names = call.recordings.map((recording) => {
      for (const template of templates) {
        const path = fill(template, { call, recording, start, extensionOf })
        if (path !== undefined) return path
      }
      return undefined
    })
    return [...new Set(names.filter((name) => name !== undefined))]
  }
}

/** Whether the PBX's own file names are needed. */
export const needsFileNames = (text: string | undefined): boolean =>
  text === undefined || [...PATH_PLACEHOLDERS].some((name) => text.includes(`{${name}}`))

function validateTemplate(template: string): void {
  const literal = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (Object.hasOwn(PLACEHOLDERS, name)) return 'x'
    throw new Error(`unknown {${name}}: a recording's name is made of ${PLACEHOLDER_LIST}`)
  })
  if (/[{}]/.test(literal)) throw new Error('a brace in the name of a recording belongs to no placeholder')
  if (!isServable(literal)) {
    throw new Error('the name of a recording is a path below the media root, such as {linkedid}.wav')
  }
}

/** @returns undefined for an unsafe path: numbers come from callers, and names from a dialplan */
function fill(template: string, context: TemplateContext): string | undefined {
  let isSafe = true
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const part = PLACEHOLDERS[name]?.(context) ?? ''
    isSafe &&= PATH_PLACEHOLDERS.has(name)
      ? isServable(part)
      : /^[A-Za-z0-9_.+-]+$/.test(part) && !part.includes('..')
    return part
  })
  return isSafe && isServable(path) ? path : undefined
}

/** The own phone that answered, or the one that rang. */
function answeringExtension({ legs, to }: Call, extensionOf: FindExtension): string {
  const called = legs.filter(({ role }) => role === 'callee')
  const taker = called.find(({ answeredAt }) => answeredAt !== undefined) ?? called[0]
  const endpoint = taker?.endpoint
  return endpoint === undefined ? to.number : (extensionOf(endpoint) ?? endpoint)
}

const PLACEHOLDER_LIST = Object.keys(PLACEHOLDERS)
  .map((name) => `{${name}}`)
  .join(' ')

/** Hidden files are not served. */
const isServable = (path: string) => isSafePath(path) && !path.split('/').some((part) => part.startsWith('.'))
