import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { sha256 } from '../../../runtime/hash.ts'
import type { ExpectedVersion } from '../../core/call-center/ai/document-store.ts'
import { Refusal } from '../../core/refusal.ts'
import { ID_PATTERN, INVALID_ID } from '../../core/values/id.ts'
import { parseEntityTags, weaklyMatches } from '../entity-tags.ts'
import { json } from '../openapi.ts'

/** What this surface's requests and answers have in common. */

/** Ids are whole numbers on the wire, and text inside. */
export const Id = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .transform(String)
  .openapi({ type: 'integer', example: 1 })
export const IdJson = z.int().openapi({ example: 1 })
export const toIdJson = (id: string): number => Number(id)
export const toIdJsonOrNull = (id: string | null): number | null => (id === null ? null : Number(id))

export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
export const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds))

/** The same as in the core, with what the document needs. */
export const IdText = z.string().regex(ID_PATTERN, INVALID_ID)

/** `{id}` of a path, for the document. */
export const IdParams = z.object({ id: IdText.openapi({ example: '1' }) })

/** @throws {Refusal} `not_found` for what can be no id */
export function idParam(c: Context, name = 'id'): string {
  const id = IdText.safeParse(c.req.param(name))
  if (!id.success) throw new Refusal('not_found')
  return id.data
}

/** Fits what we never gave out: no version of ours. */
const NEVER_MATCHES = -1
const MAX_VERSIONS = 20

/**
 * Changes what is there, if it is at a version that the request allows.
 *
 * @param write throws `stale` where another version is there; undefined asks for none
 * @see RFC 9110 §13.1.1: `If-Match` compares strongly; §13.1.2: with `If-None-Match: *` nothing may be there
 */
export async function ifMatch<T>(c: Context, write: (version: number | undefined) => Promise<T>): Promise<T> {
  const versions = isNoneMatchAny(c) ? [NEVER_MATCHES] : ifMatchVersions(c)
  if (versions === undefined || versions === '*') return write(undefined)
  for (const version of versions.slice(0, -1)) {
    try {
      return await write(version)
    } catch (err) {
      if (!(err instanceof Refusal) || err.code !== 'stale') throw err
    }
  }
  return write(versions.at(-1) ?? NEVER_MATCHES)
}

/** The same for what a PUT may also make: then `some` version has to be there, or `none`. */
export const ifMatchOrCreate = <T>(
  c: Context,
  write: (version: ExpectedVersion) => Promise<T>,
): Promise<T> => {
  if (isNoneMatchAny(c)) return write('none')
  return ifMatchVersions(c) === '*' ? write('some') : ifMatch(c, write)
}

const isNoneMatchAny = (c: Context) => parseEntityTags(c.req.header('if-none-match')) === '*'

/** @returns undefined where the client names none */
function ifMatchVersions(c: Context): '*' | number[] | undefined {
  const named = parseEntityTags(c.req.header('if-match'))
  if (named === undefined || named === '*') return named
  const versions = named.flatMap(({ isWeak, opaque }) => {
    const [, version] = /^([1-9]\d{0,14})(?:\.[\w-]{16})?$/.exec(opaque) ?? []
    return isWeak || version === undefined ? [] : [Number(version)]
  })
  return [...new Set(versions)].slice(0, MAX_VERSIONS)
}

/** Says which version an answer is, for `If-Match`. */
export const setVersionEtag = (c: Context, version: number) => c.header('ETag', `"${version}"`)

/**
 * Answers a GET of one version, or with 304 where the client has this very answer: what is shown beside a version,
 * such as who is in a call, changes without it, so the tag names both.
 * @param version undefined for what has none
 */
export function sendVersioned<T extends object>(c: Context, version: number | undefined, body: T) {
  if (version === undefined) return c.json(body)
  const hash = sha256(JSON.stringify(body)).slice(0, 16)
  const tag = `${version}.${hash}`
  c.header('ETag', `"${tag}"`)
  return weaklyMatches(parseEntityTags(c.req.header('if-none-match')), tag) ? c.body(null, 304) : c.json(body)
}

/** What `showVersion` answers with, for the document. */
export const versionedResponse = <T extends z.ZodType>(schema: T, description: string) => ({
  200: {
    ...json(schema, description),
    headers: {
      ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` and `If-None-Match`' },
    },
  },
  304: { description: 'It is what `If-None-Match` names' },
})

/** The header as the document describes it. */
export const IfMatchHeaders = z.object({
  // No example: pages send it with every try, and it is of one version.
  'if-match': z.string().optional().openapi({
    description: 'The ETag of what was read, or a list of them: 412 when another user changed it meanwhile',
  }),
})

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(1000).optional().openapi({ description: 'From the `Link` of the page before' }),
})

/** @throws {Refusal} `input_invalid` for what `linkNext` did not write */
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

/** Of lists by id: the last one of the page before. */
export const afterId = (cursor: string | undefined): string | undefined =>
  decodeCursor(cursor, z.tuple([IdText]))?.[0]

/**
 * Names the page behind a full one: `Link` (RFC 8288) with the same query, for lists are bare arrays in the guide.
 * @param cursorOf what the cursor holds, opaque to clients
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
