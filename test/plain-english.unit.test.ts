import { describe, expect, it } from 'vitest'
import { type Allowed, findings, inDocument, inSource } from './support/plain-english.ts'

/** Rooms that are clean: a denied word there fails. */
const CLEAN: readonly string[] = [
  'api/http/crm/',
  'bin/',
  'test/api/http/crm/',
  'test/bench/',
  'test/bin/',
  'test/support/',
  'test/system/crm/',
  'test/system/component-failures.test.ts',
  'test/system/docker.test.ts',
  'test/system/logrotate.test.ts',
  'test/system/postgres.test.ts',
  'test/system/start.test.ts',
  'test/system/start-with-pbx.test.ts',
  'test/system/stress/',
  'test/system/supervisor-reach.test.ts',
  'test/system/two-nodes.test.ts',
  'test/docker.unit.test.ts',
  'vitest.config.ts',
]

/** Where a denied word is the right one. */
const ALLOWED: readonly Allowed[] = [
  {
    file: 'test/support/plain-english',
    words: [
      ...'nobody somebody everybody anybody whoever whomever anyone everyone someone whose tell told says say said'.split(
        ' ',
      ),
    ],
    because: 'it holds the list itself',
  },
  { file: 'bin/token/', words: ['forget'], because: 'the command has the option --forget' },
  { file: 'test/support/postgres.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/support/build.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/system/docker.test.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  {
    file: 'api/http/crm/campaign-automation-wire.ts',
    words: ['dialling'],
    because: 'a member of an answer has this name',
  },
  { file: 'api/http/crm/agent-routes.ts', words: ['tells'], because: 'the text of an answer' },
  { file: 'api/http/crm/campaign-wire.ts', words: ['nobody'], because: 'the text of an answer' },
  { file: 'api/http/crm/errors.ts', words: ['somebody'], because: 'the text of an answer' },
  {
    file: 'test/system/crm/',
    words: ['dialling'],
    because: 'a member of an answer and columns of the table `leads` have this name',
  },
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
