import { type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Env } from 'hono'
import type { RefusalCode } from '../core/refusal.ts'
import type { ErrorFormat, ErrorOverrides } from './errors.ts'

/** One operation, described by the very schemas that its route reads and answers with. */
export type Operation = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0]

/** A moment, as every surface of ours tells it. */
export const Time = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' })

/** What a surface adds to the document of all. */
export interface OpenApiSection {
  /** The name its tags are shown under. */
  name: string
  tags: readonly { name: string; description: string }[]
  operations: readonly Operation[]
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
})

/** Puts operations under a tag, and their paths below a prefix. */
export const withTag = (tag: string, prefix: string, operations: readonly Operation[]): Operation[] =>
  operations.map((one) => ({ ...one, path: prefix + one.path, tags: [tag] }))

/** The body, where it compiles as what the document says of it. */
export const typedAs = <T extends z.ZodType>(_documented: T, body: z.output<T>): z.output<T> => body

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A request's body of JSON. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

export const bearer: Record<string, string[]>[] = [{ bearer: [] }]
/** For an operation that asks for nobody's token. */
export const noAuth: Record<string, string[]>[] = []

/** Handlers throw errors, so their statuses are no part of a handler's type. */
type ErrorResponses = Readonly<Record<never, RouteConfig['responses'][string]>>

/**
 * Describes refusals in a surface's own words and statuses, so that the document cannot say others.
 * @param schema what it wraps them in
 * @returns a function of a route's codes, and of what the route says otherwise
 */
export function createErrorResponses(
  { table, contentType = 'application/json' }: ErrorFormat,
  schema: z.ZodType,
) {
  return (codes: readonly RefusalCode[], wording: ErrorOverrides = {}): ErrorResponses => {
    const texts = new Map<number, string[]>()
    for (const code of codes) {
      const { status, text } = wording[code] ?? table[code]
      texts.set(status, [...new Set([...(texts.get(status) ?? []), text])])
    }
    return Object.fromEntries(
      [...texts].map(([status, said]) => [
        status,
        { description: said.join('; '), content: { [contentType]: { schema } } },
      ]),
    )
  }
}

/** Why a request with a token may be refused, by the token alone. */
export const GUARD_ERRORS = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'token_wrong_kind',
  'unavailable',
] as const satisfies readonly RefusalCode[]

/** Whose calls somebody sees and commands: the same on every surface but the call centre's own. */
export const CALL_VISIBILITY =
  'Users see and command the calls their own phone is in. Admins oversee everybody. A supervisor of a team oversees that team, a supervisor of no team everybody; with `HOOKSWITCH_SUPERVISOR_REACH=all` each oversees everybody. A call is a team’s as soon as one of its phones is.'
