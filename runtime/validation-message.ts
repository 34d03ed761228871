import { z } from 'zod'
import { customMessageOf, describeSchema, inputSchemaOf, joinWithOr } from './describe-schema.ts'

/** What is wrong with one member. */
export interface MemberError {
  /** `weekdays[2]`; empty for the whole value. */
  member: string
  /** What is allowed there, in plain words. No value that was sent is in it. */
  message: string
}

/**
 * Says in plain words what is wrong with a value: the member, and what is allowed there.
 *
 * @param whole what the value as a whole is called
 * @returns one line of at most `most` characters, however much was wrong
 */
export function validationMessage(error: z.core.$ZodError, { whole = 'the body', most = 500 } = {}): string {
  const errors = firstPerMember(error.issues.flatMap(memberErrorsOf))
  const lines = [...new Set(errors.map((fault) => formatMemberError(fault, whole)))]
  let text = ''
  for (const [at, line] of lines.entries()) {
    const next = text === '' ? line : `${text}; ${line}`
    const rest = at + 1 < lines.length ? `; and ${lines.length - at - 1} more` : ''
    if (next.length + rest.length > most) {
      return text === '' ? truncate(line, most) : truncate(`${text}; and ${lines.length - at} more`, most)
    }
    text = next
  }
  return text
}

/** What is of the wrong type may break other rules as well: the first says enough. */
const firstPerMember = (errors: readonly MemberError[]): MemberError[] =>
  errors.filter(({ member }, at) => member === '' || errors.findIndex((one) => one.member === member) === at)

/** Members that are wrong, one by one. Where nothing fits of several that may, those of the nearest. */
export function memberErrorsOf({ path, message, code, ...more }: z.core.$ZodIssue): MemberError[] {
  const inner =
    code === 'invalid_union' ? closestUnionBranch((more as z.core.$ZodIssueInvalidUnion).errors) : []
  if (inner.length > 0)
    return inner.flatMap((one) => memberErrorsOf({ ...one, path: [...path, ...one.path] }))
  return [{ member: memberPathOf(path), message }]
}

/** Of what a value could be, the one that it is but for a member within. */
const closestUnionBranch = (errors: readonly (readonly z.core.$ZodIssue[])[]) =>
  errors.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ?? []

function formatMemberError({ member, message }: MemberError, subject: string): string {
  if (member !== '') return `${member}: ${message}`
  return /^(must|is|has) /.test(message) ? `${subject} ${message}` : message
}

const MAX_NAME_LENGTH = 64

/** A name may be the client's own, as those of a record are: it is shown short, and on one line. */
export const printableName = (part: PropertyKey): string =>
  truncate(String(part).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'), MAX_NAME_LENGTH)

const memberPathOf = (path: readonly PropertyKey[]): string =>
  path
    .slice(0, 10)
    .reduce<string>(
      (member, part) =>
        typeof part === 'number' ? `${member}[${part}]` : `${member}${member && '.'}${printableName(part)}`,
      '',
    )

const truncate = (text: string, maxLength: number) =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`

/** What people read of a schema that has no words of its own: zod asks this, on every surface. */
export function zodErrorMap(issue: z.core.$ZodRawIssue): string {
  const mustBe = `must be ${allowedValuesOf(issue)}`
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownMembers(issue)
    case 'invalid_key':
      return `has a name that is not allowed: ${issue.issues[0]?.message ?? mustBe}`
    case 'invalid_union':
      return issue.input === undefined
        ? `is missing: ${mustBe}`
        : (closestMessages(issue.errors ?? []) ?? mustBe)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'custom':
      return NOT_ALLOWED
    case 'invalid_format':
      return issue.format === 'regex' ? NOT_ALLOWED : mustBe
    case 'invalid_type':
    case 'invalid_value': {
      const rule = issue.schema === undefined ? undefined : customMessageOf(issue.schema)
      const text = rule === undefined ? mustBe : `${mustBe}: ${rule.replace(MUST_BE_PREFIX, '')}`
      if (issue.input === undefined) return `is missing: ${text}`
      return issue.input === null ? `${text}, and not null` : text
    }
    default:
      return mustBe
  }
}

/** Where a schema should have said more: a test finds each place. */
export const NOT_ALLOWED = 'is not allowed'

function allowedValuesOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_value' && (issue as { expected?: string }).expected === 'stringbool') {
    return 'true or false'
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined && Array.isArray(issue.options)) {
    return `one of ${issue.options.map(String).join(', ')}`
  }
  const schema = issue.schema ?? (issue.inst as z.core.$ZodType | undefined)
  return schema === undefined ? 'a value that is allowed here' : describeSchema(schema)
}

/** What those say that the value is of the type of; nothing where it is of none. */
function closestMessages(errors: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const first = errors.flatMap(([issue]) => issue ?? [])
  const closest = first.filter(({ code }) => code !== 'invalid_type' && code !== 'invalid_value')
  return closest.length === 0
    ? undefined
    : `must be ${joinWithOr([...new Set(closest.map(({ message }) => message.replace(MUST_BE_PREFIX, '')))])}`
}

const MUST_BE_PREFIX = /^must be /
const MAX_LISTED_NAMES = 5

function unknownMembers({ keys, schema }: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const names = keys.slice(0, MAX_LISTED_NAMES).map(printableName).join(', ')
  const more = keys.length > MAX_LISTED_NAMES ? ` and ${keys.length - MAX_LISTED_NAMES} more` : ''
  const known = schema === undefined ? [] : knownMembersOf(schema)
  const only = known.length === 0 ? '' : ` (known are ${known.join(', ')})`
  return `has members that are not known: ${names}${more}${only}`
}

function knownMembersOf(schema: z.core.$ZodType): string[] {
  const { def } = (inputSchemaOf(schema) as z.core.$ZodTypes)._zod // each schema of zod is one of them
  if (def.type === 'object') return Object.keys(def.shape)
  if (def.type !== 'record') return []
  const keys = (def.keyType as z.core.$ZodTypes)._zod.def // as above
  return keys.type === 'enum' ? Object.values(keys.entries).map(String) : []
}

// Zod's own words name types and patterns. Each file that shows an error imports this one, which replaces them.
z.config({ localeError: zodErrorMap })
