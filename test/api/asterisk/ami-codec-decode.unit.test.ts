import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage } from '../../../api/asterisk/ami-codec.ts'
import { decodeAll } from './fixtures/decode-all.ts'

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
