import { unescapeFormula } from '../../values/formula-injection.ts'
import type { CsvColumn, LeadColumn } from './column-mapping.ts'
import type { CsvRow } from './csv-parser.ts'
import type { ImportIssue } from './lead-import.ts'
import { cleanName } from './lead-name.ts'

/** One row with its cells by lead member; empty cells are omitted. */
export interface ImportRow {
  /** Number of its first line; the list begins with line 1. */
  line: number
  cells: { [column in LeadColumn]?: string }
  /** The header of the column that each cell came from. */
  headers: { [column in LeadColumn]?: string }
  /** Cells that were changed or ignored. */
  warnings: readonly ImportIssue[]
  error: string | undefined
}

/** If several columns fill the same member, for example phones, the first non-empty cell is used. */
export function toImportRow(columns: readonly CsvColumn[], { cells: record, line }: CsvRow): ImportRow {
  const texts = columns.map((_, at) => unquoteCell(record[at]))
  const row = { line, cells: {} as ImportRow['cells'], headers: {} as ImportRow['headers'] }
  const warnings: ImportIssue[] = []
  const warn = (at: number, reason: string) =>
    warnings.push({ line, column: columns[at]?.header || null, reason })

  for (const at of columnOrder(columns, texts)) {
    const column = columns[at]?.column
    if (column === null || column === undefined) continue
    const written = texts[at] ?? ''
    const text = NAMES.has(column) ? cleanName(written) : written
    if (text !== written) warn(at, 'marks of text direction were taken out')
    if (text === '') continue
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

/** Members that are shown as names. */
const NAMES: ReadonlySet<LeadColumn> = new Set(['name', 'firstName', 'lastName', 'company', 'title'])

/** Google Contacts writes several numbers or addresses into one cell. */
const splitValues = (column: LeadColumn, text: string): string[] =>
  column === 'phone' || column === 'email' ? text.split(' ::: ').map((one) => one.trim()) : [text]

/** @returns the text of a cell; lists write `="0301234"` so that spreadsheets keep the leading zero */
export function unquoteCell(cell = ''): string {
  const [, quoted] = /^="((?:[^"]|"")*)"$/.exec(cell.trim()) ?? []
  return (quoted === undefined ? unescapeFormula(cell) : quoted.replaceAll('""', '"')).trim()
}

/** From left to right, but phones without a digit, such as `n/a`, come last. */
function columnOrder(columns: readonly CsvColumn[], texts: readonly string[]): number[] {
  const lacksDigits = (at: number) => columns[at]?.column === 'phone' && !/\p{Nd}/u.test(texts[at] ?? '')
  return [...columns.keys()].sort((a, b) => Number(lacksDigits(a)) - Number(lacksDigits(b)))
}

/** Address books have entries of companies without a person. */
function useCompanyAsName({ cells }: Pick<ImportRow, 'cells'>, warn: (reason: string) => void): void {
  const { name, firstName, lastName, company } = cells
  if (company === undefined || name !== undefined || firstName !== undefined || lastName !== undefined) return
  cells.name = company
  warn('there is no name: the lead bears the company’s')
}

/** @returns why this row is not a lead, for example a total; undefined for a lead */
export function rowError(texts: readonly string[], extraCells: readonly string[]): string | undefined {
  if (extraCells.some((cell) => cell.trim() !== '')) return 'more cells than the header has columns'
  const [first, ...others] = texts.filter((text) => text !== '')
  const isTotal =
    first !== undefined && TOTAL_LABEL.test(first) && others.every((text) => SHORT_NUMBER.test(text))
  return isTotal ? 'this row is a total, not a lead' : undefined
}

/** First cell of the last row in many spreadsheets. */
const TOTAL_LABEL =
  /^(?:(?:grand |sub)?totals?|count|sum|summe|gesamt|gesamtsumme|insgesamt|anzahl|totale?|suma|somme|razem|итого|всего|сумма|totaal|toplam|合計|合计|총계)(?: g[eé]n[eé]ral)?\s*:?$/iu
/** Too short for a phone number. */
const SHORT_NUMBER = /^[\d.,\s%]{1,6}$/
