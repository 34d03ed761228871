import { plain } from '../../values/formula-injection.ts'
import type { Column, ListColumn } from './column-mapping.ts'
import type { ListRow } from './csv-parser.ts'
import type { OddCell } from './lead-import.ts'

/** One row; cells that are empty are not there. */
export interface TableRow {
  /** Where it begins; the first line of the list is line 1. */
  line: number
  cells: { [column in Column]?: string }
  /** The headers of the columns they come from, as the list has them. */
  headers: { [column in Column]?: string }
  /** Cells that were read in another way than they are written, or left out. */
  odd: readonly OddCell[]
  fault: string | undefined
}

/** Of several columns that are the same, such as phones, the first one that is filled counts. */
export function rowOf(columns: readonly ListColumn[], { cells: record, line }: ListRow): TableRow {
  const texts = columns.map((_, at) => textOf(record[at]))
  const row = { line, cells: {} as TableRow['cells'], headers: {} as TableRow['headers'] }
  const odd: OddCell[] = []
  const tell = (at: number, reason: string) => odd.push({ line, column: columns[at]?.header || null, reason })

  for (const at of inOrder(columns, texts)) {
    const column = columns[at]?.column
    const text = texts[at] ?? ''
    if (column === null || column === undefined || text === '') continue
    const header = columns[at]?.header ?? ''
    const [first = '', ...others] = valuesOf(column, text)
    if (row.cells[column] === undefined) {
      row.cells[column] = first
      row.headers[column] = header
      if (others.length > 0) tell(at, 'the first of several was taken')
    } else if (row.cells[column] !== first) {
      tell(at, `left out: the ${column} was taken from “${row.headers[column]}”`)
    }
  }
  nameByCompany(row, (reason) => odd.push({ line, column: row.headers.company ?? null, reason }))
  return { ...row, odd, fault: faultOf(texts, record.slice(columns.length)) }
}

/** Google writes several numbers, or addresses, into one cell. */
const valuesOf = (column: Column, text: string): string[] =>
  column === 'phone' || column === 'email' ? text.split(' ::: ').map((one) => one.trim()) : [text]

/** What a cell holds: `="0301234"` is how lists keep spreadsheets from taking the zero away. */
export function textOf(cell = ''): string {
  const [, quoted] = /^="((?:[^"]|"")*)"$/.exec(cell.trim()) ?? []
  return (quoted === undefined ? plain(cell) : quoted.replaceAll('""', '"')).trim()
}

/** From left to right; phones without a digit, such as `n/a`, come last. */
function inOrder(columns: readonly ListColumn[], texts: readonly string[]): number[] {
  const isVoid = (at: number) => columns[at]?.column === 'phone' && !/\p{Nd}/u.test(texts[at] ?? '')
  return [...columns.keys()].sort((a, b) => Number(isVoid(a)) - Number(isVoid(b)))
}

/** Address books have companies that are nobody in particular. */
function nameByCompany({ cells }: Pick<TableRow, 'cells'>, tell: (reason: string) => void): void {
  const { name, firstName, lastName, company } = cells
  if (company === undefined || name !== undefined || firstName !== undefined || lastName !== undefined) return
  cells.name = company
  tell('there is no name: the lead bears the company’s')
}

/** @returns why no row of a list is meant, such as by a total; undefined for a row */
export function faultOf(texts: readonly string[], beyond: readonly string[]): string | undefined {
  if (beyond.some((cell) => cell.trim() !== '')) return 'more cells than the header has columns'
  const [first, ...others] = texts.filter((text) => text !== '')
  const isTotal = first !== undefined && TOTAL.test(first) && others.every((text) => COUNT.test(text))
  return isTotal ? 'this row is a total, not a lead' : undefined
}

/** The last row of many spreadsheets. */
const TOTAL =
  /^(?:(?:grand |sub)?totals?|count|sum|summe|gesamt|gesamtsumme|insgesamt|anzahl|totale?|suma|somme|razem|итого|всего|сумма|totaal|toplam|合計|合计|총계)(?: g[eé]n[eé]ral)?\s*:?$/iu
/** No phone number is so short. */
const COUNT = /^[\d.,\s%]{1,6}$/
