import { type CsvRow, parseCsv, readFirstRow } from '../../api/core/call-center/leads/csv-parser.ts'
import { detectDelimiter, SEPARATOR_LINE } from '../../api/core/call-center/leads/detect-delimiter.ts'
import { rowError, unquoteCell } from '../../api/core/call-center/leads/import-row.ts'
import type { NumberVariants } from '../../api/core/dial-policy/number-variants.ts'
import { toVisibleText } from '../../api/core/dial-policy/parse-number.ts'
import {
  DATE_PATTERN,
  digitsOf,
  isComment,
  type NumberRules,
  type ParsedNumber,
  parseNumberCell,
  parseSplitNumber,
  parseWithPrefixColumns,
  requireWholeNumber,
} from './number-cell.ts'
import { findNumberColumns, type NumberColumns } from './number-columns.ts'

/** A cell, or a line, that is not one number. */
export interface InvalidCell {
  /** In the file; the first is line 1. */
  line: number
  /** The name of its column, where the list has a header. */
  column?: string
  cell: string
  reason: string
}

/** What a list of numbers has, line by line. */
export interface NumberList {
  numbers: NumberVariants[]
  invalid: InvalidCell[]
  /** How many lines have numbers, or should have. */
  lines: number
  /** Columns that were read, and those that were not; both empty without a header. */
  readColumns: string[]
  ignoredColumns: string[]
}

/**
 * Reads a list of numbers. Where its first row is a header with a column of numbers, every number of every row is on
 * the list. Without one a line is one number, or an area code and the number behind it in two cells (`212,5550143`, the
 * file of the FTC), or more; words and dates behind it are comments, and so is what stands behind a `#`.
 *
 * No part of a line is ever taken for the whole: a line that cannot be read whole is bad.
 * @throws {Refusal} `input_invalid` where rows cannot be separated, as after a quote that does not close
 */
export async function parseNumberList(text: string, rules: NumberRules): Promise<NumberList> {
  const { begin, start } = skipPreamble(text.replace(/^\ufeff/, ''))
  const delimiter = detectDelimiter(begin)
  const header = readFirstRow(start.text, delimiter)?.map(unquoteCell)
  const isHeader = header?.every((cell) => digitsOf(cell).length <= MAX_HEADER_DIGITS) === true
  const columns = isHeader ? findNumberColumns(header) : undefined
  if (columns === undefined || header === undefined) return parseLines(start, rules)

  const list: NumberList = {
    numbers: [],
    invalid: [],
    lines: 0,
    readColumns: columns.numbers.map((one) => one.header),
    ignoredColumns: columns.ignored.flatMap((one) => (one.header === '' ? [] : one.header)),
  }
  let isFirst = true
  for await (const row of parseCsv([start.text], delimiter)) {
    if (!isFirst && !toVisibleText(row.cells[0] ?? '').startsWith('#')) {
      list.lines += 1
      parseRow(list, { ...row, line: row.line + start.line - 1 }, { columns, width: header.length, rules })
    }
    isFirst = false
  }
  return list
}

