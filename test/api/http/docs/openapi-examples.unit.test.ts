import { describe, expect, test } from 'vitest'
import { type NamedOperation, type OpenApiDocument, operationsOf } from '../../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { createUnavailableApp } from '../unavailable-app.ts'

/** All surfaces with full permissions and unavailable services (503). */
const { app, takeErrors } = createUnavailableApp()
const document = await documentOf(createRoutesOnlyApp())

interface Tried {
  operation: NamedOperation
  type: string
  body: unknown
}
const tried: Tried[] = operationsOf(document).flatMap((operation) =>
  Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({
    operation,
    type,
    body: media.example ?? exampleOf(document, media.schema),
  })),
)

/** The schema's own example, which the documentation page puts into a request. */
function exampleOf({ components }: OpenApiDocument, schema: object): unknown {
  const { $ref, example } = schema as { $ref?: string; example?: unknown } // a schema may have either
  if (example !== undefined || $ref === undefined) return example
  return exampleOf({ components } as OpenApiDocument, components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
}

/** A request with the examples of its parameters, as the documentation page fills them in. */
function requestOf({ method, path, parameters = [] }: NamedOperation) {
  const valueIn = ({ schema, ...one }: (typeof parameters)[number]) => {
    const { example, enum: [first] = [] } = schema as { example?: unknown; enum?: unknown[] } // a schema may have either
    return (one as { example?: unknown }).example ?? example ?? (one.in === 'path' ? first : undefined)
  }
  const filled = parameters.filter((one) => valueIn(one) !== undefined)
  const url = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(
      String(valueIn(parameters.find((one) => one.name === name) ?? { name, in: 'path', schema: {} }) ?? '1'),
    ),
  )
  const query = new URLSearchParams(
    filled
      .filter((one) => one.in === 'query')
      .map((one) => [one.name, String(valueIn(one))] as [string, string]),
  )
  const headers = Object.fromEntries(
    filled
      .filter((one) => one.in === 'header')
      .map((one) => [one.name, String(valueIn(one))] as [string, string]),
  )
  return { method: method.toUpperCase(), url: `${url}${query.size > 0 ? `?${query}` : ''}`, headers }
}

/** The sender signs each request, so an example cannot be valid. */
const SIGNED = ['crmTelnyxWebhook']

describe('a route accepts its own example body', () => {
  test('more than 40 operations have a body', () => expect(tried.length).toBeGreaterThan(40))

  test.each(tried)('$operation.method $operation.path ($type)', async ({ operation, type, body }) => {
    expect(body).toBeDefined()
    if (SIGNED.includes(operation.operationId)) return
    const { url, method, headers } = requestOf(operation)
    const text =
      type === 'application/json'
        ? JSON.stringify(body)
        : typeof body === 'string'
          ? body
          : String(
              new URLSearchParams(
                Object.entries(body as object).map(([name, one]) => [name, String(one)] as [string, string]),
              ),
            )
    const res = await app.request(url, { method, headers: { ...headers, 'Content-Type': type }, body: text })
    const responseText = await res.text()
    // 503: the body was accepted, then the service was unavailable.
    expect([
      res.status < 400 || res.status === 503 ? 'accepted' : res.status,
      responseText.slice(0, 300),
    ]).toEqual(['accepted', expect.any(String)])
    expect(takeErrors()).toEqual([])
  })
})
