/** A section of a configuration file of Asterisk, with the lines of its templates before its own. */
export interface ConfSection {
  name: string
  line: number
  isTemplate: boolean
  /** Names in lower case; a later value replaces an earlier one of the same name. */
  options: ReadonlyMap<string, string>
}

export interface ConfFile {
  sections: readonly ConfSection[]
  /** Lines that were not read, such as `#include`. */
  lineErrors: readonly { line: number; reason: string }[]
}

const SECTION = /^\[([^\]]+)\]\s*(?:\(([^)]*)\))?\s*$/
const OPTION = /^([^=]+?)\s*=>?\s*(.*)$/

/**
 * Reads a file of the form of `pjsip.conf`: sections with templates (`[name](!,template)`), additions (`[name](+)`),
 * comments with `;` and `;-- … --;`. `#include` and other directives are errors: what they include is not read.
 */
export function parseAsteriskConf(text: string): ConfFile {
  const sections: (ConfSection & { options: Map<string, string> })[] = []
  const lineErrors: { line: number; reason: string }[] = []
  let current: (typeof sections)[number] | undefined
  let commentDepth = 0

  const findTemplate = (name: string) => sections.findLast((one) => one.name === name)

  function beginSection(name: string, flags: readonly string[], line: number): void {
    if (flags.includes('+')) {
      current = findTemplate(name)
      if (current === undefined) lineErrors.push({ line, reason: `there is no section ${name} to add to` })
      return
    }
    const options = new Map<string, string>()
    for (const template of flags.filter((flag) => flag !== '!')) {
      const found = findTemplate(template)
      if (found === undefined) lineErrors.push({ line, reason: `there is no template ${template}` })
      for (const [key, value] of found?.options ?? []) options.set(key, value)
    }
    current = { name, line, isTemplate: flags.includes('!'), options }
    sections.push(current)
  }

  text.split(/\r\n|\r|\n/).forEach((raw, at) => {
    const line = at + 1
    const stripped = stripComments(raw, commentDepth)
    commentDepth = stripped.depth
    const content = stripped.text.trim()
    if (content === '') return
    if (content.startsWith('#')) {
      lineErrors.push({
        line,
        reason: `${/^#\w*/.exec(content)?.[0]} is not followed: name that file instead`,
      })
      return
    }
    const section = SECTION.exec(content)
    if (section !== null) {
      const flags = (section[2] ?? '').split(',').map((flag) => flag.trim())
      beginSection(
        section[1]?.trim() ?? '',
        flags.filter((flag) => flag !== ''),
        line,
      )
      return
    }
    const [, key, value] = OPTION.exec(content) ?? []
    if (key === undefined || value === undefined)
      lineErrors.push({ line, reason: 'this line is not an option' })
    else if (current === undefined) lineErrors.push({ line, reason: 'this option is in no section' })
    else current.options.set(key.trim().toLowerCase(), value.trim())
  })
  return { sections, lineErrors }
}

/** A `;` begins a comment unless a backslash is before it; `;--` begins one of several lines, which `--;` ends. */
function stripComments(raw: string, startDepth: number): { text: string; depth: number } {
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
