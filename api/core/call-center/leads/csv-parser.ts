import { createEventLoopYield } from '../../../../runtime/event-loop-yield.ts'
import { invalidInput, Refusal } from '../../refusal.ts'
import type { ImportOptions } from './lead-import.ts'

type Delimiter = ImportOptions['delimiter']

/** Characters of a raw row. Without a limit, an unclosed quote would read the rest of the file into one cell. */
export const MAX_ROW_LENGTH = 100_000
/** Characters; the limit of spreadsheets. */
const MAX_CELL_LENGTH = 32_767
/** Per row, with or without a header. */
const MAX_CELLS = 1_000
/** Spreadsheets append blank rows. */
const MAX_BLANK_ROWS = 100_000
const MAX_ROWS = 500_000

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']

/** A row that is not blank. */
export interface CsvRow {
  /** Number of its first line; the file begins with line 1. */
  line: number
  cells: readonly string[]
}

/**
 * Parses delimited text (RFC 4180) row by row and yields to the event loop in between. A quote inside a cell, or a
 * quoted part with text behind it, is plain text. Lines end with CR, LF or CRLF.
 *
 * @param chunks parts of the text, split anywhere between two characters
 * @param signal aborted when the client has disconnected
 * @throws {Refusal} `input_invalid` for an unclosed quote or an exceeded limit
 */
export async function* parseCsv(
  chunks: Iterable<string> | AsyncIterable<string>,
  delimiter: Delimiter,
  signal?: AbortSignal,
): AsyncGenerator<CsvRow> {
  const yieldToLoop = createEventLoopYield()
  let remainder = ''
  let line = 1
  let rows = 0
  let blank = 0

  async function* parseChunk(text: string, isLast: boolean) {
    let at = 0
    while (at < text.length) {
      const row = readRow(text, at, { delimiter, isLast, line })
      if (row === undefined) break
      if (row.cells.every((cell) => cell.trim() === '')) {
        blank += 1
        if (blank > MAX_BLANK_ROWS) throw invalidInput(`a list has up to ${MAX_BLANK_ROWS} blank rows`)
      } else {
        rows += 1
        if (rows > MAX_ROWS + 1) throw invalidInput(`a list has up to ${MAX_ROWS} rows`) // and its header
        yield { line, cells: row.cells }
      }
      line += row.lines
      at = row.end
      await yieldToLoop()
      if (signal?.aborted) throw invalidInput('the client has disconnected')
    }
    remainder = text.slice(at)
    if (remainder.length > MAX_ROW_LENGTH) throw tooLong(line)
  }

  for await (const chunk of chunks) {
    yield* parseChunk(remainder + chunk, false)
    await yieldToLoop()
  }
  yield* parseChunk(remainder, true)
}

/** @returns the first row that is not blank; undefined without one, or if it cannot be parsed */
export function readFirstRow(text: string, delimiter: Delimiter): readonly string[] | undefined {
  try {
    for (let at = 0; at < text.length; ) {
      const row = readRow(text, at, { delimiter, isLast: true, line: 1 })
      if (row?.cells.some((cell) => cell.trim() !== '') !== false) return row?.cells
      at = row.end
    }
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
  }
  return undefined
}

interface ParsedRow {
  cells: string[]
  /** Number of lines in it. */
  lines: number
  end: number
}

/** @returns undefined if the row continues in the next chunk */
function readRow(
  text: string,
  start: number,
  { delimiter, isLast, line }: { delimiter: Delimiter; isLast: boolean; line: number },
): ParsedRow | undefined {
  const cells: string[] = []
  let isQuoted = false
  let at = start
  for (;;) {
    let cell = ''
    let from = at
    if (text[at] === '"') {
      const quoted = readQuoted(text, at, delimiter)
      if (quoted === undefined && isLast) throw tooLong(line)
      if (quoted === undefined || (quoted.end === text.length && !isLast)) return undefined
      cell = quoted.cell
      from = quoted.end
      isQuoted = true
    }
    at = findCellEnd(text, from, delimiter)
    if (at > from) cell += text.slice(from, at)
    if (cell.length > MAX_CELL_LENGTH || at - start > MAX_ROW_LENGTH) throw tooLong(line)
    if (cells.length === MAX_CELLS) throw invalidInput(`line ${line}: a row has up to ${MAX_CELLS} cells`)
    cells.push(cell)
    if (text[at] !== delimiter) break
    at += 1
  }
  // The LF after a CR may be in the next chunk.
  if (!isLast && (at === text.length || (text[at] === '\r' && at + 1 === text.length))) return undefined
  const end = at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1)
  const lines = isQuoted ? (text.slice(start, end).match(/\r\n|\r|\n/g)?.length ?? 0) : 1
  return { cells, lines, end }
}

/** @returns undefined without a closing quote; if text follows the closing quote, both quotes are plain text */
function readQuoted(text: string, start: number, delimiter: Delimiter) {
  let cell = ''
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return undefined
    cell += text.slice(at, quote)
    const next = text[quote + 1]
    if (next === '"') {
      cell += '"'
      at = quote + 2
    } else {
      const isClosed = next === undefined || next === delimiter || next === '\n' || next === '\r'
      return { cell: isClosed ? cell : `"${cell}"`, end: quote + 1 }
    }
  }
}

/** @returns the offset of the next delimiter, line end, or end of text */
function findCellEnd(text: string, from: number, delimiter: Delimiter): number {
  const delimiterCode = delimiter.charCodeAt(0)
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === delimiterCode || code === LINE_FEED || code === RETURN) return at
  }
  return text.length
}

const LINE_FEED = 0x0a
const RETURN = 0x0d

const tooLong = (line: number) => invalidInput(`line ${line}: a quote is not closed, or the row is too long`)
