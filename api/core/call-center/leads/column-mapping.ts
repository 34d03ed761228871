import { invalidInput } from '../../refusal.ts'
import { unescapeFormula } from '../../values/formula-injection.ts'
import {
  ADDRESS_WORDS,
  COLUMN_SYNONYMS,
  EMAIL_WORDS,
  FALLBACK_SYNONYMS,
  normalizeHeader,
  PHONE_WORDS,
  QUALIFIER_WORDS,
} from './header-synonyms.ts'

export const LEAD_COLUMNS = [
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
export type LeadColumn = (typeof LEAD_COLUMNS)[number]

/** A CSV column and the lead member it fills. Several columns may fill the same member. */
export interface CsvColumn {
  /** As in the file, without invisible characters, cut to `MAX_SHOWN`. */
  header: string
  /** Null: the column is ignored. */
  column: LeadColumn | null
}

export const MAX_COLUMNS = 100
/** Characters of a header in answers. */
const MAX_SHOWN = 64
/** A longer text is not taken for a header. */
const MAX_HEADER_LENGTH = 64

/** @throws {Refusal} `input_invalid` without a phone column; the detail lists the columns found */
export function mapColumns(header: readonly string[]): CsvColumn[] {
  const columns = suggestColumns(header)
  if (columns.some(({ column }) => column === 'phone')) return columns
  const names = columns.flatMap((one) => (one.header === '' ? [] : `“${one.header}”`))
  const more = names.length > 20 ? ` and ${names.length - 20} more` : ''
  throw invalidInput(`no column is the phone; the columns are ${names.slice(0, 20).join(', ')}${more}`)
}

/**
 * The columns with the members that a client has chosen.
 * @param mapping a member for each column, null for a column that is ignored
 * @throws {Refusal} `input_invalid` for a mapping of another number of columns, or without a phone
 */
export function applyMapping(
  header: readonly string[],
  mapping: readonly (LeadColumn | null)[],
): CsvColumn[] {
  if (mapping.length !== header.length) {
    throw invalidInput(`columns: the list has ${header.length} columns, not ${mapping.length}`)
  }
  if (!mapping.includes('phone')) throw invalidInput('columns: one of them must be the phone')
  return header.map((text, at) => ({ header: sanitizeHeader(text), column: mapping[at] ?? null }))
}

/** The columns with the members that their headers suggest; the phone may be missing. */
export function suggestColumns(header: readonly string[]): CsvColumn[] {
  if (header.length > MAX_COLUMNS) throw invalidInput(`a list has up to ${MAX_COLUMNS} columns`)
  return matchHeaders(header)
}

/** @returns the number of known columns, plus `MAX_COLUMNS` if one of them is the phone */
export function headerScore(header: readonly string[]): number {
  const known = matchHeaders(header.slice(0, MAX_COLUMNS)).flatMap(({ column }) => column ?? [])
  return known.length + (known.includes('phone') ? MAX_COLUMNS : 0)
}

function matchHeaders(header: readonly string[]): CsvColumn[] {
  const normalized = header.map(normalizeHeader)
  const columns = normalized.map(matchColumn)
  for (const [at, name] of normalized.entries()) {
    const column = FALLBACK_SYNONYMS.get(name)
    if (column !== undefined && !coversName(columns, column)) columns[at] = column
  }
  return header.map((text, at) => ({
    header: sanitizeHeader(text),
    column: resolveNamePart(columns[at] ?? null, columns),
  }))
}

/** @param name as `normalizeHeader` returns it */
export function matchColumn(name: string): LeadColumn | null {
  if (name.length > MAX_HEADER_LENGTH) return null
  if (isComposedOf(name, PHONE_WORDS, [QUALIFIER_WORDS])) return 'phone'
  if (isComposedOf(name, EMAIL_WORDS, [QUALIFIER_WORDS, ADDRESS_WORDS])) return 'email'
  return COLUMN_SYNONYMS.get(name) ?? null
}

/** A first or last name column counts as the name. */
const coversName = (columns: readonly (LeadColumn | null)[], column: LeadColumn) =>
  columns.includes(column) ||
  (column === 'name' && (columns.includes('firstName') || columns.includes('lastName')))

/** Beside a first name, a `Name` column is the last name in most languages; beside a last name it is the first. */
function resolveNamePart(
  column: LeadColumn | null,
  columns: readonly (LeadColumn | null)[],
): LeadColumn | null {
  const [hasFirst, hasLast] = [columns.includes('firstName'), columns.includes('lastName')]
  if (column !== 'name' || hasFirst === hasLast) return column
  return hasFirst ? 'lastName' : 'firstName'
}

/** Whether a header consists of a word of `core` and any qualifiers, such as `Home Phone 2` or `Mobilfunknummer`. */
export function isComposedOf(
  name: string,
  core: ReadonlySet<string>,
  qualifiers: readonly ReadonlySet<string>[],
): boolean {
  // reached[end] is undefined if whole words cannot end there, else whether one of them is in `core`.
  const reached: (boolean | undefined)[] = [false]
  for (let from = 0; from < name.length; from += 1) {
    const before = reached[from]
    if (before === undefined) continue
    for (let to = from + 1; to <= name.length; to += 1) {
      const word = name.slice(from, to)
      if (core.has(word)) reached[to] = true
      else if (qualifiers.some((words) => words.has(word))) reached[to] = reached[to] === true || before
    }
  }
  return reached[name.length] === true
}

export const sanitizeHeader = (header: string) =>
  unescapeFormula(header)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_SHOWN)
    .toWellFormed()
