import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import { IdText } from './ids.ts'

/** The query of a list that is answered in pages. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(1000).optional().openapi({ description: 'From the `Link` of the previous page' }),
})

/** @throws {Refusal} `input_invalid` for a cursor that `setNextLink` did not write */
export function decodeCursor<T extends z.ZodType>(
  text: string | undefined,
  shape: T,
): z.output<T> | undefined {
  if (text === undefined) return undefined
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    throw new Refusal('input_invalid', { detail: 'this cursor is not one we gave' })
  }
}

/** Reads the cursor of a list that is ordered by id: the last id of the previous page. */
export const afterId = (cursor: string | undefined): string | undefined =>
  decodeCursor(cursor, z.tuple([IdText]))?.[0]

/**
 * Sets a `Link` header (RFC 8288) to the next page, with the same query. The guide answers lists as bare arrays, so the
 * body has no place for a link. A page that is not full is the last one and gets no header.
 * @param cursorOf content of the cursor, opaque to clients
 */
export function setNextLink<T>(
  c: Context,
  page: readonly T[],
  limit: number,
  cursorOf: (last: T) => readonly (string | number)[],
): void {
  const last = page.at(-1)
  if (last === undefined || page.length < limit) return
  const query = new URLSearchParams(c.req.query())
  query.set('cursor', Buffer.from(JSON.stringify(cursorOf(last))).toString('base64url'))
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`)
}
