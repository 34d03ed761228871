import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { project } from '../support/build.ts'
import { documents, readDocument } from './blocks.ts'

const withoutBlocks = (markdown: string) => markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '')

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(markdown: string): Set<string> {
  const headings = [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text)
  return new Set(
    headings.map((text) =>
      text
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** Relative links of a document that lead nowhere. */
function brokenLinks(path: string, markdown: string): string[] {
  const links = [...withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false
    const [file = '', anchor] = link.split('#')
    const target = normalize(join(dirname(path), file))
    if (file !== '' && !existsSync(join(project, target))) return true
    return anchor !== undefined && !anchorsOf(file === '' ? markdown : readDocument(target)).has(anchor)
  })
}

const FOLDERS = 'api|bin|contract|docs|nginx|relay|runtime|sidecar|test'
/** Paths in backticks that begin with a folder of the repository and do not exist. */
function missingPaths(markdown: string): string[] {
  const pattern = new RegExp(`\`((?:${FOLDERS})/[\\w./-]*)[^\`\n]*\``, 'g')
  const paths = [...withoutBlocks(markdown).matchAll(pattern)].map(([, path = '']) => path)
  return paths.filter((path) => !existsSync(join(project, path)))
}

describe('links and paths in documents', () => {
  test.each(documents)('%s: every relative link leads to a file, and its anchor to a heading', (path) => {
    expect(brokenLinks(path, readDocument(path))).toEqual([])
  })
  // The changelog names files as they were.
  test.each(documents.filter((path) => path !== 'CHANGELOG.md'))('%s: every path exists', (path) => {
    expect(missingPaths(readDocument(path))).toEqual([])
  })

  test('a link to a missing file or heading is found', () => {
    const markdown =
      '# A title\n[a](b.md) [c](calls.md#no-such) [d](#a-title) [e](#x) [f](https://example.org/x)'
    expect(brokenLinks('docs/x.md', markdown)).toEqual(['b.md', 'calls.md#no-such', '#x'])
  })
  test('a path that does not exist is found', () => {
    expect(missingPaths('`docs/calls.md` `docs/none.md` `bin/hookswitch.mjs --help` `/api/none`')).toEqual([
      'docs/none.md',
    ])
  })
})
