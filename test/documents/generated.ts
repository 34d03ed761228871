import { expect } from 'vitest'
import { readDocument } from './blocks.ts'

/**
 * A document with one generated part replaced. The part stands between the lines `<!-- generated: <name> -->` and
 * `<!-- end: <name> -->`.
 */
export function withGenerated(markdown: string, name: string, content: string): string {
  const [opening, closing] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`]
  const [from, to] = [markdown.indexOf(opening), markdown.indexOf(closing)]
  if (from === -1 || to < from) throw new Error(`the document has no generated part ${name}`)
  return `${markdown.slice(0, from + opening.length)}\n${content.trim()}\n\n${markdown.slice(to)}`
}

/** Fails if the generated part of a document is out of date; `npm run docs` rewrites it. */
export async function expectGenerated(path: string, name: string, content: string): Promise<void> {
  const markdown = withGenerated(readDocument(path), name, content)
  await expect(markdown, 'run `npm run docs`').toMatchFileSnapshot(`../../${path}`)
}

/** A row of a Markdown table; `|` inside a cell is escaped. */
export const tableRow = (...cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
