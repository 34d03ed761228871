import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AmiMessage } from '../../../api/asterisk/ami-codec.ts'
import { createAmiFramer, OversizeError } from '../../../api/asterisk/ami-framer.ts'
import { amiRecordings, messagesOf, splitRandomly } from '../../support/ami-recordings.ts'
import { decodeAll, MOST } from './fixtures/decode-all.ts'

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
