import { Refusal } from '../../refusal.ts'
import { applyMapping, type CsvColumn, type LeadColumn, mapColumns } from './column-mapping.ts'
import { type CsvRow, parseCsv } from './csv-parser.ts'
import { SEPARATOR_LINE } from './detect-delimiter.ts'
import { type ImportRow, toImportRow } from './import-row.ts'
import type { ImportOptions } from './lead-import.ts'

/** A list after its header has been read. */
export interface CsvTable {
  columns: readonly CsvColumn[]
  rows: AsyncGenerator<ImportRow>
}

/**
 * Reads a list with a header row by row, and yields to the event loop in between. The header is the first row that is
 * not blank.
 * @param format `mapping`: as for `applyMapping`; null: by the headers
 * @param signal aborted when the client has disconnected
 * @throws {Refusal} `input_invalid` without a header that has a phone column
 */
export async function readTable(
  chunks: Iterable<string> | AsyncIterable<string>,
  format: { delimiter: ImportOptions['delimiter']; mapping: readonly (LeadColumn | null)[] | null },
  signal?: AbortSignal,
): Promise<CsvTable> {
  const { header, records } = await readHeader(chunks, format.delimiter, signal)
  const columns = format.mapping === null ? mapColumns(header) : applyMapping(header, format.mapping)
  async function* rows() {
    for await (const record of records) yield toImportRow(columns, record)
  }
  return { columns, rows: rows() }
}

/**
 * The header of a list, and the rows below it.
 * @throws {Refusal} `input_invalid` if the list is empty
 */
export async function readHeader(
  chunks: Iterable<string> | AsyncIterable<string>,
  delimiter: ImportOptions['delimiter'],
  signal?: AbortSignal,
): Promise<{ header: readonly string[]; records: AsyncGenerator<CsvRow> }> {
  const records = parseCsv(chunks, delimiter, signal)
  let { value: header, done } = await records.next()
  if (!done && SEPARATOR_LINE.test(header?.cells.join(delimiter) ?? ''))
    ({ value: header, done } = await records.next())
  if (done === true || header === undefined)
    throw new Refusal('input_invalid', { detail: 'the list is empty' })
  return { header: header.cells, records }
}

/**
 * The rows of a list without its columns.
 * @throws {Refusal} as `readTable` and `parseCsv`
 */
export async function* readRows(...args: Parameters<typeof readTable>): AsyncGenerator<ImportRow> {
  yield* (await readTable(...args)).rows
}
