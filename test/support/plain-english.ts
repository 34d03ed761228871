import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'oxc-parser'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Words that stand for something else than the field's term, as a part of an identifier: `tellAll`, `lastWish`. */
const DENIED_IN_NAMES = new Set(
  `tell tells told telling hear hears heard hearing ears deaf say says said saying unsaid speech loud
  sell sold lend lends lent lender lending loan loans deed deeds wish wishes trouble flaw fault faults faulty
  judge judges judged door doors doorway turnstile patience crew deskmate standing outlook mortal fate whose
  whoever nobody somebody everybody strike struck tend tending forget forgets forgotten keeper keeping
  letter letters dialler diallers dialled dialling centre look looks breathe`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Words that hide the subject or the field's term, in comments, documents, test titles and texts for people. */
const DENIED_IN_PROSE =
  /\b(nobody|somebody|everybody|anybody|whoever|whomever|anyone|everyone|someone|no one|whose|tell|tells|told|telling|says?|said|saying|unsaid|hears?|heard|hearing|deaf|trouble|patience)\b/gi

export interface Finding {
  file: string
  line: number
  /** Where the word stands. */
  in: 'name' | 'prose'
  word: string
}

/** A place where a denied word is the right one. */
export interface Allowed {
  file: string
  words: readonly string[]
  /** Why the word is right there: a document's own text, a name of a library. */
  because: string
}

const wordsOfName = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)

/**
 * Denied words in the text of one source file: names, comments, texts with a space. Of a test: its comments and titles,
 * not its names.
 */
export function inSource(file: string, text: string): Finding[] {
  const { program, comments } = parseSync(file, text)
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const found: Finding[] = []
  const isTest = file.startsWith('test/')
  const name = (word: string, start: number) => {
    for (const part of wordsOfName(word))
      if (DENIED_IN_NAMES.has(part)) found.push({ file, line: lineAt(start), in: 'name', word: part })
  }
  const prose = (value: string, start: number) => {
    for (const { 0: word, index } of value.matchAll(DENIED_IN_PROSE))
      found.push({ file, line: lineAt(start + index), in: 'prose', word: word.toLowerCase() })
  }
  const titles = new Set<number>()
  new Visitor({
    CallExpression({ callee, arguments: args }) {
      const title = args[0]
      const called = text.slice(callee.start, callee.end)
      if (/^(test|it|describe)\b/.test(called) && title !== undefined) titles.add(title.start)
    },
    Identifier: (node) => {
      if (!isTest) name(node.name, node.start)
    },
    Literal(node) {
      if (typeof node.value !== 'string' || !node.value.includes(' ')) return
      if (!isTest || titles.has(node.start)) prose(node.value, node.start + 1)
    },
    TemplateLiteral(node) {
      if (isTest && !titles.has(node.start)) return
      for (const { value, start } of node.quasis) prose(value.raw, start + 1)
    },
  }).visit(program)
  for (const { value, start } of comments) prose(value, start + 2)
  return found
}

/** Denied words in a document, outside its code. */
export function inDocument(file: string, text: string): Finding[] {
  let isCode = false
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode
    if (isCode) return []
    return [...line.replace(/`[^`]*`/g, '').matchAll(DENIED_IN_PROSE)].map(
      ({ 0: word }): Finding => ({ file, line: index + 1, in: 'prose', word: word.toLowerCase() }),
    )
  })
}

/** Denied words in the comments of nginx's configuration, of shell and of Dockerfiles. */
export const inComments = (file: string, text: string): Finding[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      [...(/(?:^|\s)#(.*)$/.exec(line)?.[1] ?? '').matchAll(DENIED_IN_PROSE)].map(
        ({ 0: word }): Finding => ({ file, line: index + 1, in: 'prose', word: word.toLowerCase() }),
      ),
    )

/** Files under version control that people read. */
export function readableFiles(): string[] {
  const all = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  return all
    .split('\n')
    .filter((file) => file !== '' && !/^(test\/(vectors|ami-recordings)|docs\/bench)\//.test(file))
}

/** All findings of the project, without those allowed. */
export function findings(allowed: readonly Allowed[], files = readableFiles()): Finding[] {
  const isAllowed = (one: Finding) =>
    allowed.some(({ file, words }) => one.file.startsWith(file) && words.includes(one.word))
  return files
    .flatMap((file) => {
      const read = () => readFileSync(join(root, file), 'utf8')
      if (/\.(tsx?|mjs)$/.test(file)) return inSource(file, read())
      if (/\.md$/.test(file)) return inDocument(file, read())
      if (/^nginx\/|Dockerfile|\.(sh|conf|yml)$|\.env\.example$/.test(file)) return inComments(file, read())
      return []
    })
    .filter((one) => !isAllowed(one))
}
