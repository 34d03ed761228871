import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AmiAction, encodeAction } from '../../../api/asterisk/ami-codec.ts'
import { decodeAll } from './fixtures/decode-all.ts'

/** How Asterisk parses the output: the lines of one message without its end. */
const linesOf = (bytes: Buffer) =>
  bytes
    .toString('utf8')
    .replace(/\r\n\r\n$/, '')
    .split(/\r?\n|\r/)

/** Fields that contain text of a user or a caller. */
const FIELDS = ['Channel', 'Exten', 'CallerID', 'Variable', 'Account', 'Username', 'Secret']

describe('encodeAction', () => {
  const refused: [string, unknown][] = [
    ['CR LF', 'Bob\r\n\r\nAction: Command\r\nCommand: core stop now'],
    ['LF', 'a\nb'],
    ['CR', 'a\rb'],
    ['LF at the end', 'a\n'],
    ['NUL', 'a\0b'],
    ['tab', 'a\tb'],
    ['escape', 'a\u001bb'],
    ['DEL', 'a\u007fb'],
    ['U+0085, next line', 'a\u0085b'],
    ['U+2028, line separator', 'a\u2028b'],
    ['U+2029, paragraph separator', 'a\u2029b'],
    ['100 kB', 'x'.repeat(100_000)],
    ['1000 bytes in 500 letters', 'ж'.repeat(500)],
    ['a lone high surrogate', 'a\ud800b'],
    ['a lone low surrogate', 'a\udc00'],
    ['a leading blank, which Asterisk skips', ' a'],
    ['nothing', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['a fraction', 1.5],
    ['an object', { toString: () => 'a\r\nb' }],
    ['a list in a list', [['a']]],
    ['a bad value behind good ones', ['a=1', 'b=1\r\nc: 1']],
  ]
  test.each(FIELDS.flatMap((field) => refused.map(([what, value]) => [field, what, value] as const)))(
    'refuses %s with %s, in an error without the value',
    (field, _, value) => {
      // Types exclude some of these; a parsed request body has none.
      const fields = { Action: 'Originate', [field]: value } as AmiAction
      let error: unknown
      try {
        encodeAction(fields, 'a-1.1')
      } catch (err) {
        error = err
      }
      expect(error).toMatchObject({ code: 'ami_field_invalid', sent: false })
      expect(String(error)).toMatch(new RegExp(`${field} (is|holds|begins)[a-z ,]*`))
      expect(String(error).length).toBeLessThan(100)
    },
  )

  test.each([
    ['U+134A, whose bytes end in 8D 8A', 'Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊ'],
    ['commas', 'a=1,b=2'],
    ['brackets, quotes, backslashes', '"a" <b> $[c] (d) \\; {e}'],
    ['a colon and text like a header', 'x: y Action: Command'],
    ['an emoji outside the first plane', '📞'],
    ['Cyrillic', 'Иван'],
    ['an empty text', ''],
    ['blanks at the end', 'a  '],
    ['the name of a prototype', '__proto__'],
  ])('encodes %s as one line', (_, value) => {
    for (const field of FIELDS) {
      const bytes = encodeAction({ Action: 'Originate', [field]: value }, 'a-1.1')
      expect(linesOf(bytes)).toEqual(['Action: Originate', 'ActionID: a-1.1', `${field}: ${value}`])
    }
  })

  test.each<[string, AmiAction]>([
    ['CR LF', { Action: 'Ping', 'A\r\nB': 1 }],
    ['a colon', { Action: 'Ping', 'A:': 1 }],
    ['a blank', { Action: 'Ping', 'A B': 1 }],
    ['nothing', { Action: 'Ping', '': 1 }],
    ['a digit first', { Action: 'Ping', '1A': 1 }],
    ['41 letters', { Action: 'Ping', ['a'.repeat(41)]: 1 }],
    ['a letter beyond ASCII', { Action: 'Ping', Канал: 1 }],
    ['our own ActionID', { Action: 'Ping', ActionID: 'x' }],
    ['another spelling of it', { Action: 'Ping', actionId: 'x' }],
    ['a second Action', { Action: 'Ping', action: 'Command' }],
    ['two spellings of a key', { Action: 'Hangup', Channel: 'a', channel: 'b' }],
    ['a prototype', JSON.parse('{"Action":"Ping","__proto__":"x"}')],
  ])('refuses a key of %s', (_, fields) => {
    expect(() => encodeAction(fields, 'a-1.1')).toThrow(
      expect.objectContaining({ code: 'ami_field_invalid' }),
    )
  })

  test.each(['', 'Ping\r\nX: 1', 'Ping ', 'Core Status', '1'])('refuses an action named %j', (Action) => {
    expect(() => encodeAction({ Action }, 'a-1.1')).toThrow('Action is not a name')
  })

  test('accepts 1000 bytes a line and 120 lines, and no more', () => {
    const longest = 'x'.repeat(1_000 - 'Exten: '.length)
    encodeAction({ Action: 'Originate', Exten: longest }, 'a-1.1')
    expect(() => encodeAction({ Action: 'Originate', Exten: `${longest}x` }, 'a-1.1')).toThrow('too long')
    const many = Array.from({ length: 118 }, (_, at) => `v${at}=1`)
    expect(linesOf(encodeAction({ Action: 'Originate', Variable: many }, 'a-1.1'))).toHaveLength(120)
    expect(() => encodeAction({ Action: 'Originate', Variable: [...many, 'x=1'] }, 'a-1.1')).toThrow('lines')
  })

  test('encodes any accepted action so that it decodes to itself, line by line', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.stringMatching(/^[\r\n\0\u0085\u2028,:<>"\\ a]{0,8}$/),
      fc.integer(),
      fc.boolean(),
    )
    const key = fc.oneof(fc.stringMatching(/^[A-Za-z][\w-]{0,8}$/), fc.string({ maxLength: 4 }))
    const fields = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 4 })), { maxKeys: 6 })
    let accepted = 0
    fc.assert(
      fc.property(fields, (extra) => {
        let bytes: Buffer
        try {
          bytes = encodeAction({ ...extra, Action: 'Originate' }, 'a-1.1')
        } catch (err) {
          expect(err).toMatchObject({ code: 'ami_field_invalid' })
          return
        }
        accepted += 1
        const expected = Object.entries(extra)
          .filter(([one]) => one !== 'Action')
          .flatMap(([one, values]) => [values].flat().map((each) => [one, String(each)]))
        // Decoded as a response, so that one decoder proves both directions.
        const read = decodeAll([Buffer.concat([Buffer.from('Response: x\r\n'), bytes])])
        expect(read).toHaveLength(1)
        expect(read[0]?.pairs.slice(1)).toEqual([['Action', 'Originate'], ['ActionID', 'a-1.1'], ...expected])
        expect(linesOf(bytes)).toHaveLength(2 + expected.length)
      }),
      { numRuns: 2_000 },
    )
    expect(accepted).toBeGreaterThan(200)
  })
})
