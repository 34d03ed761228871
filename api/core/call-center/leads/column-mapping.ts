import { Refusal } from '../../refusal.ts'
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

/** A column of a list: its header, and what of a lead it is. Several may be the same. */
export interface CsvColumn {
  /** As the list has it, without what no person sees, and not longer than is shown. */
  header: string
  /** Null for one that is left out. */
  column: LeadColumn | null
}

const MAX_COLUMNS = 100
const MAX_SHOWN = 64
/** Longer is no header. */
const MAX_HEADER_LENGTH = 64

/** @throws {Refusal} `input_invalid` where none is a phone, with the columns that there are */
export function mapColumns(header: readonly string[]): CsvColumn[] {
  if (header.length > MAX_COLUMNS) throw invalid(`a list has up to ${MAX_COLUMNS} columns`)
  const columns = matchHeaders(header)
  if (columns.some(({ column }) => column === 'phone')) return columns
  const names = columns.flatMap((one) => (one.header === '' ? [] : `“${one.header}”`))
  const more = names.length > 20 ? ` and ${names.length - 20} more` : ''
  throw invalid(`no column is the phone; the columns are ${names.slice(0, 20).join(', ')}${more}`)
}

/** How many columns a header has that are known; with a phone it counts far more. */
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

/** @param name as `fold` has it */
export function matchColumn(name: string): LeadColumn | null {
  if (name.length > MAX_HEADER_LENGTH) return null
  if (isComposedOf(name, PHONE_WORDS, [QUALIFIER_WORDS])) return 'phone'
  if (isComposedOf(name, EMAIL_WORDS, [QUALIFIER_WORDS, ADDRESS_WORDS])) return 'email'
  return COLUMN_SYNONYMS.get(name) ?? null
}

/** A name may be in its parts. */
const coversName = (columns: readonly (LeadColumn | null)[], column: LeadColumn) =>
  columns.includes(column) ||
  (column === 'name' && (columns.includes('firstName') || columns.includes('lastName')))

/** Beside a first name, `Name` is the last name in most languages; beside a last name it is the first. */
function resolveNamePart(
  column: LeadColumn | null,
  columns: readonly (LeadColumn | null)[],
): LeadColumn | null {
  const [hasFirst, hasLast] = [columns.includes('firstName'), columns.includes('lastName')]
  if (column !== 'name' || hasFirst === hasLast) return column
  return hasFirst ? 'lastName' : 'firstName'
}

/** Whether a header is one of `core` with any of `more` around, as `Home Phone 2` or `Mobilfunknummer`. */
export function isComposedOf(
  name: string,
  core: ReadonlySet<string>,
  qualifiers: readonly ReadonlySet<string>[],
): boolean {
  // For each end that can be reached by whole words: whether one of `core` was among them.
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

const invalid = (detail: string) => new Refusal('input_invalid', { detail })
