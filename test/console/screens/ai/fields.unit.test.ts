import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { findPlaceholders as findInCore } from '../../../../api/core/call-center/ai/placeholders.ts'
import { ConfigBody, SettingsBody, TemplateBody } from '../../../../api/http/crm/ai-wire.ts'
import {
  CONFIG_FIELDS,
  checkField,
  type Field,
  SETTINGS_FIELDS,
  TEMPLATE_FIELDS,
  toMember,
  withTyped,
} from '../../../../console/screens/ai/fields.ts'
import { findOddBraces, findPlaceholders } from '../../../../console/screens/ai/placeholders.ts'

const KINDS: readonly [string, readonly Field[], z.ZodType, Record<string, unknown>][] = [
  ['template', TEMPLATE_FIELDS, TemplateBody, { name: 'a', category: 'b', content: 'c' }],
  [
    'settings',
    SETTINGS_FIELDS,
    SettingsBody,
    { systemPrompt: 'a', language: 'en', maxResponseTokens: 5, temperature: 1 },
  ],
  ['configuration', CONFIG_FIELDS, ConfigBody, { model: 'a' }],
]

const textOf = ({ kind, max = 0 }: Field) =>
  kind === 'number'
    ? fc.oneof(
        fc.integer({ min: -2, max: max + 2 }).map(String),
        fc.double({ min: -1, max: max + 1, noNaN: true }).map(String),
      )
    : fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.constantFrom('', ' ', 'x'.repeat(max), 'x'.repeat(max + 1), ' a '),
        fc.constantFrom(
          'en',
          'en-us',
          'EN-Latn-GB',
          'english!',
          'e',
          'large-1',
          '-a',
          'ä',
          'a b',
          'a/b:c.d_e',
        ),
      )

describe('the forms of the AI screen', () => {
  for (const [title, fields, Body, good] of KINDS) {
    for (const field of fields) {
      it(`refuse in ${field.name} of the ${title} what the API refuses`, () => {
        fc.assert(
          fc.property(textOf(field), (value) => {
            const isAccepted = Body.safeParse({ ...good, [field.name]: toMember(field, value) }).success
            expect([value, checkField(field, value) === undefined]).toEqual([value, isAccepted])
          }),
        )
      })
    }
  }

  it('name the limit that a value is beyond', () => {
    const [name, , content] = TEMPLATE_FIELDS
    const [, , , , tokens] = SETTINGS_FIELDS
    expect(checkField(name, '  ')).toEqual({ code: 'required' })
    expect(checkField(name, 'x'.repeat(201))).toEqual({ code: 'tooLong', max: 200 })
    expect(checkField(tokens, '0')).toEqual({ code: 'outOfRange', min: 1, max: 32_000 })
    expect(checkField(tokens, '1.5')).toEqual({ code: 'notWhole' })
    const placeholders = (count: number) => Array.from({ length: count }, (_, n) => `{{v${n}}}`).join('')
    expect(checkField(content, placeholders(100))).toBeUndefined()
    expect(checkField(content, placeholders(101))).toEqual({ code: 'placeholders' })
  })
})

describe('placeholders', () => {
  it('are those that the API finds', () => {
    const piece = fc.constantFrom('{', '{{', '}', '}}', ' ', 'name', '1', '_x', 'a b', '\n', 'é')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(findPlaceholders(pieces.join(''))).toEqual(findInCore(pieces.join('')))
      }),
    )
  })

  it('with another spelling are found as plain text', () => {
    expect(findOddBraces('{{name}} {{first name}} {{1st}} {{first name}} {"a":{"b":{}}}')).toEqual([
      '{{first name}}',
      '{{1st}}',
    ])
  })
})

it('what is typed while a document is stored stays, over what was stored', () => {
  const sent = { name: ' Tea ', content: 'Hello' }
  const written = { name: 'Tea', content: 'Hello' }
  expect(withTyped(sent, sent, written)).toEqual(written)
  expect(withTyped({ ...sent, content: 'Hello, you' }, sent, written)).toEqual({
    name: 'Tea',
    content: 'Hello, you',
  })
})
