import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventStreamParser } from '../../relay/event-stream-parser.ts'

/** Parses a stream that arrives in these chunks. */
function read(chunks: readonly Buffer[]): string[] {
  const messages: string[] = []
  const take = createEventStreamParser((message) => messages.push(message.toString()))
  for (const chunk of chunks) take(chunk)
  return messages
}

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...chunks, bytes.subarray(at)]
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 60 })

test('the parser returns the published messages, however the bytes are split into chunks', () => {
  const published = fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 6 })
  fc.assert(
    fc.property(published, sizes, (texts, splitAt) => {
      const events = texts.map((text, n) => {
        const lines = text.split('\n').map((line) => `data: ${line}\n`)
        return `id: 17643${n}:0,[1]\n${lines.join('')}\n`
      })
      const bytes = Buffer.from(`: hi\n\n${events.join(': hb\n\n')}`)
      expect(read(split(bytes, splitAt))).toEqual(texts)
    }),
  )
})

test('the parser reads any stream without CR as the reference parser does', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      '',
      'data:',
      'data: ',
      'data:  x',
      'data:x',
      ':',
      ': hb',
      'id: 1',
      'event: a',
      'retry: 1',
      'datax: 1',
    ),
    fc.string({ maxLength: 12 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), sizes, (lines, splitAt) => {
      const text = lines.map((one) => `${one}\n`).join('')
      const expected: string[] = []
      const parser = createParser({ onEvent: ({ data }) => expected.push(data) })
      parser.feed(text)
      expect(read(split(Buffer.from(text), splitAt))).toEqual(expected)
    }),
  )
})
