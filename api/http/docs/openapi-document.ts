import { OpenAPIHono } from '@hono/zod-openapi'
import type { OpenApiSection } from '../openapi.ts'

const DESCRIPTION = `An auth gate and control API for PBX softphones with several documented surfaces: use the one your client
knows. All share users, sessions and tokens; each surface has its own error format.

An access token goes into \`Authorization: Bearer …\`. Where a client cannot send a header, streams also take it as
\`?authorization=\`, or a \`?ticket=\` of one use, and files a \`?link=\`.

Where two paths match a request, the one with the literal part wins: \`/api/v1/calls/history/answer\` is the past call
\`answer\`, and \`/api/leads/import/notes\` the import \`notes\`. No call and no lead is called \`history\` or \`import\`.

In a body, \`null\` for an optional member is treated as if it were left out, unless the member's schema allows null:
then it clears the value. A validation error names each invalid member and what is allowed.`

/** How a request authenticates. */
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
  serviceToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a program (`hs_…`) with the scope that the operation names',
  },
  wallboardToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a link for big screens (`wbd_…`), which opens nothing else',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refreshToken',
    description: 'The refresh token of the MikoPBX surface; HttpOnly',
  },
} as const

/** Builds one OpenAPI 3.1 document of all sections, with their tags in this order. */
export function buildOpenApiDocument(sections: readonly OpenApiSection[]) {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono()
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    registry.registerComponent('securitySchemes', name, scheme)
  for (const { operations, webhooks = [] } of sections) {
    for (const one of operations) registry.registerPath(one)
    for (const one of webhooks) registry.registerWebhook(one)
  }

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
 * Makes patterns portable. A JSON Schema pattern is the expression alone (2020-12 §6.3.3), but the generator leaves `/u`
 * behind an expression with that flag. Patterns with Unicode classes are removed: many validators compile without the
 * flag, read `\\p{L}` as four letters and would refuse input that the API accepts.
 */
function withPortablePatterns<T>(document: T): T {
  return JSON.parse(JSON.stringify(document), (name, value: unknown) => {
    if (name !== 'pattern' || typeof value !== 'string') return value
    return /\\p\{/i.test(value) ? undefined : value.replace(/(?<=\$)\/u$/, '')
  })
}
