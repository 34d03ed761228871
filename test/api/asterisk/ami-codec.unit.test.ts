import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AmiAction,
  type AmiMessage,
  decodeMessage,
  encodeAction,
} from '../../../api/asterisk/ami-codec.ts'
import { createAmiFramer, OversizeError } from '../../../api/asterisk/ami-framer.ts'
import { amiRecordings, messagesOf, splitRandomly } from '../../support/ami-recordings.ts'

const MOST = 4 * 1024 * 1024

/** How Asterisk parses the output: the lines of one message without its end. */
const linesOf = (bytes: Buffer) =>
  bytes
    .toString('utf8')
    .replace(/\r\n\r\n$/, '')
    .split(/\r?\n|\r/)
const decodeAll = (chunks: readonly Buffer[]) => {
  const splitter = createAmiFramer(MOST)
  return chunks.flatMap((chunk) => splitter.push(chunk)).map(decodeMessage)
}

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

describe('decodeMessage', () => {
  const decode = (...lines: string[]) => decodeMessage(Buffer.from(lines.join('\r\n')))

  test('uses the first value of a key, and keeps every line in `pairs`', () => {
    const message = decode('Response: Success', 'Output: one', 'output: two', 'Output: ', 'no colon', 'A:b')
    expect(message?.fields.output).toBe('one')
    expect(message?.fields.a).toBe('b')
    expect(message?.pairs.slice(1)).toEqual([
      ['Output', 'one'],
      ['output', 'two'],
      ['Output', ''],
      ['', 'no colon'],
      ['A', 'b'],
    ])
  })

  test.each(['Set', 'parse', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'treats a header named %s like any other',
    (key) => {
      const message = decode('Event: UserEvent', `${key}: x`, 'After: y')
      expect(message?.fields[key.toLowerCase()]).toBe('x')
      expect(message?.fields.after).toBe('y')
      expect(Object.getPrototypeOf(message?.fields)).toBeNull()
    },
  )

  test('reads U+134A and Cyrillic as text that begins no line', () => {
    const message = decode(
      'Event: Newchannel',
      'CallerIDName: Иванፊset: 1ፊፊChannel: PJSIP/999',
      'Channel: real',
    )
    expect(message?.fields.calleridname).toBe('Иванፊset: 1ፊፊChannel: PJSIP/999')
    expect(message?.fields.channel).toBe('real')
    expect(message?.pairs).toHaveLength(3)
  })

  test('takes the kind of a message from the first line alone', () => {
    expect(decode('Event: A', 'Response: Success')).toMatchObject({ kind: 'event', name: 'A' })
    expect(decode('Response: Success', 'Event: A')).toMatchObject({ kind: 'response', name: 'Success' })
    expect(decode('Message: x', 'Response: Success')).toBeUndefined()
    expect(decode('')).toBeUndefined()
  })

  test('begins no line at a lone LF', () => {
    const message = decode('Response: Error', 'Message: No Contacts found\nEvent: forged', 'ActionID: 1\n')
    expect(message?.pairs).toHaveLength(3)
    expect(message?.fields).toMatchObject({ actionid: '1' })
  })

  test('never throws for random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
        decodeAll(chunks.map((chunk) => Buffer.from(chunk)))
      }),
    )
    const soup = fc.stringMatching(/^[\r\n: aEventRspo]{0,200}$/)
    fc.assert(fc.property(fc.array(soup), (chunks) => void decodeAll(chunks.map((one) => Buffer.from(one)))))
  })
})

describe('the framer', () => {
  const complete = (message: AmiMessage | undefined) => message !== undefined

  test.each(amiRecordings)('splits $name alike in pieces of any size', (recording) => {
    const bytes = messagesOf(recording)
    const whole = decodeAll([bytes])
    expect(whole.length).toBeGreaterThan(0)
    expect(whole.every(complete)).toBe(true)
    // Blocks between empty lines, counted in another way; one recording ends with two empty lines.
    expect(whole).toHaveLength(bytes.toString().trim().split('\r\n\r\n').length)
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
        fc.integer({ min: 1, max: 3_000 }),
        (numbers, most) => {
          expect(decodeAll(splitRandomly(bytes, () => numbers.next().value ?? 0, most))).toEqual(whole)
        },
      ),
      { numRuns: 5 },
    )
  })

  test('joins a character that was split', () => {
    const bytes = Buffer.from('Event: A\r\nName: Иванፊ📞\r\n\r\n')
    expect(decodeAll([...bytes].map((byte) => Buffer.from([byte])))[0]?.fields.name).toBe('Иванፊ📞')
  })

  test('rejects a message of more than 4 MB, and accepts a smaller one', () => {
    const line = Buffer.from(`Output: ${'x'.repeat(64 * 1024 - 10)}\r\n`)
    const splitter = createAmiFramer(MOST)
    expect(() => {
      for (let at = 0; at < 70; at++) splitter.push(line)
    }).toThrow(OversizeError)
    const enough = createAmiFramer(MOST)
    for (let at = 0; at < 60; at++) expect(enough.push(line)).toEqual([])
    expect(enough.push(Buffer.from('\r\n'))[0]?.length).toBe(60 * line.length - 2)
    const one = createAmiFramer(100)
    expect(() => one.push(Buffer.from(`${'x'.repeat(101)}\r\n\r\n`))).toThrow(OversizeError)
  })

  test('takes time in proportion to the bytes, not to their square', () => {
    // 64 times the bytes in pieces just as small; a quadratic splitter would take 4096 times as long.
    const took = (size: number) => {
      const piece = Buffer.alloc(256, 'x')
      const splitter = createAmiFramer(MOST)
      const startedAt = performance.now()
      for (let at = 0; at < size; at += piece.length) splitter.push(piece)
      return performance.now() - startedAt
    }
    took(MOST / 64)
    const small = Math.min(...Array.from({ length: 5 }, () => took(MOST / 64)))
    const large = Math.min(...Array.from({ length: 3 }, () => took(MOST)))
    expect(large / small).toBeLessThan(1_000)
  })
})
