import { createEventLoopYield } from '../../runtime/event-loop-yield.ts'
import type { LineError } from '../core/account-imports/account-source.ts'
import { invalidInput } from '../core/refusal.ts'

/** A section of a configuration file of Asterisk, with the options of its templates before its own. */
export interface ConfSection {
  name: string
  line: number
  isTemplate: boolean
  /** Those that were asked for. Names in lower case; a later value replaces an earlier one of the same name. */
  options: ReadonlyMap<string, string>
}

export interface ConfFile {
  sections: readonly ConfSection[]
  /** Lines that were not read, such as `#include`; the first 1 000 of them. */
  lineErrors: readonly LineError[]
}

/** Characters; Asterisk itself reads no longer line. */
const MAX_LINE = 8_000
const MAX_SECTIONS = 50_000
const MAX_LINE_ERRORS = 1_000
/** Characters of a name within a reason. */
const MAX_SHOWN_NAME = 80

/**
 * Reads a file of the form of `pjsip.conf`: sections with templates (`[name](!,template)`), additions (`[name](+)`),
 * comments with `;` and `;-- … --;`. `#include` and other directives are errors: what they include is not read.
 * Its time grows with the length of the text alone, and other work goes on meanwhile.
 * @param isWanted which options to read: each section has a copy of those of its templates, so let them be few
 * @throws {Refusal} `input_invalid` for a line or a list of sections that is too long
 */
export async function parseAsteriskConf(
  text: string,
  isWanted: (option: string) => boolean,
): Promise<ConfFile> {
  const sections: ConfSection[] = []
  const lineErrors: LineError[] = []
  /** The last section of each name. */
  const byName = new Map<string, Section>()
  let current: Section | undefined
  let commentDepth = 0
  const pause = createEventLoopYield()

  function report(line: number, reason: string): void {
    if (lineErrors.length < MAX_LINE_ERRORS) lineErrors.push({ line, reason })
  }

  function beginSection({ name, flags }: SectionStart, line: number): void {
    if (flags.includes('+')) {
      current = byName.get(name)
      if (current === undefined) report(line, `there is no section ${shorten(name)} to add to`)
      return
    }
    if (sections.length === MAX_SECTIONS)
      throw invalidInput(`line ${line}: the file has more than ${MAX_SECTIONS} sections`)
    const options = new Map<string, string>()
    for (const flag of flags) {
      if (flag === '!') continue
      const template = byName.get(flag)
      if (template === undefined) report(line, `there is no template ${shorten(flag)}`)
      for (const [key, value] of template?.options ?? []) options.set(key, value)
    }
    current = { name, line, isTemplate: flags.includes('!'), options }
    byName.set(name, current)
    sections.push(current)
  }

  function readLine(content: string, line: number): void {
    if (content === '') return
    if (content.startsWith('#')) {
      report(line, `${/^#\w{0,20}/.exec(content)?.[0]} is not followed: name that file instead`)
      return
    }
    const start = readSectionStart(content)
    if (start !== undefined) {
      beginSection(start, line)
      return
    }
    const option = readOption(content)
    if (option === undefined) report(line, 'this line is not an option')
    else if (current === undefined) report(line, 'this option is in no section')
    else if (isWanted(option.key)) current.options.set(option.key, option.value)
  }

  let line = 0
  for (const raw of linesOf(text)) {
    line += 1
    if (raw.length > MAX_LINE) throw invalidInput(`line ${line} has more than ${MAX_LINE} characters`)
    const stripped = stripComments(raw, commentDepth)
    commentDepth = stripped.depth
    readLine(stripped.text.trim(), line)
    await pause()
  }
  return { sections, lineErrors }
}

type Section = ConfSection & { options: Map<string, string> }

const shorten = (name: string) => (name.length > MAX_SHOWN_NAME ? `${name.slice(0, MAX_SHOWN_NAME)}…` : name)

function* linesOf(text: string): Generator<string> {
  const end = /\r\n|\r|\n/g
  let start = 0
  for (let found = end.exec(text); found !== null; found = end.exec(text)) {
    yield text.slice(start, found.index)
    start = end.lastIndex
  }
  yield text.slice(start)
}

interface SectionStart {
  name: string
  flags: readonly string[]
}

// No regular expressions: with blanks on both sides of a part they take quadratic time.

/** `[name]`, or `[name](flag,flag)`. */
export function readSectionStart(content: string): SectionStart | undefined {
  const close = content.indexOf(']')
  if (!content.startsWith('[') || close < 2) return undefined
  const name = content.slice(1, close).trim()
  const rest = content.slice(close + 1).trim()
  if (rest === '') return { name, flags: [] }
  if (!rest.startsWith('(') || rest.indexOf(')') !== rest.length - 1) return undefined
  const flags = rest
    .slice(1, -1)
    .split(',')
    .map((flag) => flag.trim())
  return { name, flags: flags.filter((flag) => flag !== '') }
}

/** `name = value`, or `name => value`. */
export function readOption(content: string): { key: string; value: string } | undefined {
  const sign = content.indexOf('=')
  if (sign < 1) return undefined
  const valueAt = content[sign + 1] === '>' ? sign + 2 : sign + 1
  return { key: content.slice(0, sign).trim().toLowerCase(), value: content.slice(valueAt).trim() }
}

/** A `;` begins a comment unless a backslash is before it; `;--` begins one of several lines, which `--;` ends. */
function stripComments(raw: string, startDepth: number): { text: string; depth: number } {
  if (startDepth === 0 && !raw.includes(';')) return { text: raw, depth: 0 }
  let depth = startDepth
  let text = ''
  for (let at = 0; at < raw.length; at += 1) {
    if (depth > 0 && raw.startsWith('--;', at)) {
      depth -= 1
      at += 2
    } else if (raw.startsWith(';--', at) && raw[at + 3] !== '-') {
      depth += 1
      at += 2
    } else if (depth > 0) {
      // In a comment.
    } else if (raw[at] === '\\' && raw[at + 1] === ';') {
      text += ';'
      at += 1
    } else if (raw[at] === ';') {
      break
    } else {
      text += raw[at]
    }
  }
  return { text, depth }
}
