import { firstRowOf, type ListRow, listRowsOf } from '../../api/core/call-center/leads/csv-parser.ts'
import { delimiterOf, SEP } from '../../api/core/call-center/leads/csv-reader.ts'
import { faultOf, textOf } from '../../api/core/call-center/leads/import-row.ts'
import type { Spellings } from '../../api/core/dial-policy/number-variants.ts'
import { legible } from '../../api/core/dial-policy/parse-number.ts'
import {
  digitsOf,
  IS_DATE,
  isComment,
  type Read,
  type Rules,
  readBeside,
  readCell,
  readJoined,
  whole,
} from './number-cell.ts'
import { type NumberColumns, numberColumnsOf } from './number-columns.ts'

/** A cell, or a line, that is not one number. */
export interface BadCell {
  /** In the file; the first is line 1. */
  line: number
  /** The name of its column, where the list has a header. */
  column?: string
  cell: string
  reason: string
}

/** What a list of numbers has, line by line. */
export interface NumberList {
  numbers: Spellings[]
  bad: BadCell[]
  /** How many lines have numbers, or should have. */
  lines: number
  /** Columns that were read, and those that were not; both empty without a header. */
  columns: string[]
  leftOut: string[]
}

/**
 * Reads a list of numbers. Where its first row is a header with a column of numbers, every number of every row is on
 * the list. Without one a line is one number, or an area code and the number behind it in two cells (`212,5550143`, the
 * file of the FTC), or more; words and dates behind it are comments, and so is what stands behind a `#`.
 *
 * No part of a line is ever taken for the whole: a line that cannot be read whole is bad.
 * @throws {Refusal} `input_invalid` where rows cannot be told apart, as after a quote that does not close
 */
export async function readNumbers(text: string, rules: Rules): Promise<NumberList> {
  const { begin, start } = beginOf(text.replace(/^\ufeff/, ''))
  const delimiter = delimiterOf(begin)
  const header = firstRowOf(start.text, delimiter)?.map(textOf)
  const isHeader = header?.every((cell) => digitsOf(cell).length <= MOST_OF_A_HEADER) === true
  const columns = isHeader ? numberColumnsOf(header) : undefined
  if (columns === undefined || header === undefined) return plainLines(start, rules)

  const list: NumberList = {
    numbers: [],
    bad: [],
    lines: 0,
    columns: columns.numbers.map((one) => one.header),
    leftOut: columns.others.flatMap((one) => (one.header === '' ? [] : one.header)),
  }
  let isFirst = true
  for await (const row of listRowsOf([start.text], delimiter)) {
    if (!isFirst && !legible(row.cells[0] ?? '').startsWith('#')) {
      list.lines += 1
      takeRow(list, { ...row, line: row.line + start.line - 1 }, { columns, width: header.length, rules })
    }
    isFirst = false
  }
  return list
}

/** The list from its first row on: what is before are blank lines, comments, and the line of Excel. */
function beginOf(text: string) {
  const [before = ''] = /^(?:[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*/.exec(text) ?? []
  const begin = text.slice(before.length)
  const [sep = ''] = SEP.exec(begin) ?? []
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
const MOST_OF_A_HEADER = 2

function takeRow(
  list: NumberList,
  { line, cells }: ListRow,
  { columns, width, rules }: { columns: NumberColumns; width: number; rules: Rules },
): void {
  const texts = cells.map((cell) => legible(textOf(cell)))
  const bad = (cell: string, reason: string, column?: string) =>
    list.bad.push({ line, cell, reason, ...(column === undefined ? {} : { column }) })
  const fault = faultOf(texts, texts.slice(width))
  if (fault !== undefined) return void bad(texts.filter(Boolean).join(' '), fault)

  const filled = columns.numbers.filter(({ at }) => /\p{Nd}/u.test(texts[at] ?? ''))
  let isRead = false
  for (const { at, header, isSure, isPhones, area, country } of filled) {
    const cell = texts[at] ?? ''
    const beside = {
      area: area === undefined ? undefined : (texts[area] ?? ''),
      country: texts[country ?? -1] ?? '',
    }
    // Google writes several into one cell.
    for (const text of cell.split(' ::: ')) {
      // A header of one column does not tell what divides cells; a blank for a tab would join two.
      const found = /[\t;|]/.test((cells[at] ?? '').trim())
        ? { fault: 'this cell has several, divided by what divides none in the header' }
        : readBeside(text, beside, rules)
      if (!isSure && !isClear(text, found) && !(isPhones && isFlawed(text, found))) continue
      isRead = true
      if ('number' in found) list.numbers.push(found.number)
      else bad(text, found.fault, header)
    }
  }
  for (const { at, header } of columns.others) {
    const cell = texts[at] ?? ''
    if (/^\+/.test(cell) && 'number' in readCell(cell, rules))
      bad(cell, 'this is a number, and the column is none of numbers', header)
  }
  if (isRead) return
  const [column] = columns.numbers
  bad(texts[column?.at ?? 0] ?? '', 'there is no number', column?.header)
}

/** In a column that may hold other numbers than those of phones. */
const isClear = (text: string, found: Read) =>
  'number' in found &&
  digitsOf(text).length >= 7 &&
  (/^\(?[+0]/.test(text) || (found.number[0].startsWith('+') && digitsOf(text).length >= 10))

/** Not a date, and too long for anything but a number. */
const isFlawed = (text: string, found: Read) =>
  'fault' in found && digitsOf(text).length >= 7 && !IS_DATE.test(text)

function plainLines({ text, line: first }: { text: string; line: number }, rules: Rules): NumberList {
  const list: NumberList = { numbers: [], bad: [], lines: 0, columns: [], leftOut: [] }
  let isFirst = true
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries()) {
    const shown = withoutComment(line)
    const cells = cellsOf(shown)
    if (cells?.every((cell) => cell === '')) continue
    const isTitle = isFirst && cells?.every((cell) => !/\p{Nd}/u.test(cell))
    isFirst = false
    if (isTitle) continue
    list.lines += 1
    const found = cells === undefined ? { fault: 'a quote is not closed' } : numberIn(cells, rules)
    if ('number' in found) list.numbers.push(found.number)
    else list.bad.push({ line: first + at, cell: legible(shown), reason: found.fault })
  }
  return list
}

/** Up to a `#` at the beginning of a cell or behind a blank, and in no quotes. */
const withoutComment = (line: string) => /^(?:"(?:[^"]|"")*"|(?<=[^\s,;|])#|[^#])*/.exec(line)?.[0] ?? line

/** Cells of a line of its own, which is divided as it likes; undefined for a quote that does not close. */
function cellsOf(line: string): string[] | undefined {
  const tight = line.trim().replace(/([,;\t|]) +(?=")/g, '$1')
  const divides = /[,;\t|]/.exec(tight.replace(/"(?:[^"]|"")*"/g, ''))?.[0]
  if (tight === '') return []
  const delimiter = divides === ';' || divides === '\t' || divides === '|' ? divides : ','
  return firstRowOf(tight, delimiter)?.map((cell) => legible(textOf(cell)))
}

function numberIn(cells: readonly string[], rules: Rules): Read {
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
    return { fault: 'behind the number and its comment there is another number' }
  const [first = '', ...more] = own
  if (more.length > 0) return readJoined(own, rules)
  return begin > 0 ? whole(readCell(first, rules)) : readCell(first, rules)
}
