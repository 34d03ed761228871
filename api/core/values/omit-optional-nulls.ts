import { z } from 'zod'
import { inputSchemaOf } from '../../../runtime/describe-schema.ts'

/**
 * Removes optional members that are null: many clients send `null` for an unset member. A null that the schema accepts
 * has its own meaning, such as to clear a value, and stays; so does the null of a required member, which the schema
 * rejects.
 *
 * @returns the value itself if no member was removed
 */
export function omitOptionalNulls(schema: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { def } = (unwrapSchema(schema) as z.core.$ZodTypes)._zod // every zod schema is one of them
  switch (def.type) {
    case 'object':
      return Array.isArray(value) ? value : mapMembers(value, (name) => memberOf(def, name))
    case 'record':
      return Array.isArray(value)
        ? value
        : mapMembers(value, () => ({ schema: def.valueType, isOptional: true }))
    case 'array':
      return Array.isArray(value) ? mapElements(def.element, value) : value
    case 'union': {
      // The first option that accepts it: a null may have a meaning in only one of them.
      const read = def.options.map((option) => omitOptionalNulls(option, value))
      return read.find((one, at) => accepts(def.options[at], one)) ?? value
    }
    default:
      return value
  }
}

interface Member {
  schema: z.core.$ZodType
  isOptional: boolean
}

function memberOf({ shape }: z.core.$ZodObjectDef, name: string): Member | undefined {
  const schema = Object.hasOwn(shape, name) ? shape[name] : undefined
  return schema && { schema, isOptional: schema._zod.optin !== undefined }
}

function mapMembers(value: object, find: (name: string) => Member | undefined): object {
  let isSame = true
  const entries = Object.entries(value).flatMap(([name, given]) => {
    const member = find(name)
    if (given === null && member?.isOptional && !accepts(member.schema, null)) {
      isSame = false
      return []
    }
    const read = member === undefined ? given : omitOptionalNulls(member.schema, given)
    if (read !== given) isSame = false
    return [[name, read] as const]
  })
  return isSame ? value : Object.fromEntries(entries)
}

function mapElements(element: z.core.$ZodType, value: readonly unknown[]): readonly unknown[] {
  const read = value.map((one) => omitOptionalNulls(element, one))
  return read.some((one, at) => one !== value[at]) ? read : value
}

const accepts = (schema: z.core.$ZodType | undefined, value: unknown): boolean =>
  schema !== undefined && z.core.safeParse(schema, value).success

/** Unwraps `optional`, `nullable`, `default`, `pipe` and the like. */
function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = inputSchemaOf(schema)
  const { def } = (inner as z.core.$ZodTypes)._zod // every zod schema is one of them
  return 'innerType' in def ? unwrapSchema(def.innerType) : inner
}
