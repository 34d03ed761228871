import { TextDecoder } from 'node:util'
import { createEventLoopYield } from '../../../../runtime/event-loop-yield.ts'
import { invalidInput } from '../../refusal.ts'
import { CHUNK_LENGTH, splitChunks } from './split-chunks.ts'

/** Byte order marks; they take precedence over the charset that the client names. */
const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]
/** First bytes of `.xlsx` and `.ods`, and of old `.xls`. */
const WORKBOOK_SIGNATURES: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
]
const MAX_SIGNATURE_BYTES = 4

/**
 * Decodes a CSV file while its bytes arrive, into chunks that are stored one by one, so that memory holds one copy.
 * A byte order mark selects UTF-8 or UTF-16 (Excel’s “Unicode text”); otherwise the client’s charset counts, else
 * UTF-8. Other encodings are not guessed: most of them decode any bytes, with wrong characters.
 *
 * @param charset a label of https://encoding.spec.whatwg.org/#names-and-labels, as `Content-Type` has it
 * @throws {Refusal} `input_invalid` for bytes that are not text in this encoding, and for workbooks
 */
export async function decodeCsv(
  byteChunks: AsyncIterable<Uint8Array>,
  charset: string | undefined,
): Promise<string[]> {
  const yieldToLoop = createEventLoopYield()
  const textChunks: string[] = []
  let remainder = ''
  let line = 1
  let decoder: TextDecoder | undefined

  function decodeNext(bytes: Uint8Array, isLast: boolean) {
    decoder ??= createDecoder(bytes, charset)
    const text = decode(decoder, bytes, isLast, line)
    if (text.includes('\0')) {
      throw invalidInput(
        'the list has NUL characters: it is no text, or in UTF-16 without its byte order mark',
      )
    }
    line += text.match(/\r\n|\r|\n/g)?.length ?? 0
    remainder += text
    if (remainder.length < CHUNK_LENGTH && !isLast) return
    const complete = splitChunks(remainder)
    remainder = isLast ? '' : (complete.pop() ?? '')
    textChunks.push(...complete)
  }

  let head: Uint8Array | undefined = new Uint8Array()
  for await (const chunk of byteChunks) {
    if (head !== undefined) {
      head = Buffer.concat([head, chunk])
      if (head.length < MAX_SIGNATURE_BYTES) continue
    }
    decodeNext(head ?? chunk, false)
    head = undefined
    await yieldToLoop()
  }
  decodeNext(head ?? new Uint8Array(), true)
  return textChunks
}

function createDecoder(head: Uint8Array, charset: string | undefined): TextDecoder {
  const beginsWith = (mark: readonly number[]) => mark.every((byte, at) => head[at] === byte)
  if (WORKBOOK_SIGNATURES.some(beginsWith)) {
    throw invalidInput('the list is a workbook: save it as CSV, in Excel as “CSV UTF-8”')
  }
  const [detected] = BYTE_ORDER_MARKS.find(([, mark]) => beginsWith(mark)) ?? []
  try {
    return new TextDecoder(detected ?? charset ?? 'utf-8', { fatal: true })
  } catch {
    throw invalidInput('the charset of Content-Type is not known here; save the list in UTF-8')
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean, line: number): string {
  try {
    return decoder.decode(bytes, { stream: !isLast })
  } catch {
    const before = new TextDecoder(decoder.encoding).decode(bytes).split('\uFFFD', 1)[0] ?? ''
    const at = line + (before.match(/\r\n|\r|\n/g)?.length ?? 0)
    const what = decoder.encoding.toUpperCase()
    throw invalidInput(
      `near line ${at} the list is not in ${what}; save it in UTF-8, in Excel as “CSV UTF-8”, or name its encoding in ` +
        'Content-Type, such as text/csv; charset=windows-1252',
    )
  }
}
