import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../support/build.ts'

/** A fenced block of a document. */
export interface Block {
  language: string
  text: string
  /** Number of its first line in the document, from 1. */
  line: number
  /** The last paragraph before it, in one line; empty if another block is nearer. */
  before: string
  /** The `text` block directly behind a block of commands: what they print. */
  output: string | undefined
}

/** The paragraph above a block that no test runs begins with this. */
export const NOT_RUN = 'Not run by a test:'
/** Languages of blocks that are commands. */
export const COMMANDS: readonly string[] = ['sh', 'console', 'bash', 'shell']

/** Every Markdown document for people, as paths in the repository. */
export const documents: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: project, encoding: 'utf8' },
)
  .split('\n')
  .filter((path) => /^(?:[A-Z]+\.md|docs\/.*|bin\/.*)$/.test(path))

export const readDocument = (path: string) => readFileSync(join(project, path), 'utf8')

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  let before = ''
  for (let at = 0; at < lines.length; at += 1) {
    const opening = /^( *)```(\w*)$/.exec(lines[at] ?? '')
    if (opening === null) {
      const line = lines[at]?.trim() ?? ''
      if (line !== '') before = lines[at - 1]?.trim() ? `${before} ${line}`.trim() : line
      continue
    }
    const [, indent = '', language = ''] = opening
    const end = lines.indexOf(`${indent}\`\`\``, at + 1)
    if (end === -1) throw new Error(`the block at line ${at + 1} has no end`)
    const text = lines
      .slice(at + 1, end)
      .map((line) => line.slice(indent.length))
      .join('\n')
    const last = blocks.at(-1)
    if (language === 'text' && last !== undefined && before === '') last.output = text
    blocks.push({ language, text, line: at + 2, before, output: undefined })
    before = ''
    at = end
  }
  return blocks
}

/** The blocks of one language in a document, which must have one. */
export function blocksIn(path: string, language: string): Block[] {
  const found = blocksOf(readDocument(path)).filter((block) => block.language === language)
  if (found.length === 0) throw new Error(`${path} has no ${language} block`)
  return found
}
