import { z } from 'zod'
import { inputSchemaOf } from '../../../runtime/describe-schema.ts'

/**
 * Leaves out members that are null where they may be left out: many clients write `null` for a member that is unset.
 * A null that the schema takes has a meaning of its own, such as to clear a value, and stays; so does one of a member
 * that is required, which the schema refuses.
 *
 * @returns the value itself where nothing is left out
 */
export function omitOptionalNulls(schema: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { def } = (unwrapSchema(schema) as z.core.$ZodTypes)._zod // each schema of zod is one of them
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
      // The first that takes it: what only one of them knows may be a null that means something.
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

/** A schema without what is around it: that it may be missing, null, or something else afterwards. */
function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = inputSchemaOf(schema)
  const { def } = (inner as z.core.$ZodTypes)._zod // each schema of zod is one of them
  return 'innerType' in def ? unwrapSchema(def.innerType) : inner
}
