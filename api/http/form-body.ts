import type { Context } from 'hono'
import { Refusal } from '../core/refusal.ts'

/** In bytes. Only a login is sent as a form; percent-encoding triples its length. */
const MAX_FORM_BYTES = 32_768

/**
 * Reads a form, urlencoded or multipart. A body of another type reads as an empty form.
 * @throws {Refusal} `input_too_large`; `input_invalid` for a malformed form
 */
export async function readForm(c: Context): Promise<Record<string, unknown>> {
  try {
    if ((await c.req.arrayBuffer()).byteLength > MAX_FORM_BYTES) throw new Refusal('input_too_large')
    return await c.req.parseBody()
  } catch (err) {
    throw err instanceof Refusal ? err : new Refusal('input_invalid', { detail: 'the body is not a form' })
  }
}
