import { legible } from '../../api/core/dialling/number.ts'
import type { DialPolicy } from '../../api/core/dialling/policy.ts'
import type { Spellings } from '../../api/core/dialling/spellings.ts'
import { Refusal } from '../../api/core/refusal.ts'

/** What a list of numbers says, line by line. */
export interface NumberList {
  numbers: Spellings[]
  /** Lines that are not one number, by their numbers in the file. */
  bad: number[]
  /** Lines with an emergency number, which is never listed. */
  emergency: number[]
}

type Rules = Pick<DialPolicy, 'spellings' | 'inside'>

/**
 * Reads a file with one number a line, as people write one and as registries publish them: cells divided by a
 * comma, a semicolon or a tab, quoted or not. Words and dates behind the number are comments, and so is what
 * stands behind a `#`. An area code and the number behind it may be two cells (`212,5550143`, the file of the
 * FTC), or more. Of a header with names of columns that are known, these columns count.
 *
 * No part of a line is ever taken for the whole: what is not one number is bad.
 */
export function readNumbers(text: string, rules: Rules): NumberList {
  const list: NumberList = { numbers: [], bad: [], emergency: [] }
  let columns: Columns | undefined
  let isFirst = true
  for (const [at, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const cells = cellsOf(line)
    if (cells.every((cell) => cell === '') || (isFirst && /^sep=.$/i.test(line))) continue
    if (isFirst && !cells.some((cell) => /\d/.test(cell))) columns = columnsOf(cells)
    else {
      const number = numberIn(columns === undefined ? cells : picked(cells, columns), rules)
      if (number === undefined) list.bad.push(at + 1)
      else if (rules.inside(number[0]) === 'emergency') list.emergency.push(at + 1)
      else list.numbers.push(number)
    }
    isFirst = false
  }
  return list
}

interface Columns {
  area: number
  number: number
}

const AREA = new Set(['area', 'areacode', 'npa', 'prefix', 'vorwahl', 'indicatif', 'prefijo', 'код'])
const NUMBER = new Set([
  ...[
    'number',
    'phone',
    'phonenumber',
    'telephone',
    'telephonenumber',
    'tel',
    'mobile',
    'mobilephone',
    'cell',
  ],
  ...['msisdn', 'subscribernumber', 'nummer', 'telefon', 'telefonnummer', 'rufnummer', 'handy', 'numero'],
  ...['telefono', 'telefone', 'номер', 'телефон'],
])

/** Undefined where the header names none: then the cells are read as without one. */
function columnsOf(header: readonly string[]): Columns | undefined {
  const names = header.map((name) =>
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}]/gu, ''),
  )
  const number = names.findIndex((name) => NUMBER.has(name))
  return number === -1 ? undefined : { number, area: names.findIndex((name) => AREA.has(name)) }
}

const picked = (cells: readonly string[], { area, number }: Columns): string[] =>
  [area, number].flatMap((at) => cells[at] ?? [])

/** A quoted cell may hold what divides cells; `""` within it is a quote (RFC 4180). */
function cellsOf(line: string): string[] {
  const cells: string[] = []
  let [cell, isQuoted] = ['', false]
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at)
    if (isQuoted && sign === '"' && line.charAt(at + 1) === '"') {
      cell += sign
      at += 1
    } else if (sign === '"' && (isQuoted || cell.trim() === '')) {
      isQuoted = !isQuoted
    } else if (isQuoted) {
      cell += sign
    } else if (sign === '#' && (cell.trim() === '' || cell.endsWith(' '))) {
      break
    } else if (/[,;\t]/.test(sign)) {
      cells.push(cell)
      cell = ''
    } else {
      cell += sign
    }
  }
  return [...cells, cell].map(legible)
}

/** Words, and dates, which have digits. */
const isComment = (cell: string) =>
  cell === '' ||
  (/\p{L}/u.test(cell) && !/^tel:/i.test(cell)) ||
  /^\d{4}-\d\d-\d\d(?:$|[ T])/.test(cell) ||
  /^\d{1,2}([./])\d{1,2}\1(?:\d\d|\d{4})(?:$| )/.test(cell)

function numberIn(cells: readonly string[], rules: Rules): Spellings | undefined {
  // The column of area codes is there, and empty where the number is a whole one.
  const begin = Math.max(
    0,
    cells.findIndex((cell) => cell !== ''),
  )
  const filled = cells.slice(begin)
  const end = filled.findIndex((cell, at) => at > 0 && isComment(cell))
  const own = end === -1 ? filled : filled.slice(0, end)
  // A digit behind a comment could belong to the number.
  if (end !== -1 && filled.slice(end).some((cell) => !isComment(cell))) return undefined
  const [first = '', ...more] = own
  if (more.length === 0) return read(first, rules, begin > 0)
  return isJoinable(own) ? read(own.join(' '), rules, true) : undefined
}

/** Digits of an area code or a country code, and of what follows it. */
const MOST_OF_A_PART = 5
const MOST_OF_THE_LAST = 8

const isJoinable = (cells: readonly string[]) =>
  cells.every((cell, at) => {
    const digits = cell.replace(/\D/g, '').length
    const isShort = digits > 0 && digits <= (at === cells.length - 1 ? MOST_OF_THE_LAST : MOST_OF_A_PART)
    return isShort && /^[\d ().-]+$/.test(at === 0 ? cell.replace(/^\+/, '') : cell)
  })

/**
 * @param isInCells its area code may stand in a cell of its own: with a country, its plan must know the number; without
 *   one, it must look like one of North America, or begin with a trunk 0 or a country code
 */
function read(text: string, { spellings }: Rules, isInCells = false): Spellings | undefined {
  try {
    const number = spellings(text)
    const isWhole = number[0].startsWith('+') || /^0\d{6,}$|^1?[2-9]\d{2}[2-9]\d{6}$/.test(number[0])
    return isInCells && !isWhole ? undefined : number
  } catch (err) {
    if (err instanceof Refusal) return undefined
    throw err
  }
}
