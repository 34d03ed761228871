import { Refusal } from '../../refusal.ts'
import { plain } from '../../values/formula-injection.ts'
import { ADDRESS, EMAIL, fold, MORE, PHONE, SAME_AS, WEAKLY_SAME_AS } from './header-synonyms.ts'

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

/** A column of a list: its header, and what of a lead it is. Several may be the same. */
export interface ListColumn {
  /** As the list has it, without what no person sees, and not longer than is shown. */
  header: string
  /** Null for one that is left out. */
  column: Column | null
}

const MOST_COLUMNS = 100
const MOST_SHOWN = 64
/** Longer is no header. */
const MOST_LETTERS = 64

/** @throws {Refusal} `input_invalid` where none is a phone, with the columns that there are */
export function columnsOf(header: readonly string[]): ListColumn[] {
  if (header.length > MOST_COLUMNS) throw invalid(`a list has up to ${MOST_COLUMNS} columns`)
  const columns = matched(header)
  if (columns.some(({ column }) => column === 'phone')) return columns
  const names = columns.flatMap((one) => (one.header === '' ? [] : `“${one.header}”`))
  const more = names.length > 20 ? ` and ${names.length - 20} more` : ''
  throw invalid(`no column is the phone; the columns are ${names.slice(0, 20).join(', ')}${more}`)
}

/** How many columns a header has that are known; with a phone it counts far more. */
export function likeness(header: readonly string[]): number {
  const known = matched(header.slice(0, MOST_COLUMNS)).flatMap(({ column }) => column ?? [])
  return known.length + (known.includes('phone') ? MOST_COLUMNS : 0)
}

function matched(header: readonly string[]): ListColumn[] {
  const folded = header.map(fold)
  const columns = folded.map(columnOf)
  for (const [at, name] of folded.entries()) {
    const column = WEAKLY_SAME_AS.get(name)
    if (column !== undefined && !nameHas(columns, column)) columns[at] = column
  }
  return header.map((text, at) => ({ header: shown(text), column: restOfName(columns[at] ?? null, columns) }))
}

/** @param name as `fold` has it */
export function columnOf(name: string): Column | null {
  if (name.length > MOST_LETTERS) return null
  if (isMadeOf(name, PHONE, [MORE])) return 'phone'
  if (isMadeOf(name, EMAIL, [MORE, ADDRESS])) return 'email'
  return SAME_AS.get(name) ?? null
}

/** A name may be in its parts. */
const nameHas = (columns: readonly (Column | null)[], column: Column) =>
  columns.includes(column) ||
  (column === 'name' && (columns.includes('firstName') || columns.includes('lastName')))

/** Beside a first name, `Name` is the last name in most languages; beside a last name it is the first. */
function restOfName(column: Column | null, columns: readonly (Column | null)[]): Column | null {
  const [hasFirst, hasLast] = [columns.includes('firstName'), columns.includes('lastName')]
  if (column !== 'name' || hasFirst === hasLast) return column
  return hasFirst ? 'lastName' : 'firstName'
}

/** Whether a header is one of `core` with any of `more` around, as `Home Phone 2` or `Mobilfunknummer`. */
export function isMadeOf(
  name: string,
  core: ReadonlySet<string>,
  more: readonly ReadonlySet<string>[],
): boolean {
  // For each end that can be reached by whole words: whether one of `core` was among them.
  const reached: (boolean | undefined)[] = [false]
  for (let from = 0; from < name.length; from += 1) {
    const before = reached[from]
    if (before === undefined) continue
    for (let to = from + 1; to <= name.length; to += 1) {
      const word = name.slice(from, to)
      if (core.has(word)) reached[to] = true
      else if (more.some((words) => words.has(word))) reached[to] = reached[to] === true || before
    }
  }
  return reached[name.length] === true
}

export const shown = (header: string) =>
  plain(header)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_SHOWN)
    .toWellFormed()

const invalid = (detail: string) => new Refusal('input_invalid', { detail })
