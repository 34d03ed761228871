import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApiDocument } from './document.ts'

/** Judges values by the schemas of a document. */
export interface SchemaValidator {
  /** @returns what is wrong with a value, or undefined */
  errorOf(schema: object, value: unknown): string | undefined
}

/**
 * @param sealed whether an object may have no member that its schema does not name: so an answer cannot grow
 *   one that the document is silent about
 */
export function createSchemaValidator(
  { components }: OpenApiDocument,
  { sealed }: { sealed: boolean },
): SchemaValidator {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  const prepare = (schema: object) => (sealed ? closeObjects(schema) : schema) as object // stays an object
  ajv.addSchema({ $id: 'document', components: prepare(components) })
  return {
    errorOf(schema, value) {
      const check = ajv.compile(absolute(prepare(schema)) as object) // stays an object
      return check(value) ? undefined : ajv.errorsText(check.errors)
    },
  }
}

/** References lead into the document, from wherever a piece of it is read. */
const absolute = (part: unknown): unknown =>
  mapped(part, (name, value) => (name === '$ref' ? `document${value}` : absolute(value)))

function closeObjects(part: unknown): unknown {
  const whole = mapped(part, (_, value) => closeObjects(value))
  const isOpen =
    typeof whole === 'object' && whole !== null && 'properties' in whole && !('additionalProperties' in whole)
  return isOpen && 'type' in whole && whole.type === 'object'
    ? { ...whole, additionalProperties: false }
    : whole
}

function mapped(part: unknown, each: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(part)) return part.map((one) => mapped(one, each))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, each(name, value)]))
}
