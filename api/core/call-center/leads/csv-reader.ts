import { Refusal } from '../../refusal.ts'
import { type CsvColumn, headerScore, mapColumns } from './column-mapping.ts'
import { DELIMITERS, MAX_ROW_LENGTH, parseCsv, readFirstRow } from './csv-parser.ts'
import { type ImportRow, toImportRow } from './import-row.ts'
import type { ImportOptions } from './lead-import.ts'

const CHUNK_LENGTH = 65_536

type Delimiter = ImportOptions['delimiter']

/**
 * What divides cells: what Excel’s line `sep=;` names, else what makes the most of the header.
 * @param text the beginning of a list, with its header
 */
export function detectDelimiter(text: string): Delimiter {
  const head = text.slice(0, MAX_ROW_LENGTH)
  const [, declared] = SEPARATOR_LINE.exec(head.trimStart()) ?? []
  const supported = DELIMITERS.find((one) => one === declared)
  if (supported !== undefined) return supported
  const score = (one: Delimiter) => {
    const header = readFirstRow(head, one) ?? []
    return headerScore(header) * MAX_ROW_LENGTH + header.length
  }
  const scores = DELIMITERS.map(score)
  return DELIMITERS[scores.indexOf(Math.max(...scores))] ?? ','
}

/** The line by which Excel is told what divides cells; it is none of the list’s. */
export const SEPARATOR_LINE = /^"?sep=([^\r\n"])"?[ ,;|\t]*(?:[\r\n]|$)/i

/** In pieces that can be stored each for itself: none ends amid a character. */
export function splitChunks(text: string): string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + CHUNK_LENGTH, text.length)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1
    chunks.push(text.slice(at, end))
    at = end
  }
  return chunks
}

/** A list whose header was read. */
export interface CsvTable {
  columns: readonly CsvColumn[]
  rows: AsyncGenerator<ImportRow>
}

/**
 * Reads a list with a header, row by row, with pauses for others. The header is the first row that is not blank.
 * @param signal of the client that sends the list
 * @throws {Refusal} `input_invalid` for a list that has no header with a phone
 */
export async function readTable(
  chunks: Iterable<string> | AsyncIterable<string>,
  delimiter: Delimiter,
  signal?: AbortSignal,
): Promise<CsvTable> {
  const records = parseCsv(chunks, delimiter, signal)
  let { value: header, done } = await records.next()
  if (!done && SEPARATOR_LINE.test(header?.cells.join(delimiter) ?? ''))
    ({ value: header, done } = await records.next())
  if (done === true || header === undefined)
    throw new Refusal('input_invalid', { detail: 'the list is empty' })
  const columns = mapColumns(header.cells)
  async function* rows() {
    for await (const record of records) yield toImportRow(columns, record)
  }
  return { columns, rows: rows() }
}

/**
 * The rows of a list alone.
 * @throws {Refusal} as `tableOf`, and for a list that cannot be read to its end, or holds more than it may
 */
export async function* readRows(...args: Parameters<typeof readTable>): AsyncGenerator<ImportRow> {
  yield* (await readTable(...args)).rows
}

export type { ImportRow as TableRow } from './import-row.ts'
