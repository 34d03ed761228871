import { type CsvColumn, suggestColumns } from './column-mapping.ts'
import { readHeader } from './csv-reader.ts'
import { detectDelimiter } from './detect-delimiter.ts'
import { unquoteCell } from './import-row.ts'
import type { ImportOptions } from './lead-import.ts'

/** The beginning of a list, before it is imported. */
export interface ImportPreview {
  delimiter: ImportOptions['delimiter']
  /** Every column of the file, with the member that its header suggests. */
  columns: readonly CsvColumn[]
  /** As the import reads the cells, each cut to `MAX_CELL` characters; rows are as long as the header. */
  rows: readonly (readonly string[])[]
}

const MAX_ROWS = 10
const MAX_CELL = 200

/**
 * @param chunks the list, or its beginning
 * @param delimiter by default it is detected
 * @throws {Refusal} `input_invalid` for a list that is empty or cannot be parsed
 */
export async function previewImport(
  chunks: readonly string[],
  delimiter = detectDelimiter(chunks[0] ?? ''),
): Promise<ImportPreview> {
  const { header, records } = await readHeader(chunks, delimiter)
  const columns = suggestColumns(header)
  const rows: string[][] = []
  for await (const { cells } of records) {
    rows.push(columns.map((_, at) => unquoteCell(cells[at]).slice(0, MAX_CELL).toWellFormed()))
    if (rows.length === MAX_ROWS) break
  }
  return { delimiter, columns, rows }
}
