import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { validationMessage } from '../../runtime/validation-message.ts'

const messageFor = (schema: z.ZodType, value: unknown, options = {}): string => {
  const { error } = schema.safeParse(value)
  if (error === undefined) throw new Error('the value is valid')
  return validationMessage(error, options)
}

describe('validationMessage describes', () => {
  const Word = z.string().regex(/^\w+$/, 'must be one word')
  const Shape = z.object({
    name: z.string().trim().min(1).max(200),
    pin: z.string().length(4),
    count: z.int().min(1).max(20),
    share: z.number().gt(0).lt(1),
    days: z.array(z.int().min(1).max(7)).min(1),
    mode: z.enum(['PREVIEW', 'PROGRESSIVE']),
    kind: z.literal('bearer'),
    isOn: z.boolean(),
    asked: z.stringbool(),
    at: z.iso.datetime(),
    when: z.union([z.iso.datetime(), z.iso.date()]),
    mail: z.email().nullable(),
    page: z.coerce.number().int().min(1).max(1_000).default(100),
    delays: z.partialRecord(z.enum(['BUSY', 'NO_ANSWER']), z.int().min(0)),
    word: Word,
    data: z.object({ list: z.array(z.object({ id: Word })) }),
    message: z.discriminatedUnion('type', [
      z.object({ type: z.literal('ping') }),
      z.object({ type: z.literal('bye') }),
    ]),
    cell: z.union([z.literal('').transform(() => null), z.string().max(3)]),
    part: z.union([z.string(), z.object({ size: z.int().max(9) })]),
  })
  const shape = Shape.partial()

  test.each<[string, object, string]>([
    ['an empty text', { name: ' ' }, 'name: must be text of 1 to 200 characters'],
    ['a text that is too long', { pin: '12345' }, 'pin: must be text of 4 characters'],
    ['a number that is too small', { count: 0 }, 'count: must be a whole number from 1 to 20'],
    ['a fraction', { count: 1.5 }, 'count: must be a whole number from 1 to 20'],
    ['a number as text', { count: '5' }, 'count: must be a whole number from 1 to 20'],
    ['a bound that is excluded', { share: 1 }, 'share: must be a number above 0 and below 1'],
    ['an element of a list', { days: [1, 2, 9] }, 'days[2]: must be a whole number from 1 to 7'],
    ['an empty list', { days: [] }, 'days: must be a list of 1 item or more'],
    ['a word that is not in an enum', { mode: 'FAST' }, 'mode: must be one of PREVIEW, PROGRESSIVE'],
    ['a word that is not the literal', { kind: 'basic' }, 'kind: must be bearer'],
    ['a value that is no boolean', { isOn: 'yes' }, 'isOn: must be true or false'],
    ['a query value that is no boolean', { asked: 'maybe' }, 'asked: must be true or false'],
    ['a malformed time', { at: '9 o’clock' }, 'at: must be a time such as 2026-01-31T12:00:00Z'],
    [
      'a malformed time or date',
      { when: 'today' },
      'when: must be a time such as 2026-01-31T12:00:00Z or a date such as 2026-01-31',
    ],
    ['a malformed email address', { mail: 'me' }, 'mail: must be an email address such as name@example.org'],
    ['a query value that is no number', { page: 'two' }, 'page: must be a whole number from 1 to 1000'],
    [
      'an unknown name in a record',
      { delays: { LATE: 1 } },
      'delays: has members that are not known: LATE (known are BUSY, NO_ANSWER)',
    ],
    ['a value of a record', { delays: { BUSY: -1 } }, 'delays.BUSY: must be a whole number of 0 or more'],
    ['a rule with a custom message', { word: 'two words' }, 'word: must be one word'],
    ['another type, with a custom message', { word: 5 }, 'word: must be text: one word'],
    ['a member deep inside', { data: { list: [{ id: '' }] } }, 'data.list[0].id: must be one word'],
    ['an unknown discriminator', { message: { type: 'sing' } }, 'message.type: must be one of ping, bye'],
    ['a transformed value that is too long', { cell: 'long' }, 'cell: must be text of up to 3 characters'],
    [
      'a member of one option of a union',
      { part: { size: 10 } },
      'part.size: must be a whole number of 9 or less',
    ],
    ['null', { isOn: null }, 'isOn: must be true or false, and not null'],
  ])('%s', (_, value, message) => {
    expect(messageFor(shape, value)).toBe(message)
  })

  test('a missing member, and what it must be', () => {
    expect(messageFor(z.object({ name: Shape.shape.name, word: Word }), {})).toBe(
      'name: is missing: must be text of 1 to 200 characters; word: is missing: must be text: one word',
    )
  })

  test('the whole value by its name', () => {
    expect(messageFor(shape, [])).toBe('the body must be an object')
    expect(messageFor(shape, 'a=1', { subject: 'the query' })).toBe('the query must be an object')
    expect(messageFor(z.strictObject({ a: z.int() }).partial(), { b: 1 })).toBe(
      'the body has members that are not known: b (known are a)',
    )
  })
})

describe('validationMessage is short, on one line, and contains no value', () => {
  const Wide = z.strictObject(
    Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`member${n}`, z.email()])),
  )

  test('for any number of errors, and counts those that it leaves out', () => {
    const message = messageFor(Wide, {})
    expect(message.length).toBeLessThanOrEqual(500)
    expect(message).toMatch(/^member0: is missing: .*; and \d\d more$/)
  })

  test('for any value', () => {
    const secret = 'hunter2hunter2'
    const value = fc.oneof(
      fc.constant(secret),
      fc.constant([secret, { secret }]),
      fc.constant({ [`a\n${'b'.repeat(1_000)}`]: secret }),
      fc.string().map((text) => text + secret),
      fc.integer(),
      fc.constant(null),
    )
    const schema = z.object({
      password: z.string().min(100),
      token: z.union([z.literal('a'), z.int(), z.string().regex(/^x$/, 'must be x')]),
      role: z.enum(['user', 'admin']),
      delays: z.record(z.string().max(8), z.int()),
      list: z.array(z.object({ token: z.iso.date() })),
    })
    const members = fc.record(
      { password: value, token: value, role: value, delays: value, list: fc.oneof(value, fc.array(value)) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(members, (body) => {
        const { error } = schema.safeParse(body)
        if (error === undefined) return
        const message = validationMessage(error)
        expect(message).not.toContain(secret)
        expect(message).not.toMatch(/[\p{C}]/u)
        expect(message).not.toMatch(/✖|Invalid|Too |expected|received|NaN|undefined/)
        expect(message.length).toBeLessThanOrEqual(500)
      }),
      { numRuns: 2_000 },
    )
  })
})
