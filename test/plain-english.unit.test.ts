import { describe, expect, it } from 'vitest'
import { type Allowed, findings, inDocument, inSource } from './support/plain-english.ts'

/** Rooms that are clean: a denied word there fails. */
const CLEAN: readonly string[] = []

/** Where a denied word is the right one. */
const ALLOWED: readonly Allowed[] = [
  { file: 'test/support/plain-english', words: [], because: 'it holds the list itself' },
]

describe('plain English', () => {
  it('finds denied words in names, comments, texts and test titles', () => {
    const source = "// Nobody is told.\nconst tellAll = 'whoever asks'\n"
    expect(inSource('api/x.ts', source).map(({ line, word }) => `${line} ${word}`)).toEqual([
      '2 tell',
      '2 whoever',
      '1 nobody',
      '1 told',
    ])
    const test = "it('says no', () => { expect('it says no').toBe(1) })"
    expect(inSource('test/x.test.ts', test)).toHaveLength(1)
    expect(inDocument('x.md', 'A word that says it.\n```\nsays\n```\nas `says`')).toHaveLength(1)
  })

  it('names no thing by a denied word, and no text for people holds one', () => {
    const files = CLEAN.length === 0 ? [] : undefined
    const found = findings(ALLOWED, files).filter(({ file }) => CLEAN.some((room) => file.startsWith(room)))
    expect(found.map(({ file, line, in: place, word }) => `${file}:${line} ${place} ${word}`)).toEqual([])
  })
})
