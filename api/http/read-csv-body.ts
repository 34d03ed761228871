import type { Context } from 'hono'
import { decodeCsv } from '../core/call-center/leads/decode-csv.ts'
import { Refusal } from '../core/refusal.ts'

/** nginx/api.conf has the same limit. */
export const MAX_CSV_MIB = 32
const MAX_CSV_BYTES = MAX_CSV_MIB * 1_048_576
/** Browsers on Windows send CSV under the type of a program that opens it. */
const CSV_CONTENT_TYPE =
  /^(?:text\/(?:csv|x-csv|comma-separated-values|tab-separated-values|plain)|application\/(?:csv|x-csv|vnd\.ms-excel))\s*(?:;|$)/i

/**
 * Reads a CSV body and decodes it by the `charset` of its `Content-Type`.
 * @returns the text, in parts
 * @throws {Refusal} `input_invalid` for another type, for bytes that are invalid in the encoding, and for a body that
 * breaks off; `input_too_large`
 */
export async function readCsvBody(c: Context): Promise<string[]> {
  const type = c.req.header('content-type')?.trim() ?? ''
  if (!CSV_CONTENT_TYPE.test(type)) throwInvalid('Content-Type must be text/csv')
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type) ?? []
  if (Number(c.req.header('content-length')) > MAX_CSV_BYTES) throw new Refusal('input_too_large')
  try {
    return await decodeCsv(limitBytes(c.req.raw.body), charset)
  } catch (err) {
    if (err instanceof Refusal) throw err
    // nginx streams the body: the client may disconnect before its end.
    return throwInvalid('the list did not come whole')
  }
}

/** A chunked body has no Content-Length, so the bytes are counted as well. */
async function* limitBytes(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_CSV_BYTES) throw new Refusal('input_too_large')
    yield chunk
  }
}

function throwInvalid(detail: string): never {
  throw new Refusal('input_invalid', { detail })
}
