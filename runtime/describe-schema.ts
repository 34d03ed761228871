import type { z } from 'zod'

/**
 * Describes what a schema accepts, to follow "must be": such as `a whole number from 1 to 20`. It reads the schema alone,
 * so the text contains no value that was sent.
 */
export function describeSchema(schema: z.core.$ZodType): string {
  const def = (schema as z.core.$ZodTypes)._zod.def // each schema of zod is one of them
  switch (def.type) {
    case 'string':
      return describeString(def)
    case 'number':
      return describeNumber(def)
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'date':
      return 'a date'
    case 'enum':
      return describeChoices(Object.values(def.entries))
    case 'literal':
      return describeChoices(def.values)
    case 'array':
      return `a list${describeLength(def.checks, 'item')}`
    case 'tuple':
      return 'a list'
    case 'object':
    case 'record':
      return 'an object'
    case 'union':
      return joinWithOr([...new Set(def.options.map(describeSchema))])
    case 'nullable':
      return joinWithOr([describeSchema(def.innerType), 'null'])
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return describeSchema(def.innerType)
    case 'pipe':
      return describeSchema(inputSchemaOf(schema))
    default:
      return 'a value that is allowed here'
  }
}

/** The schema that checks the value first: after a preprocessing step, before a transformation. */
export function inputSchemaOf(schema: z.core.$ZodType): z.core.$ZodType {
  const def = (schema as z.core.$ZodTypes)._zod.def // each schema of zod is one of them
  if (def.type !== 'pipe') return schema
  return inputSchemaOf((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in)
}

/** The custom message of a string schema, such as the one of `z.string().regex(…, 'must be …')`. */
export function customMessageOf(schema: z.core.$ZodType): string | undefined {
  const { type, error, checks = [] } = schema._zod.def as z.core.$ZodTypeDef & { error?: unknown }
  if (type !== 'string') return undefined
  for (const candidate of [error, ...checks.map((check) => check._zod.def.error)]) {
    // Zod stores a fixed message as a function without parameters; one that reads the value is skipped.
    if (typeof candidate !== 'function' || candidate.length > 0) continue
    const message: unknown = (candidate as () => unknown)() // it has no parameters
    if (typeof message === 'string') return message
  }
  return undefined
}

export const joinWithOr = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`

const MAX_CHOICES = 30

function describeChoices(values: readonly z.core.util.Literal[]): string {
  const texts = values.map((value) => (value === '' ? 'empty' : String(value)))
  if (texts.length < 2) return texts.join()
  const more = texts.length > MAX_CHOICES ? ', …' : ''
  return `one of ${texts.slice(0, MAX_CHOICES).join(', ')}${more}`
}

/** Names for people of zod's formats. */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address such as name@example.org',
  url: 'a URL such as https://example.org/',
  uuid: 'a UUID',
  guid: 'a UUID',
  datetime: 'a time such as 2026-01-31T12:00:00Z',
  date: 'a date such as 2026-01-31',
  time: 'a time such as 12:00:00',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  base64: 'base64',
  base64url: 'base64url',
  e164: 'a number such as +493012345678',
}

type Checks = readonly z.core.$ZodCheck[] | undefined
/** The members of zod's check definitions that are read here. */
interface CheckDef {
  check: string
  format?: string
  minimum?: number
  maximum?: number
  length?: number
  value?: number
  inclusive?: boolean
}
const checkDefsOf = (checks: Checks): CheckDef[] =>
  (checks ?? []).map((one) => one._zod.def as unknown as CheckDef) // each kind of check has some of them

function describeString({ checks, format }: z.core.$ZodStringDef & { format?: string }): string {
  const named =
    FORMATS[format ?? ''] ?? checkDefsOf(checks).flatMap((one) => FORMATS[one.format ?? ''] ?? [])[0]
  const size = describeLength(checks, 'character')
  if (named === undefined) return `text${size}`
  return size === '' ? named : `${named},${size.replace(' of', '')}`
}

function describeLength(checks: Checks, unit: string): string {
  let [min, max] = [0, Number.POSITIVE_INFINITY]
  for (const { check, minimum = 0, maximum = 0, length = 0 } of checkDefsOf(checks)) {
    if (check === 'min_length') min = Math.max(min, minimum)
    if (check === 'max_length') max = Math.min(max, maximum)
    if (check === 'length_equals') [min, max] = [length, length]
  }
  const units = (count: number) => `${count} ${unit}${count === 1 ? '' : 's'}`
  if (min === max) return ` of ${units(min)}`
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '' : ` of ${units(min)} or more`
  return min === 0 ? ` of up to ${units(max)}` : ` of ${min} to ${units(max)}`
}

function describeNumber({ checks, format }: z.core.$ZodNumberDef & { format?: string }): string {
  let [min, max]: (Bound | undefined)[] = []
  let isWhole = isIntegerFormat(format)
  for (const { check, value = 0, inclusive = true, format } of checkDefsOf(checks)) {
    const bound = { value, inclusive }
    if (check === 'greater_than') min = tighterBound(min, bound, 1)
    if (check === 'less_than' && value !== Number.MAX_SAFE_INTEGER) max = tighterBound(max, bound, -1)
    if (check === 'number_format' && isIntegerFormat(format)) isWhole = true
  }
  return (isWhole ? 'a whole number' : 'a number') + describeRange(min, max)
}

interface Bound {
  value: number
  inclusive: boolean
}

/** @param sign 1 for lower bounds, -1 for upper ones */
function tighterBound(current: Bound | undefined, other: Bound, sign: 1 | -1): Bound {
  if (current === undefined) return other
  const by = sign * (other.value - current.value)
  return by > 0 || (by === 0 && !other.inclusive) ? other : current
}

function describeRange(min: Bound | undefined, max: Bound | undefined): string {
  if (min === undefined) {
    if (max === undefined) return ''
    return max.inclusive ? ` of ${max.value} or less` : ` below ${max.value}`
  }
  const from = min.inclusive ? ` of ${min.value} or more` : ` above ${min.value}`
  if (max === undefined) return from
  if (min.inclusive && max.inclusive) return ` from ${min.value} to ${max.value}`
  return `${from} and ${max.inclusive ? 'up to' : 'below'} ${max.value}`
}

const isIntegerFormat = (format: string | undefined) => /int/.test(format ?? '')
