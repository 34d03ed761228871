import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHistorySearch, toSearchText } from '../../../../api/core/calls/history-search.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const prefixes = [{ prefix: '+49', minLength: 0 }]
const asIs = () => prefixes
const refuse = () => {
  throw new Refusal('input_invalid')
}

describe('a search text', () => {
  test.each([
    ['Anna  GARCI\u0301A', ['anna', 'garcía'], false],
    ['030 123-45', ['03012345'], true],
    ['+49 (30) 1', ['+49301'], true],
    ['1a', ['1a'], false],
    ['a b c d e f', ['a', 'b', 'c', 'd', 'e'], false],
    ['-', ['-'], false],
  ])('%j has the words %j', (text, words, isNumber) => {
    expect(toHistorySearch(text, asIs)).toEqual({ words, numbers: isNumber ? prefixes : [] })
  })

  test('of digits that are no phone number is searched as text', () => {
    expect(toHistorySearch('030 1', refuse)).toEqual({ words: ['0301'], numbers: [] })
  })

  test('finds every word of a name in the text of its call', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const text = toSearchText({ fromNumber: '1', fromName: name, toNumber: '2', toName: '' })
        for (const word of toHistorySearch(`x ${name}`, asIs).words.slice(1)) expect(text).toContain(word)
      }),
    )
  })
})
