import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { project } from '../support/build.ts'
import { blocksOf, COMMANDS, documents, NOT_RUN, readDocument } from './blocks.ts'
import { RUN, STARTED_BY } from './run.ts'

/** Blocks of commands that no test runs and that have no line about it, as `document:line`. */
function unprovedBlocks(path: string, markdown: string): string[] {
  return blocksOf(markdown).flatMap(({ language, text, before, line }) => {
    if (!COMMANDS.includes(language) || before.startsWith(NOT_RUN) || STARTED_BY.has(text)) return []
    return language === 'sh' && RUN.includes(path) ? [] : [`${path}:${line}`]
  })
}

describe('commands in documents', () => {
  test.each(documents)('%s: each block is run by a test or stands under a line that it is not', (path) => {
    expect(unprovedBlocks(path, readDocument(path))).toEqual([])
  })

  const block = (before: string, language = 'sh') => `${before}\n\n\`\`\`${language}\nls\n\`\`\`\n`
  test.each([
    ['a block without the line', 'docs/x.md', block('Do this:'), ['docs/x.md:4']],
    ['a console block without the line', 'README.md', block('Do this:', 'console'), ['README.md:4']],
    ['a second block below one line', 'docs/x.md', block(`${NOT_RUN} why`) + block(''), ['docs/x.md:9']],
    ['a block below the line', 'docs/x.md', block(`${NOT_RUN} it needs a PBX.`), []],
    ['a block of a document that is run', 'README.md', block('Do this:'), []],
    ['a block that is no command', 'docs/x.md', block('See:', 'json'), []],
  ])('%s is reported or not', (_, path, markdown, found) => {
    expect(unprovedBlocks(path, markdown)).toEqual(found)
  })

  test('the list of documents that are run names documents that have such blocks', () => {
    for (const path of RUN) {
      const blocks = blocksOf(readDocument(path)).filter(({ language }) => language === 'sh')
      expect(blocks.length, path).toBeGreaterThan(0)
    }
    for (const path of STARTED_BY.values()) expect(existsSync(join(project, path)), path).toBe(true)
  })
})
