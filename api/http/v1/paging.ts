import { z } from '@hono/zod-openapi'
import { Refusal } from '../../core/refusal.ts'

/** `limit` and `cursor` of a list. */
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[\w-]{1,1000}$/, 'must be a cursor that we gave')
    .optional(),
})
/** Part of a text that is searched for. */
export const SearchText = z
  .string()
  .trim()
  .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters in one line')

export const paged = {
  next_cursor: z.string().nullable().openapi({ description: 'For the next page; null on the last one' }),
  total: z.number().int().min(0).openapi({ description: 'How many fit the query, on all pages' }),
}

/** A page is full when there may be another one. */
export function nextCursor<T>(
  page: readonly T[],
  limit: number,
  keyOf: (last: T) => readonly (string | number)[],
): string | null {
  const last = page.length === limit ? page.at(-1) : undefined
  return last === undefined ? null : Buffer.from(JSON.stringify(keyOf(last))).toString('base64url')
}

/**
 * @param Key of the last element of the page before, as `nextCursor` encoded it
 * @throws {Refusal} `input_invalid`
 */
export function readCursor<T extends z.ZodType>(text: string | undefined, Key: T): z.output<T> | undefined {
  if (text === undefined) return undefined
  const key = Key.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  if (!key.success) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return key.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
