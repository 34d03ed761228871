import { plain } from '../formula.ts'
import { Refusal } from '../refusal.ts'
import type { ImportOrder } from './lead-import.ts'
import { listRowsOf, MOST_OF_A_ROW } from './list-text.ts'

export const COLUMNS = [
  'name',
  'firstName',
  'lastName',
  'phone',
  'email',
  'company',
  'title',
  'status',
  'notes',
  'timeZone',
  'campaignId',
  'agentId',
] as const
export type Column = (typeof COLUMNS)[number]

/** How lists call them, letters alone. */
const HEADERS: Readonly<Record<string, Column>> = {
  name: 'name',
  fullname: 'name',
  contact: 'name',
  firstname: 'firstName',
  first: 'firstName',
  givenname: 'firstName',
  lastname: 'lastName',
  last: 'lastName',
  surname: 'lastName',
  familyname: 'lastName',
  phone: 'phone',
  phonenumber: 'phone',
  telephone: 'phone',
  tel: 'phone',
  mobile: 'phone',
  email: 'email',
  emailaddress: 'email',
  mail: 'email',
  company: 'company',
  organization: 'company',
  organisation: 'company',
  title: 'title',
  jobtitle: 'title',
  status: 'status',
  notes: 'notes',
  note: 'notes',
  timezone: 'timeZone',
  campaign: 'campaignId',
  campaignid: 'campaignId',
  agent: 'agentId',
  agentid: 'agentId',
  assignedagentid: 'agentId',
}
const MOST_COLUMNS = 100
const PART = 65_536

/** One row; cells that are empty are not there. */
export interface TableRow {
  /** Where it begins; the header is line 1. */
  line: number
  cells: { [column in Column]?: string }
  fault: string | undefined
}

type Delimiter = ImportOrder['delimiter']
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t']

/** What the header is divided by most often. */
export function delimiterOf(text: string): Delimiter {
  const [header = ''] = text
    .trimStart()
    .slice(0, MOST_OF_A_ROW)
    .split(/[\r\n]/, 1)
  const plain = header.replace(/"[^"]*"/g, '')
  const count = (one: Delimiter) => plain.split(one).length
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best))
}

/** In pieces that can be kept each for itself: none ends amid a character. */
export function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PART, text.length)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1
    parts.push(text.slice(at, end))
    at = end
  }
  return parts
}

/**
 * Reads a list with a header, row by row, with pauses for others.
 * @param signal of whoever sent the list
 * @throws {Refusal} `input_invalid` for a list that cannot be read to its end, or holds more than it may
 */
export async function* rowsOf(
  parts: Iterable<string> | AsyncIterable<string>,
  delimiter: Delimiter,
  signal?: AbortSignal,
): AsyncGenerator<TableRow> {
  let columns: readonly (Column | undefined)[] | undefined
  for await (const { cells, line } of listRowsOf(parts, delimiter, signal)) {
    if (columns === undefined) columns = columnsOf(cells)
    else yield rowOf(cells, columns, line)
  }
  if (columns === undefined) throw invalid('the list is empty')
}

function columnsOf(header: readonly string[]): (Column | undefined)[] {
  if (header.length > MOST_COLUMNS) throw invalid(`a list has up to ${MOST_COLUMNS} columns`)
  const columns = header.map((name) => HEADERS[name.toLowerCase().replace(/[^a-z]/g, '')])
  for (const column of COLUMNS) {
    if (columns.indexOf(column) !== columns.lastIndexOf(column)) {
      throw invalid(`more than one column is the ${column}`)
    }
  }
  if (!columns.includes('phone')) throw invalid('no column is the phone')
  return columns
}

function rowOf(record: readonly string[], columns: readonly (Column | undefined)[], line: number): TableRow {
  const cells: TableRow['cells'] = {}
  for (const [at, column] of columns.entries()) {
    const text = plain(record[at] ?? '').trim()
    if (column !== undefined && text !== '') cells[column] = text
  }
  const isLonger = record.length > columns.length
  return { line, cells, fault: isLonger ? 'more cells than the header has columns' : undefined }
}

const invalid = (detail: string) => new Refusal('input_invalid', { detail })
