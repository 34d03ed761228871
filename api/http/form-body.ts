import type { Context } from 'hono'
import { Refusal } from '../core/refusal.ts'

/** Bytes; a login is all that comes as a form, and its parts are long when they are escaped. */
const MAX_FORM_BYTES = 32_768

/**
 * Reads a form, urlencoded or multipart; a body of another type counts as an empty one.
 * @throws {Refusal} `input_too_large`; `input_invalid` for what does not hold to its type
 */
export async function readForm(c: Context): Promise<Record<string, unknown>> {
  try {
    if ((await c.req.arrayBuffer()).byteLength > MAX_FORM_BYTES) throw new Refusal('input_too_large')
    return await c.req.parseBody()
  } catch (err) {
    throw err instanceof Refusal ? err : new Refusal('input_invalid', { detail: 'the body is not a form' })
  }
}
