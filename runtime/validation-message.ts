import { z } from 'zod'
import { customMessageOf, describeSchema, inputSchemaOf, joinWithOr } from './describe-schema.ts'

/** The error of one member. */
export interface MemberError {
  /** `weekdays[2]`; empty for the whole value. */
  member: string
  /** What is allowed there. It contains no value that was sent. */
  message: string
}

/**
 * Describes the errors of a value: each member, and what is allowed there.
 *
 * @param subject the name of the whole value
 * @returns one line of at most `maxLength` characters, however many errors there are
 */
export function validationMessage(
  error: z.core.$ZodError,
  { subject = 'the body', maxLength = 500 } = {},
): string {
  const errors = firstPerMember(error.issues.flatMap(memberErrorsOf))
  const lines = [...new Set(errors.map((one) => formatMemberError(one, subject)))]
  let text = ''
  for (const [at, line] of lines.entries()) {
    const next = text === '' ? line : `${text}; ${line}`
    const rest = at + 1 < lines.length ? `; and ${lines.length - at - 1} more` : ''
    if (next.length + rest.length > maxLength) {
      return text === ''
        ? truncate(line, maxLength)
        : truncate(`${text}; and ${lines.length - at} more`, maxLength)
    }
    text = next
  }
  return text
}

/** The first error of each member: a value of the wrong type often breaks other rules, too. */
const firstPerMember = (errors: readonly MemberError[]): MemberError[] =>
  errors.filter(({ member }, at) => member === '' || errors.findIndex((one) => one.member === member) === at)

/** The errors by member. If no option of a union matches, those of the closest option. */
export function memberErrorsOf({ path, message, code, ...more }: z.core.$ZodIssue): MemberError[] {
  const inner =
    code === 'invalid_union' ? closestUnionBranch((more as z.core.$ZodIssueInvalidUnion).errors) : []
  if (inner.length > 0)
    return inner.flatMap((one) => memberErrorsOf({ ...one, path: [...path, ...one.path] }))
  return [{ member: memberPathOf(path), message }]
}

/** The option of a union that a value matches, except for members within. */
const closestUnionBranch = (errors: readonly (readonly z.core.$ZodIssue[])[]) =>
  errors.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ?? []

function formatMemberError({ member, message }: MemberError, subject: string): string {
  if (member !== '') return `${member}: ${message}`
  return /^(must|is|has) /.test(message) ? `${subject} ${message}` : message
}

const MAX_NAME_LENGTH = 64

/** Shortens a name to one line: the client may have chosen it, as it does in a record. */
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

/** The message of an issue of a schema without a custom message. Zod calls it, on every surface. */
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

/** The message where a schema should describe more: a test finds each such place. */
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

/** The messages of the options that have the type of the value; undefined when there are none. */
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

// Zod's own messages name types and patterns. Each file that shows an error imports this one, which replaces them.
z.config({ localeError: zodErrorMap })
