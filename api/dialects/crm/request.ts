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

export const Time = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' })
export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
export const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds))

/** `{id}` of a path, for the document. */
export const IdParam = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .openapi({ example: '1' }),
})

/** @throws {Refusal} `not_found` for what can be no id */
export function idParam(c: Context, name = 'id'): string {
  const text = c.req.param(name) ?? ''
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new Refusal('not_found')
  return text
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

/** Points behind the last of a page; opaque to clients. */
export const writeCursor = (place: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** @throws {Refusal} `input_invalid` for what `writeCursor` did not write */
export function readCursor<T extends z.ZodType>(text: string | undefined, shape: T): z.output<T> | undefined {
  if (text === undefined) return undefined
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    throw new Refusal('input_invalid', { detail: 'this cursor is not one we gave' })
  }
}

/** Names the next page: `Link` (RFC 8288) with the same query, for lists are bare arrays in the guide. */
export function linkNext(c: Context, cursor: string | undefined): void {
  if (cursor === undefined) return
  const query = new URLSearchParams(c.req.query())
  query.set('cursor', cursor)
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`)
}

/** Places that cursors of lists by one key point at. */
export const Cursors = { id: z.tuple([z.string().regex(/^[1-9]\d{0,15}$/)]) }
