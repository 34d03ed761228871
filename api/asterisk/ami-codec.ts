import { AmiError } from './ami-error.ts'

export type AmiValue = string | number | boolean

/**
 * One action, as Asterisk documents it: its name and its fields. A list repeats its field (`Variable`). Only
 * the encoding is validated here; the caller validates what a value means to Asterisk: a comma in `Variable`
 * sets another one, a `Channel` that begins with `/` is a pattern, and `Application` is run.
 */
export interface AmiAction {
  Action: string
  [key: string]: AmiValue | readonly AmiValue[]
}

/** One message of Asterisk, up to an empty line: a response or an event. */
export interface AmiMessage {
  /** By its first line, as later lines may hold a caller's text. */
  kind: 'response' | 'event'
  /** The first line's value: `Success`, `Newchannel`. */
  name: string
  /** Keys in lower case, as Asterisk's own spelling varies; the first value of a key. No prototype. */
  fields: Readonly<Record<string, string>>
  /** Every line in order, keys as written: `Output`, `Variable` and `ChanVariable` come several times. */
  pairs: readonly (readonly [key: string, value: string])[]
}

/** Asterisk's own limits are 1024 bytes a line and 128 lines (manager.c: "line too long", "Too many lines"). */
const MAX_LINE_BYTES = 1_000
const MAX_LINES = 120

const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/
const NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/
/** C0, DEL, C1, and Unicode's line and paragraph separators. */
const LINE_BREAKING = /[\p{Cc}\u2028\u2029]/u

/**
 * Encodes one action. An accepted value decodes to itself and adds no line.
 * @throws {AmiError} `ami_field_invalid`
 */
export function encodeAction(fields: AmiAction, actionId: string): Buffer {
  const lines: string[] = []
  const seen = new Set(['action', 'actionid'])
  const write = (key: string, value: unknown) => {
    if (lines.length === MAX_LINES) throw invalid('the action has too many lines')
    const line = `${key}: ${encodeValue(key, value)}`
    if (Buffer.byteLength(line) > MAX_LINE_BYTES) throw invalid(`${key} is too long`)
    lines.push(line)
  }
  if (typeof fields.Action !== 'string' || !NAME.test(fields.Action)) throw invalid('Action is not a name')
  write('Action', fields.Action)
  write('ActionID', actionId)
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'Action') continue
    if (!KEY.test(key)) throw invalid('a key is not a name')
    // Asterisk reads the first of two fields with the same name, and ignores case.
    if (seen.has(key.toLowerCase())) throw invalid(`${key} is there twice`)
    seen.add(key.toLowerCase())
    for (const one of Array.isArray(value) ? value : [value]) write(key, one)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

function encodeValue(key: string, value: unknown): string {
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') throw invalid(`${key} is not a text, a whole number, true or false`)
  if (LINE_BREAKING.test(value)) throw invalid(`${key} holds a control character`)
  if (!value.isWellFormed()) throw invalid(`${key} holds half a character`)
  // Asterisk skips blanks after the colon (manager.c: ast_skip_blanks).
  if (value.startsWith(' ')) throw invalid(`${key} begins with a blank`)
  return value
}

const invalid = (what: string) => new AmiError('ami_field_invalid', what, false)

/**
 * Decodes one message, without the empty line that ends it. Only CR LF ends a line: a lone LF, which some of
 * Asterisk's messages end with, belongs to the value and cannot begin a line.
 * @returns undefined for anything but a response or an event
 */
export function decodeMessage(raw: Buffer): AmiMessage | undefined {
  const pairs = raw
    .toString('utf8')
    .split('\r\n')
    .filter((line) => line !== '')
    .map(parseLine)
  const [key = '', name = ''] = pairs[0] ?? []
  const kind = key.toLowerCase()
  if (kind !== 'response' && kind !== 'event') return undefined
  const fields: Record<string, string> = Object.create(null)
  for (const [one, value] of pairs) fields[one.toLowerCase()] ??= value
  return { kind, name, fields, pairs }
}

/** `Key: value`; a line without a colon has the empty key. */
function parseLine(line: string): [string, string] {
  const colon = line.indexOf(':')
  if (colon < 0) return ['', line]
  const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
  return [line.slice(0, colon), value.endsWith('\n') ? value.trimEnd() : value]
}
