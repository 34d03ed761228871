import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'

/** What this surface's requests and answers have in common. */

/** Ids are whole numbers on the wire, and text inside. */
export const Id = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .transform(String)
  .openapi({ type: 'integer', example: 1 })
export const ShownId = z.int().openapi({ example: 1 })
export const idOf = (id: string): number => Number(id)
export const idOrNull = (id: string | null): number | null => (id === null ? null : Number(id))

export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
export const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds))

/** An id as a path, a query or a cursor has it. */
export const IdText = z.string().regex(/^[1-9]\d{0,15}$/, 'must be an id, a whole number of 1 or more')
/** `{id}` of a path, for the document. */
export const IdParam = z.object({ id: IdText.openapi({ example: '1' }) })

/** @throws {Refusal} `not_found` for what can be no id */
export function idParam(c: Context, name = 'id'): string {
  const id = IdText.safeParse(c.req.param(name))
  if (!id.success) throw new Refusal('not_found')
  return id.data
}

/**
 * The version that `If-Match` names (RFC 9110 §13.1.1); undefined where the client does not ask for one. No
 * version of ours fits what we never gave out.
 */
export function ifMatch(c: Context): number | undefined {
  const header = c.req.header('if-match')?.trim()
  if (header === undefined || header === '*') return undefined
  const [, version] = /^"([1-9]\d{0,14})"$/.exec(header) ?? []
  return version === undefined ? -1 : Number(version)
}

/** Says which version an answer is, for `If-Match`. */
export const setVersion = (c: Context, version: number) => c.header('ETag', `"${version}"`)

/** The header as the document describes it. */
export const IfMatch = z.object({
  'if-match': z.string().optional().openapi({
    description: 'The ETag of what was read: 412 when somebody changed it meanwhile',
    example: '"1"',
  }),
})

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(1000).optional().openapi({ description: 'From the `Link` of the page before' }),
})

/** @throws {Refusal} `input_invalid` for what `linkNext` did not write */
export function readCursor<T extends z.ZodType>(text: string | undefined, shape: T): z.output<T> | undefined {
  if (text === undefined) return undefined
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    throw new Refusal('input_invalid', { detail: 'this cursor is not one we gave' })
  }
}

/** Of lists by id: the last one of the page before. */
export const afterId = (cursor: string | undefined): string | undefined =>
  readCursor(cursor, z.tuple([IdText]))?.[0]

/**
 * Names the page behind a full one: `Link` (RFC 8288) with the same query, for lists are bare arrays in the guide.
 * @param placeOf what the cursor holds, opaque to clients
 */
export function linkNext<T>(
  c: Context,
  page: readonly T[],
  limit: number,
  placeOf: (last: T) => readonly (string | number)[],
): void {
  const last = page.at(-1)
  if (last === undefined || page.length < limit) return
  const query = new URLSearchParams(c.req.query())
  query.set('cursor', Buffer.from(JSON.stringify(placeOf(last))).toString('base64url'))
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`)
}
