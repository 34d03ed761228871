import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import { ID_PATTERN, INVALID_ID } from '../../core/values/id.ts'

/** An id in a request body: an integer on the wire, a string inside. */
export const Id = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .transform(String)
  .openapi({ type: 'integer', example: 1 })

/** An id in an answer. */
export const IdJson = z.int().openapi({ example: 1 })
export const toIdJson = (id: string): number => Number(id)
export const toIdJsonOrNull = (id: string | null): number | null => (id === null ? null : Number(id))

/** An id in a path or a query. */
export const IdText = z.string().regex(ID_PATTERN, INVALID_ID)

/** `{id}` of a path, for the document. */
export const IdParams = z.object({ id: IdText.openapi({ example: '1' }) })

/** @throws {Refusal} `not_found` if the path parameter is not an id */
export function idParam(c: Context, name = 'id'): string {
  const id = IdText.safeParse(c.req.param(name))
  if (!id.success) throw new Refusal('not_found')
  return id.data
}
