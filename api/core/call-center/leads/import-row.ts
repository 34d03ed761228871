import { unescapeFormula } from '../../values/formula-injection.ts'
import type { CsvColumn, LeadColumn } from './column-mapping.ts'
import type { CsvRow } from './csv-parser.ts'
import type { ImportIssue } from './lead-import.ts'

/** One row; cells that are empty are not there. */
export interface ImportRow {
  /** Where it begins; the first line of the list is line 1. */
  line: number
  cells: { [column in LeadColumn]?: string }
  /** The headers of the columns they come from, as the list has them. */
  headers: { [column in LeadColumn]?: string }
  /** Cells that were read in another way than they are written, or left out. */
  warnings: readonly ImportIssue[]
  error: string | undefined
}

/** Of several columns that are the same, such as phones, the first one that is filled counts. */
export function toImportRow(columns: readonly CsvColumn[], { cells: record, line }: CsvRow): ImportRow {
  const texts = columns.map((_, at) => unquoteCell(record[at]))
  const row = { line, cells: {} as ImportRow['cells'], headers: {} as ImportRow['headers'] }
  const warnings: ImportIssue[] = []
  const warn = (at: number, reason: string) =>
    warnings.push({ line, column: columns[at]?.header || null, reason })

  for (const at of columnOrder(columns, texts)) {
    const column = columns[at]?.column
    const text = texts[at] ?? ''
    if (column === null || column === undefined || text === '') continue
    const header = columns[at]?.header ?? ''
    const [first = '', ...others] = splitValues(column, text)
    if (row.cells[column] === undefined) {
      row.cells[column] = first
      row.headers[column] = header
      if (others.length > 0) warn(at, 'the first of several was taken')
    } else if (row.cells[column] !== first) {
      warn(at, `left out: the ${column} was taken from “${row.headers[column]}”`)
    }
  }
  useCompanyAsName(row, (reason) => warnings.push({ line, column: row.headers.company ?? null, reason }))
  return { ...row, warnings, error: rowError(texts, record.slice(columns.length)) }
}

/** Google writes several numbers, or addresses, into one cell. */
const splitValues = (column: LeadColumn, text: string): string[] =>
  column === 'phone' || column === 'email' ? text.split(' ::: ').map((one) => one.trim()) : [text]

/** What a cell holds: `="0301234"` is how lists keep spreadsheets from taking the zero away. */
export function unquoteCell(cell = ''): string {
  const [, quoted] = /^="((?:[^"]|"")*)"$/.exec(cell.trim()) ?? []
  return (quoted === undefined ? unescapeFormula(cell) : quoted.replaceAll('""', '"')).trim()
}

/** From left to right; phones without a digit, such as `n/a`, come last. */
function columnOrder(columns: readonly CsvColumn[], texts: readonly string[]): number[] {
  const lacksDigits = (at: number) => columns[at]?.column === 'phone' && !/\p{Nd}/u.test(texts[at] ?? '')
  return [...columns.keys()].sort((a, b) => Number(lacksDigits(a)) - Number(lacksDigits(b)))
}

/** Address books have companies that are nobody in particular. */
function useCompanyAsName({ cells }: Pick<ImportRow, 'cells'>, warn: (reason: string) => void): void {
  const { name, firstName, lastName, company } = cells
  if (company === undefined || name !== undefined || firstName !== undefined || lastName !== undefined) return
  cells.name = company
  warn('there is no name: the lead bears the company’s')
}

/** @returns why no row of a list is meant, such as by a total; undefined for a row */
export function rowError(texts: readonly string[], extraCells: readonly string[]): string | undefined {
  if (extraCells.some((cell) => cell.trim() !== '')) return 'more cells than the header has columns'
  const [first, ...others] = texts.filter((text) => text !== '')
  const isTotal =
    first !== undefined && TOTAL_LABEL.test(first) && others.every((text) => SHORT_NUMBER.test(text))
  return isTotal ? 'this row is a total, not a lead' : undefined
}

/** The last row of many spreadsheets. */
const TOTAL_LABEL =
  /^(?:(?:grand |sub)?totals?|count|sum|summe|gesamt|gesamtsumme|insgesamt|anzahl|totale?|suma|somme|razem|итого|всего|сумма|totaal|toplam|合計|合计|총계)(?: g[eé]n[eé]ral)?\s*:?$/iu
/** No phone number is so short. */
const SHORT_NUMBER = /^[\d.,\s%]{1,6}$/
