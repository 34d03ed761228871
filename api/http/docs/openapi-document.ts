import { OpenAPIHono } from '@hono/zod-openapi'
import type { OpenApiSection } from '../openapi.ts'

const DESCRIPTION = `An auth gate and control API for PBX softphones, by several documented surfaces: take the one your client
speaks. All share users, sessions and tokens; errors are each surface's own.

An access token goes into \`Authorization: Bearer …\`. Where a client cannot send a header, streams also take it as
\`?authorization=\`, or a \`?ticket=\` of one use, and files a \`?link=\`.

Where two paths fit a request, the one that spells a part out counts: \`/api/v1/calls/history/answer\` is the past call
\`answer\`, and \`/api/leads/import/notes\` the import \`notes\`. No call and no lead is called \`history\` or \`import\`.

In a body, \`null\` for a member that may be left out is as if it were left out, unless the member's schema has null:
then it clears the value. A refusal of a request's shape names each member and says what is allowed.`

/** How a request proves whose it is. */
const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  queryAuthorization: {
    type: 'apiKey',
    in: 'query',
    name: 'authorization',
    description: 'An access token, on streams and files, for clients that cannot send a header',
  },
  queryToken: { type: 'apiKey', in: 'query', name: 'token', description: 'The same, on the socket' },
  queryTicket: { type: 'apiKey', in: 'query', name: 'ticket', description: 'A ticket for one stream' },
  queryLink: { type: 'apiKey', in: 'query', name: 'link', description: 'A link to one file' },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refreshToken',
    description: 'The refresh secret of the MikoPBX surface; HttpOnly',
  },
} as const

/** Builds one OpenAPI 3.1 document of all sections, with their tags in this order. */
export function buildOpenApiDocument(sections: readonly OpenApiSection[]) {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono()
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    registry.registerComponent('securitySchemes', name, scheme)
  for (const { operations } of sections) for (const one of operations) registry.registerPath(one)

  return withPortablePatterns(
    getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Hookswitch',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
      },
      servers: [{ url: '/' }],
      tags: sections.flatMap(({ tags }) => [...tags]),
      // What Redoc puts them under.
      'x-tagGroups': sections.map(({ name, tags }) => ({ name, tags: tags.map((tag) => tag.name) })),
    }),
  )
}

/**
 * A pattern is the text of the expression alone (JSON Schema 2020-12 §6.3.3): the generator leaves a `/u` behind those
 * that have it as a flag. One that asks for classes of Unicode is left out, as many programs read patterns without that
 * flag, and take `\\p{L}` for four letters: they would refuse what the API takes.
 */
function withPortablePatterns<T>(document: T): T {
  return JSON.parse(JSON.stringify(document), (name, value: unknown) => {
    if (name !== 'pattern' || typeof value !== 'string') return value
    return /\\p\{/i.test(value) ? undefined : value.replace(/(?<=\$)\/u$/, '')
  })
}
