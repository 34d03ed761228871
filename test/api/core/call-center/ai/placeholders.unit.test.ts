import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPlaceholders } from '../../../../../api/core/call-center/ai/placeholders.ts'

describe('placeholders', () => {
  test.each([
    ['Hello {{name}}, this is {{agent}}', ['name', 'agent']],
    ['{{ name }} and {{name}}', ['name']],
    ['{"a":{"b":{}}}', []],
    ['{{1st}} {{a b}} {{}} {name} {{a}', []],
    ['{{{name}}}', ['name']],
  ])('%s', (content, names) => expect(findPlaceholders(content)).toEqual(names))

  test('are found once each, with any text between them', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
    const plain = fc.string().map((text) => text.replaceAll(/[{}]/g, ''))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, plain)), (some) => {
        const content = some.map(([one, text]) => `{{${one}}}${text}`).join('')
        expect(findPlaceholders(content)).toEqual([...new Set(some.map(([one]) => one))])
      }),
    )
  })
})
