import type { z } from 'zod'

/**
 * Describes in plain words what a schema takes: to be read behind "must be", such as `a whole number from 1 to 20`. It
 * knows the schema alone, so no value that was sent can be in it.
 */
export function allowedBy(schema: z.core.$ZodType): string {
  const def = (schema as z.core.$ZodTypes)._zod.def // each schema of zod is one of them
  switch (def.type) {
    case 'string':
      return textOf(def)
    case 'number':
      return numberOf(def)
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'date':
      return 'a date'
    case 'enum':
      return anyOf(Object.values(def.entries))
    case 'literal':
      return anyOf(def.values)
    case 'array':
      return `a list${sizeOf(def.checks, 'item')}`
    case 'tuple':
      return 'a list'
    case 'object':
    case 'record':
      return 'an object'
    case 'union':
      return listed([...new Set(def.options.map(allowedBy))])
    case 'nullable':
      return listed([allowedBy(def.innerType), 'null'])
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return allowedBy(def.innerType)
    case 'pipe':
      return allowedBy(rimOf(schema))
    default:
      return 'a value that is allowed here'
  }
}

/** The schema that meets the value first: behind a preprocessing step, before a transformation. */
export function rimOf(schema: z.core.$ZodType): z.core.$ZodType {
  const def = (schema as z.core.$ZodTypes)._zod.def // each schema of zod is one of them
  if (def.type !== 'pipe') return schema
  return rimOf((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in)
}

/** What a schema of text says of itself in words of its own, as `z.string().regex(…, 'must be …')` does. */
export function ownRuleOf(schema: z.core.$ZodType): string | undefined {
  const { type, error, checks = [] } = schema._zod.def as z.core.$ZodTypeDef & { error?: unknown }
  if (type !== 'string') return undefined
  for (const one of [error, ...checks.map((check) => check._zod.def.error)]) {
    // A text is stored as a function of nothing; one that looks at the value is not asked.
    if (typeof one !== 'function' || one.length > 0) continue
    const said: unknown = (one as () => unknown)() // it takes none
    if (typeof said === 'string') return said
  }
  return undefined
}

export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`

const MOST_CHOICES = 30

function anyOf(values: readonly z.core.util.Literal[]): string {
  const words = values.map((value) => (value === '' ? 'empty' : String(value)))
  if (words.length < 2) return words.join()
  const more = words.length > MOST_CHOICES ? ', …' : ''
  return `one of ${words.slice(0, MOST_CHOICES).join(', ')}${more}`
}

/** Formats that zod knows, as people know them. */
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
/** What the checks of zod say of themselves, as far as it is read here. */
interface CheckDef {
  check: string
  format?: string
  minimum?: number
  maximum?: number
  length?: number
  value?: number
  inclusive?: boolean
}
const defsOf = (checks: Checks): CheckDef[] =>
  (checks ?? []).map((one) => one._zod.def as unknown as CheckDef) // its members are those of its kind

function textOf({ checks, format }: z.core.$ZodStringDef & { format?: string }): string {
  const named = FORMATS[format ?? ''] ?? defsOf(checks).flatMap((one) => FORMATS[one.format ?? ''] ?? [])[0]
  const size = sizeOf(checks, 'character')
  if (named === undefined) return `text${size}`
  return size === '' ? named : `${named},${size.replace(' of', '')}`
}

function sizeOf(checks: Checks, unit: string): string {
  let [least, most] = [0, Number.POSITIVE_INFINITY]
  for (const { check, minimum = 0, maximum = 0, length = 0 } of defsOf(checks)) {
    if (check === 'min_length') least = Math.max(least, minimum)
    if (check === 'max_length') most = Math.min(most, maximum)
    if (check === 'length_equals') [least, most] = [length, length]
  }
  const units = (count: number) => `${count} ${unit}${count === 1 ? '' : 's'}`
  if (least === most) return ` of ${units(least)}`
  if (most === Number.POSITIVE_INFINITY) return least === 0 ? '' : ` of ${units(least)} or more`
  return least === 0 ? ` of up to ${units(most)}` : ` of ${least} to ${units(most)}`
}

function numberOf({ checks, format }: z.core.$ZodNumberDef & { format?: string }): string {
  let [least, most]: (Bound | undefined)[] = []
  let isWhole = isInteger(format)
  for (const { check, value = 0, inclusive = true, format } of defsOf(checks)) {
    const bound = { value, inclusive }
    if (check === 'greater_than') least = tighter(least, bound, 1)
    if (check === 'less_than' && value !== Number.MAX_SAFE_INTEGER) most = tighter(most, bound, -1)
    if (check === 'number_format' && isInteger(format)) isWhole = true
  }
  return (isWhole ? 'a whole number' : 'a number') + rangeOf(least, most)
}

interface Bound {
  value: number
  inclusive: boolean
}

/** @param sign 1 for lower bounds, -1 for upper ones */
function tighter(held: Bound | undefined, other: Bound, sign: 1 | -1): Bound {
  if (held === undefined) return other
  const by = sign * (other.value - held.value)
  return by > 0 || (by === 0 && !other.inclusive) ? other : held
}

function rangeOf(least: Bound | undefined, most: Bound | undefined): string {
  if (least === undefined) {
    if (most === undefined) return ''
    return most.inclusive ? ` of ${most.value} or less` : ` below ${most.value}`
  }
  const from = least.inclusive ? ` of ${least.value} or more` : ` above ${least.value}`
  if (most === undefined) return from
  if (least.inclusive && most.inclusive) return ` from ${least.value} to ${most.value}`
  return `${from} and ${most.inclusive ? 'up to' : 'below'} ${most.value}`
}

const isInteger = (format: string | undefined) => /int/.test(format ?? '')
