import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { sha256 } from '../../runtime/hash.ts'
import type { ExpectedVersion } from '../core/call-center/ai/document-store.ts'
import { Refusal } from '../core/refusal.ts'
import { parseEntityTags, weaklyMatches } from './entity-tags.ts'
import { json } from './openapi.ts'

/** A version that no stored value has: an entity tag that this API never issued matches nothing. */
const NEVER_MATCHES = -1
const MAX_VERSIONS = 20

/**
 * Writes if the stored version is one that the request allows.
 *
 * @param write throws `stale` if another version is stored; `undefined` accepts any version
 * @see RFC 9110 §13.1.1: `If-Match` compares strongly; §13.1.2: `If-None-Match: *` requires that nothing is stored
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

/** As `ifMatch`, for a PUT that may also create: `some` version has to be stored for `*`, `none` for `If-None-Match: *`. */
export const ifMatchOrCreate = <T>(
  c: Context,
  write: (version: ExpectedVersion) => Promise<T>,
): Promise<T> => {
  if (isNoneMatchAny(c)) return write('none')
  return ifMatchVersions(c) === '*' ? write('some') : ifMatch(c, write)
}

const isNoneMatchAny = (c: Context) => parseEntityTags(c.req.header('if-none-match')) === '*'

/** @returns undefined without an `If-Match` header */
function ifMatchVersions(c: Context): '*' | number[] | undefined {
  const named = parseEntityTags(c.req.header('if-match'))
  if (named === undefined || named === '*') return named
  const versions = named.flatMap(({ isWeak, opaque }) => {
    const [, version] = /^([1-9]\d{0,14})(?:\.[\w-]{16})?$/.exec(opaque) ?? []
    return isWeak || version === undefined ? [] : [Number(version)]
  })
  return [...new Set(versions)].slice(0, MAX_VERSIONS)
}

/** Sets the `ETag` that clients send back in `If-Match`. */
export const setVersionEtag = (c: Context, version: number) => c.header('ETag', `"${version}"`)

/**
 * Answers a GET with a version's `ETag`, or with 304 if the client has this body already. The tag also holds a hash of
 * the body, because some members (the current call of an agent) change without a new version.
 * @param version undefined for a value that was never written: no `ETag`
 */
export function sendVersioned<T extends object>(c: Context, version: number | undefined, body: T) {
  if (version === undefined) return c.json(body, 200)
  const hash = sha256(JSON.stringify(body)).slice(0, 16)
  const tag = `${version}.${hash}`
  c.header('ETag', `"${tag}"`)
  return weaklyMatches(parseEntityTags(c.req.header('if-none-match')), tag)
    ? c.body(null, 304)
    : c.json(body, 200)
}

/** The answers of `sendVersioned`, for the document. */
export const versionedResponse = <T extends z.ZodType>(schema: T, description: string) => ({
  200: {
    ...json(schema, description),
    headers: {
      ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` and `If-None-Match`' },
    },
  },
  304: { description: 'Not modified since the version that `If-None-Match` names' },
})

/** `If-Match`, for the document. */
export const IfMatchHeaders = z.object({
  // No example: the docs page would send it with every request, and it fits one version only.
  'if-match': z.string().optional().openapi({
    description: 'The ETag that was read, or a list of them: 412 if another user has changed the data since',
  }),
})
