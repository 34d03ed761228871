import { Role } from '../../../contract/claims.ts'
import { parseCsv, readFirstRow } from '../call-center/leads/csv-parser.ts'
import { detectDelimiter, SEPARATOR_LINE } from '../call-center/leads/detect-delimiter.ts'
import { unquoteCell } from '../call-center/leads/import-row.ts'
import { invalidInput } from '../refusal.ts'
import { normalizeName, trimName } from '../values/account-names.ts'
import type { FetchedPeople, LineError, SourcePerson } from './account-source.ts'

export const CSV_COLUMNS = ['username', 'name', 'extension', 'email', 'role', 'disabled'] as const
type CsvColumnName = (typeof CSV_COLUMNS)[number]

const YES = new Set(['yes', 'true', '1'])
const NO = new Set(['no', 'false', '0', ''])

const MAX_ROWS = 100_000

/**
 * Reads people from a list (RFC 4180). Its header names `username`, `extension` or both, and may name the other
 * `CSV_COLUMNS`. The username identifies a person from one list to the next; without it the extension does. A row that
 * cannot be read becomes an error with its line.
 * @throws {Refusal} `input_invalid` without such a header, for too many rows, or where they cannot be separated
 */
export async function readCsvPeople(text: string): Promise<FetchedPeople> {
  const whole = text.replace(/^\ufeff/, '')
  const delimiter = detectDelimiter(whole)
  const body = whole.replace(SEPARATOR_LINE, '')
  const offset = whole.length === body.length ? 0 : 1
  const columns = readColumns(readFirstRow(body, delimiter) ?? [])
  const people: SourcePerson[] = []
  const lineErrors: LineError[] = []
  let isHeader = true
  for await (const row of parseCsv([body], delimiter)) {
    const line = row.line + offset
    const person = isHeader ? undefined : readRow(columns, row.cells, line)
    if (person !== undefined && 'reason' in person) lineErrors.push(person)
    else if (person !== undefined) people.push(person)
    isHeader = false
    if (people.length + lineErrors.length > MAX_ROWS)
      throw invalidInput(`the list has more than ${MAX_ROWS} rows`)
  }
  return { people, lineErrors }
}

function readColumns(header: readonly string[]): readonly (CsvColumnName | undefined)[] {
  const names = header.map((cell) => normalizeName(unquoteCell(cell)))
  const columns = names.map((name) => CSV_COLUMNS.find((one) => one === name))
  const known = columns.filter((column) => column !== undefined)
  if (new Set(known).size < known.length) throw invalidInput('a column is named twice')
  if (!known.includes('username') && !known.includes('extension'))
    throw invalidInput(
      `the first row names columns: username, extension or both, and any of ${CSV_COLUMNS.join(', ')}`,
    )
  return columns
}

function readRow(
  columns: readonly (CsvColumnName | undefined)[],
  cells: readonly string[],
  line: number,
): SourcePerson | LineError {
  if (cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    return { line, reason: 'the row has more cells than the header' }
  const cellOf = (column: CsvColumnName) => {
    const at = columns.indexOf(column)
    return at === -1 ? undefined : trimName(unquoteCell(cells[at]))
  }
  const extension = cellOf('extension') || null
  const username = cellOf('username') || undefined
  const id = username ?? extension
  if (id === null) return { line, reason: 'the row has neither a username nor an extension' }
  const roleCell = cellOf('role')?.toLowerCase() || undefined
  const role = roleCell === undefined ? undefined : Role.safeParse(roleCell)
  if (role?.success === false) return { line, reason: `role is one of ${Role.options.join(', ')}` }
  const disabled = cellOf('disabled')?.toLowerCase()
  if (disabled !== undefined && !YES.has(disabled) && !NO.has(disabled))
    return { line, reason: 'disabled is yes or no' }
  return {
    sourceId: normalizeName(id),
    extension,
    username,
    name: cellOf('name') ?? null,
    email: cellOf('email') ?? null,
    ...(role === undefined ? {} : { role: role.data }),
    disabled: disabled === undefined ? undefined : YES.has(disabled),
    line,
  }
}