/** The list from its first row on: what is before are blank lines, comments, and the line of Excel. */
function skipPreamble(text: string) {
  const [before = ''] = /^(?:[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*/.exec(text) ?? []
  const begin = text.slice(before.length)
  const [sep = ''] = SEPARATOR_LINE.exec(begin) ?? []
  const skipped = before + sep + (sep.endsWith('\r') && begin[sep.length] === '\n' ? '\n' : '')
  return {
    begin,
    start: {
      text: text.slice(skipped.length),
      line: (skipped.match(/\r\n|\r|\n/g)?.length ?? 0) + 1,
    },
  }
}

/** Digits of a name of a column, such as `Phone 12`. */
const MAX_HEADER_DIGITS = 2

function parseRow(
  list: NumberList,
  { line, cells }: CsvRow,
  { columns, width, rules }: { columns: NumberColumns; width: number; rules: NumberRules },
): void {
  const texts = cells.map((cell) => toVisibleText(unquoteCell(cell)))
  const reportInvalid = (cell: string, reason: string, column?: string) =>
    list.invalid.push({ line, cell, reason, ...(column === undefined ? {} : { column }) })
  const error = rowError(texts, texts.slice(width))
  if (error !== undefined) return void reportInvalid(texts.filter(Boolean).join(' '), error)

  const filled = columns.numbers.filter(({ at }) => /\p{Nd}/u.test(texts[at] ?? ''))
  let isRead = false
  for (const { at, header, isPhoneColumn, mentionsPhone, area, country } of filled) {
    const cell = texts[at] ?? ''
    const beside = {
      area: area === undefined ? undefined : (texts[area] ?? ''),
      country: texts[country ?? -1] ?? '',
    }
    // Google writes several into one cell.
    for (const text of cell.split(' ::: ')) {
      // A header of one column does not show the delimiter; a blank in place of a tab would join two numbers.
      const found = /[\t;|]/.test((cells[at] ?? '').trim())
        ? { reason: 'this cell has several, divided by what divides none in the header' }
        : parseWithPrefixColumns(text, beside, rules)
      if (
        !isPhoneColumn &&
        !isUnambiguousNumber(text, found) &&
        !(mentionsPhone && isMalformedNumber(text, found))
      )
        continue
      isRead = true
      if ('number' in found) list.numbers.push(found.number)
      else reportInvalid(text, found.reason, header)
    }
  }
  for (const { at, header } of columns.ignored) {
    const cell = texts[at] ?? ''
    if (/^\+/.test(cell) && 'number' in parseNumberCell(cell, rules))
      reportInvalid(cell, 'this is a number, and the column is none of numbers', header)
  }
  if (isRead) return
  const [column] = columns.numbers
  reportInvalid(texts[column?.at ?? 0] ?? '', 'there is no number', column?.header)
}

/** In a column that may hold other numbers than those of phones. */
const isUnambiguousNumber = (text: string, found: ParsedNumber) =>
  'number' in found &&
  digitsOf(text).length >= 7 &&
  (/^\(?[+0]/.test(text) || (found.number[0].startsWith('+') && digitsOf(text).length >= 10))

/** Not a date, and too long for anything but a number. */
const isMalformedNumber = (text: string, found: ParsedNumber) =>
  'reason' in found && digitsOf(text).length >= 7 && !DATE_PATTERN.test(text)

function parseLines({ text, line: first }: { text: string; line: number }, rules: NumberRules): NumberList {
  const list: NumberList = { numbers: [], invalid: [], lines: 0, readColumns: [], ignoredColumns: [] }
  let isFirst = true
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries()) {
    const shown = stripComment(line)
    const cells = splitCells(shown)
    if (cells?.every((cell) => cell === '')) continue
    const isTitle = isFirst && cells?.every((cell) => !/\p{Nd}/u.test(cell))
    isFirst = false
    if (isTitle) continue
    list.lines += 1
    const found = cells === undefined ? { reason: 'a quote is not closed' } : parseNumberCells(cells, rules)
    if ('number' in found) list.numbers.push(found.number)
    else list.invalid.push({ line: first + at, cell: toVisibleText(shown), reason: found.reason })
  }
  return list
}

/** Up to a `#` at the beginning of a cell or behind a blank, and in no quotes. */
const stripComment = (line: string) => /^(?:"(?:[^"]|"")*"|(?<=[^\s,;|])#|[^#])*/.exec(line)?.[0] ?? line

/** Cells of a line of its own, which is divided as it likes; undefined for a quote that does not close. */
function splitCells(line: string): string[] | undefined {
  const tight = line.trim().replace(/([,;\t|]) +(?=")/g, '$1')
  const divides = /[,;\t|]/.exec(tight.replace(/"(?:[^"]|"")*"/g, ''))?.[0]
  if (tight === '') return []
  const delimiter = divides === ';' || divides === '\t' || divides === '|' ? divides : ','
  return readFirstRow(tight, delimiter)?.map((cell) => toVisibleText(unquoteCell(cell)))
}

function parseNumberCells(cells: readonly string[], rules: NumberRules): ParsedNumber {
  // The column of area codes is there, and empty where the number is a whole one.
  const begin = Math.max(
    0,
    cells.findIndex((cell) => cell !== ''),
  )
  const filled = cells.slice(begin)
  const end = filled.findIndex((cell, at) => at > 0 && isComment(cell))
  const own = end === -1 ? filled : filled.slice(0, end)
  // A digit behind a comment could belong to the number.
  if (end !== -1 && filled.slice(end).some((cell) => !isComment(cell)))
    return { reason: 'behind the number and its comment there is another number' }
  const [first = '', ...more] = own
  if (more.length > 0) return parseSplitNumber(own, rules)
  return begin > 0 ? requireWholeNumber(parseNumberCell(first, rules)) : parseNumberCell(first, rules)
}
