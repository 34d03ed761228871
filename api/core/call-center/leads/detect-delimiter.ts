import { headerScore } from './column-mapping.ts'
import { DELIMITERS, MAX_ROW_LENGTH, readFirstRow } from './csv-parser.ts'
import type { ImportOptions } from './lead-import.ts'

type Delimiter = ImportOptions['delimiter']

/** First line of a CSV file that names its delimiter to Excel. It is not a row. */
export const SEPARATOR_LINE = /^"?sep=([^\r\n"])"?[ ,;|\t]*(?:[\r\n]|$)/i

/**
 * Uses the delimiter of Excel’s line `sep=;`, else the one with which the header has the most known columns.
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
