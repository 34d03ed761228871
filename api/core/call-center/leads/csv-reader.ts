import { Refusal } from '../../refusal.ts'
import { columnsOf, type ListColumn, likeness } from './column-mapping.ts'
import { DELIMITERS, firstRowOf, listRowsOf, MOST_OF_A_ROW } from './csv-parser.ts'
import { rowOf, type TableRow } from './import-row.ts'
import type { ImportOrder } from './lead-import.ts'

const PART = 65_536

type Delimiter = ImportOrder['delimiter']

/**
 * What divides cells: what Excel’s line `sep=;` names, else what makes the most of the header.
 * @param text the beginning of a list, with its header
 */
export function delimiterOf(text: string): Delimiter {
  const begin = text.slice(0, MOST_OF_A_ROW)
  const [, named] = SEP.exec(begin.trimStart()) ?? []
  const said = DELIMITERS.find((one) => one === named)
  if (said !== undefined) return said
  const worth = (one: Delimiter) => {
    const header = firstRowOf(begin, one) ?? []
    return likeness(header) * MOST_OF_A_ROW + header.length
  }
  const worths = DELIMITERS.map(worth)
  return DELIMITERS[worths.indexOf(Math.max(...worths))] ?? ','
}

/** The line by which Excel is told what divides cells; it is none of the list’s. */
export const SEP = /^"?sep=([^\r\n"])"?[ ,;|\t]*(?:[\r\n]|$)/i

/** In pieces that can be stored each for itself: none ends amid a character. */
export function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PART, text.length)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1
    parts.push(text.slice(at, end))
    at = end
  }
  return parts
}

/** A list whose header was read. */
export interface LeadTable {
  columns: readonly ListColumn[]
  rows: AsyncGenerator<TableRow>
}

/**
 * Reads a list with a header, row by row, with pauses for others. The header is the first row that is not blank.
 * @param signal of the client that sends the list
 * @throws {Refusal} `input_invalid` for a list that has no header with a phone
 */
export async function tableOf(
  parts: Iterable<string> | AsyncIterable<string>,
  delimiter: Delimiter,
  signal?: AbortSignal,
): Promise<LeadTable> {
  const records = listRowsOf(parts, delimiter, signal)
  let { value: header, done } = await records.next()
  if (!done && SEP.test(header?.cells.join(delimiter) ?? '')) ({ value: header, done } = await records.next())
  if (done === true || header === undefined)
    throw new Refusal('input_invalid', { detail: 'the list is empty' })
  const columns = columnsOf(header.cells)
  async function* rows() {
    for await (const record of records) yield rowOf(columns, record)
  }
  return { columns, rows: rows() }
}

/**
 * The rows of a list alone.
 * @throws {Refusal} as `tableOf`, and for a list that cannot be read to its end, or holds more than it may
 */
export async function* rowsOf(...list: Parameters<typeof tableOf>): AsyncGenerator<TableRow> {
  yield* (await tableOf(...list)).rows
}

export type { TableRow } from './import-row.ts'
