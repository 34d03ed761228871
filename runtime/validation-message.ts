import { z } from 'zod'
import { allowedBy, listed, ownRuleOf, rimOf } from './describe-schema.ts'

/** What is wrong with one member. */
export interface Fault {
  /** `weekdays[2]`; empty for the whole value. */
  member: string
  /** What is allowed there, in plain words. No value that was sent is in it. */
  words: string
}

/**
 * Says in plain words what is wrong with a value: the member, and what is allowed there.
 *
 * @param whole what the value as a whole is called
 * @returns one line of at most `most` characters, however much was wrong
 */
export function plainWords(error: z.core.$ZodError, { whole = 'the body', most = 500 } = {}): string {
  const faults = firstOfEach(error.issues.flatMap(faultsOf))
  const lines = [...new Set(faults.map((fault) => lineOf(fault, whole)))]
  let text = ''
  for (const [at, line] of lines.entries()) {
    const next = text === '' ? line : `${text}; ${line}`
    const rest = at + 1 < lines.length ? `; and ${lines.length - at - 1} more` : ''
    if (next.length + rest.length > most) {
      return text === '' ? cut(line, most) : cut(`${text}; and ${lines.length - at} more`, most)
    }
    text = next
  }
  return text
}

/** What is of the wrong type may break other rules as well: the first says enough. */
const firstOfEach = (faults: readonly Fault[]): Fault[] =>
  faults.filter(({ member }, at) => member === '' || faults.findIndex((one) => one.member === member) === at)

/** Members that are wrong, one by one. Where nothing fits of several that may, those of the nearest. */
export function faultsOf({ path, message, code, ...more }: z.core.$ZodIssue): Fault[] {
  const inner = code === 'invalid_union' ? deepest((more as z.core.$ZodIssueInvalidUnion).errors) : []
  if (inner.length > 0) return inner.flatMap((one) => faultsOf({ ...one, path: [...path, ...one.path] }))
  return [{ member: memberOf(path), words: message }]
}

/** Of what a value could be, the one that it is but for a member within. */
const deepest = (errors: readonly (readonly z.core.$ZodIssue[])[]) =>
  errors.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ?? []

function lineOf({ member, words }: Fault, whole: string): string {
  if (member !== '') return `${member}: ${words}`
  return /^(must|is|has) /.test(words) ? `${whole} ${words}` : words
}

const MOST_OF_A_NAME = 64

/** A name may be the client's own, as those of a record are: it is shown short, and on one line. */
export const nameOf = (part: PropertyKey): string =>
  cut(String(part).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'), MOST_OF_A_NAME)

const memberOf = (path: readonly PropertyKey[]): string =>
  path
    .slice(0, 10)
    .reduce<string>(
      (member, part) =>
        typeof part === 'number' ? `${member}[${part}]` : `${member}${member && '.'}${nameOf(part)}`,
      '',
    )

const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** What people read of a schema that has no words of its own: zod asks this, on every surface. */
export function wordsOf(issue: z.core.$ZodRawIssue): string {
  const must = `must be ${allowedOf(issue)}`
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownMembers(issue)
    case 'invalid_key':
      return `has a name that is not allowed: ${issue.issues[0]?.message ?? must}`
    case 'invalid_union':
      return issue.input === undefined ? `is missing: ${must}` : (nearestOf(issue.errors ?? []) ?? must)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'custom':
      return NOT_ALLOWED
    case 'invalid_format':
      return issue.format === 'regex' ? NOT_ALLOWED : must
    case 'invalid_type':
    case 'invalid_value': {
      const rule = issue.schema === undefined ? undefined : ownRuleOf(issue.schema)
      const said = rule === undefined ? must : `${must}: ${rule.replace(MUST_BE, '')}`
      if (issue.input === undefined) return `is missing: ${said}`
      return issue.input === null ? `${said}, and not null` : said
    }
    default:
      return must
  }
}

/** Where a schema should have said more: a test finds each place. */
export const NOT_ALLOWED = 'is not allowed'

function allowedOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_value' && (issue as { expected?: string }).expected === 'stringbool') {
    return 'true or false'
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined && Array.isArray(issue.options)) {
    return `one of ${issue.options.map(String).join(', ')}`
  }
  const schema = issue.schema ?? (issue.inst as z.core.$ZodType | undefined)
  return schema === undefined ? 'a value that is allowed here' : allowedBy(schema)
}

/** What those say that the value is of the type of; nothing where it is of none. */
function nearestOf(errors: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const first = errors.flatMap(([issue]) => issue ?? [])
  const near = first.filter(({ code }) => code !== 'invalid_type' && code !== 'invalid_value')
  return near.length === 0
    ? undefined
    : `must be ${listed([...new Set(near.map(({ message }) => message.replace(MUST_BE, '')))])}`
}

const MUST_BE = /^must be /
const MOST_NAMED = 5

function unknownMembers({ keys, schema }: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const names = keys.slice(0, MOST_NAMED).map(nameOf).join(', ')
  const more = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : ''
  const known = schema === undefined ? [] : knownOf(schema)
  const only = known.length === 0 ? '' : ` (known are ${known.join(', ')})`
  return `has members that are not known: ${names}${more}${only}`
}

function knownOf(schema: z.core.$ZodType): string[] {
  const { def } = (rimOf(schema) as z.core.$ZodTypes)._zod // each schema of zod is one of them
  if (def.type === 'object') return Object.keys(def.shape)
  if (def.type !== 'record') return []
  const keys = (def.keyType as z.core.$ZodTypes)._zod.def // as above
  return keys.type === 'enum' ? Object.values(keys.entries).map(String) : []
}

// Zod's own words name types and patterns. Each file that shows an error imports this one, which replaces them.
z.config({ localeError: wordsOf })
