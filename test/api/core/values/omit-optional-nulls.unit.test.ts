import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { omitOptionalNulls } from '../../../../api/core/values/omit-optional-nulls.ts'

const Inner = z.object({ id: z.string(), note: z.string().optional() })
const Shape = z.object({
  name: z.string(),
  size: z.int().optional(),
  mode: z.enum(['a', 'b']).default('a'),
  team: z.string().nullable().optional(),
  when: z.iso
    .date()
    .transform((text) => Date.parse(text))
    .optional(),
  word: z.preprocess((value) => value, z.string().optional()),
  any: z.unknown().optional(),
  inner: Inner.optional(),
  list: z.array(Inner).optional(),
  minutes: z.record(z.string(), z.int()).optional(),
  either: z.union([z.object({ kind: z.literal('x'), more: z.int().optional() }), z.string()]).optional(),
})

describe('null', () => {
  test.each<[string, object, object]>([
    ['of a member that may be left out is left out', { size: null }, {}],
    ['of one that has a default is left out', { mode: null }, {}],
    ['of one that is made into something else is left out', { when: null }, {}],
    ['of one that is looked at before is left out', { word: null }, {}],
    ['that a member takes stays', { team: null, any: null }, { team: null, any: null }],
    ['of a member that must be there stays', { name: null }, { name: null }],
    ['of an unknown member stays', { other: null }, { other: null }],
    [
      'of a member inside is left out',
      { inner: { id: 'a', note: null }, list: [{ id: 'b', note: null }] },
      { inner: { id: 'a' }, list: [{ id: 'b' }] },
    ],
    ['of one by name is left out', { minutes: { a: null, b: 1 } }, { minutes: { b: 1 } }],
    ['of one of several is left out', { either: { kind: 'x', more: null } }, { either: { kind: 'x' } }],
    ['in a list stays', { list: [null] }, { list: [null] }],
  ])('%s', (_, value, kept) => {
    expect(omitOptionalNulls(Shape, value)).toEqual(kept)
  })

  test('is removed behind a refinement across members, and behind a transformation', () => {
    const ruled = Shape.refine(() => true).transform((body) => body)
    expect(omitOptionalNulls(ruled, { name: 'x', size: null })).toEqual({ name: 'x' })
  })
})

test('a value without nulls is returned itself', () => {
  const noNull = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('null'))
  fc.assert(
    fc.property(noNull, (value) => {
      expect(omitOptionalNulls(Shape, value)).toBe(value)
    }),
  )
  const body = { name: 'x', inner: { id: 'a' }, list: [{ id: 'b' }], minutes: { a: 1 } }
  expect(omitOptionalNulls(Shape, body)).toBe(body)
})

test('what is accepted without nulls is accepted with them, with the same result', () => {
  const optional = ['size', 'mode', 'when', 'word', 'inner', 'list', 'minutes', 'either']
  fc.assert(
    fc.property(fc.subarray(optional), (names) => {
      const nulls = Object.fromEntries(names.map((name) => [name, null]))
      expect(Shape.parse(omitOptionalNulls(Shape, { name: 'x', ...nulls }))).toEqual(
        Shape.parse({ name: 'x' }),
      )
    }),
  )
})
