import { type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Env } from 'hono'
import type { RefusalCode } from '../core/refusal.ts'
import type { ErrorFormat, ErrorOverrides } from './errors.ts'

/** One operation of the document, with the schemas that its route uses. */
export type Operation = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0]

/** A timestamp (ISO 8601, UTC). */
export const Time = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' })

/** A surface's part of the document. */
export interface OpenApiSection {
  /** Redoc groups the tags under this name. */
  name: string
  tags: readonly { name: string; description: string }[]
  operations: readonly Operation[]
  /** Requests that the API sends. */
  webhooks?: readonly Operation[]
}

/**
 * Collects the routes of an app (see `addRoute`) for the document.
 * @param tags a route that names no tag gets the first
 * @param prefix where the app is mounted
 */
export const sectionOf = <E extends Env>(
  { openAPIRegistry }: OpenAPIHono<E>,
  { name, tags, prefix = '' }: Pick<OpenApiSection, 'name' | 'tags'> & { prefix?: string },
): OpenApiSection => ({
  name,
  tags,
  operations: openAPIRegistry.definitions.flatMap((one) =>
    one.type === 'route'
      ? [{ tags: tags.slice(0, 1).map((tag) => tag.name), ...one.route, path: prefix + one.route.path }]
      : [],
  ),
  webhooks: openAPIRegistry.definitions.flatMap((one) => (one.type === 'webhook' ? [one.webhook] : [])),
})

/** Adds a tag to operations, and a prefix to their paths. */
export const withTag = (tag: string, prefix: string, operations: readonly Operation[]): Operation[] =>
  operations.map((one) => ({ ...one, path: prefix + one.path, tags: [tag] }))

/** Returns the body; compiles only where it has the documented type. */
export const typedAs = <T extends z.ZodType>(_documented: T, body: z.output<T>): z.output<T> => body

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A required JSON body. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

export const bearer: Record<string, string[]>[] = [{ bearer: [] }]
/** For an operation without authentication. */
export const noAuth: Record<string, string[]>[] = []

/** Handlers throw errors, so their statuses are no part of a handler's type. */
type ErrorResponses = Readonly<Record<never, RouteConfig['responses'][string]>>

/**
 * Builds the error responses of a document from the table that the surface answers with.
 * @param schema of an error body
 * @returns a function of a route's refusal codes and its overrides
 */
export function createErrorResponses(
  { table, contentType = 'application/json' }: ErrorFormat,
  schema: z.ZodType,
) {
  return (codes: readonly RefusalCode[], overrides: ErrorOverrides = {}): ErrorResponses => {
    const texts = new Map<number, string[]>()
    for (const code of codes) {
      const { status, text } = overrides[code] ?? table[code]
      texts.set(status, [...new Set([...(texts.get(status) ?? []), text])])
    }
    return Object.fromEntries(
      [...texts].map(([status, descriptions]) => [
        status,
        { description: descriptions.join('; '), content: { [contentType]: { schema } } },
      ]),
    )
  }
}

/** Refusals that the guard may answer with. */
export const GUARD_ERRORS = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'token_wrong_kind',
  'unavailable',
] as const satisfies readonly RefusalCode[]

/** Which calls a user may see and control, on every surface but the call center's. */
export const CALL_VISIBILITY =
  'Users see and command the calls their own phone is in. Admins oversee all users. A supervisor of a team oversees that team, a supervisor of no team all users; with `HOOKSWITCH_SUPERVISOR_REACH=all` each oversees all users. A call belongs to a team as soon as one of its phones does.'
