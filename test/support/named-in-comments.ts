import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { readableFiles } from './plain-english.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A name in backticks in a comment: `camelCase`, with or without a member, or the path of a file. */
export interface CommentName {
  file: string
  line: number
  name: string
}

interface Comment {
  value: string
  start: number
}

const IDENTIFIER = /^[A-Za-z]\w*(\.[A-Za-z]\w*)*(\(\))?$/
const hasTwoWords = (name: string) => /[a-z][A-Z]/.test(name)
const FILE = /^[\w./-]+\.(ts|mjs)$/

const commentsOf = (file: string, text: string): Comment[] => parseSync(file, text).comments

/** The names that the comments of a source file have in backticks. */
export function namesInComments(file: string, text: string): CommentName[] {
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  return commentsOf(file, text).flatMap(({ value, start }) =>
    [...value.matchAll(/`([^`\n]+)`/g)]
      .filter(([, name = '']) => FILE.test(name) || (IDENTIFIER.test(name) && hasTwoWords(name)))
      .map(({ 1: name = '', index }) => ({ file, line: lineAt(start + 2 + index), name })),
  )
}

/** The text without its comments. */
export function codeOf(file: string, text: string): string {
  let code = ''
  let end = 0
  for (const { start, end: next } of parseSync(file, text).comments) {
    code += text.slice(end, start)
    end = next
  }
  return code + text.slice(end)
}

/** Its list of allowed names does not count as code. */
const ITS_TEST = 'test/documents/named-in-comments.unit.test.ts'

/** Names in comments that the project has nowhere: each part of an identifier must occur in code, each path must exist. */
export function missingNames(): CommentName[] {
  const files = readableFiles().filter((file) => file !== ITS_TEST)
  const sources = files
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  const known = new Set(
    sources.flatMap(({ file, text }) => codeOf(file, text).match(/[A-Za-z_$][\w$]*/g) ?? []),
  )
  const exists = ({ name }: CommentName) =>
    FILE.test(name)
      ? files.some((file) => file === name || file.endsWith(`/${name}`))
      : (name.match(/\w+/g) ?? []).every((part) => known.has(part))
  return sources.flatMap(({ file, text }) => namesInComments(file, text)).filter((one) => !exists(one))
}
