import { describe, expect, test } from 'vitest'
import { type NamedOperation, type OpenApiDocument, operationsOf } from '../../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { createUnavailableApp } from '../unavailable-app.ts'

/** Every surface, with callers who may do everything and services that are all away (503). */
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

/** The schema's own, which pages put into the body of a try; never one that they would make up. */
function exampleOf({ components }: OpenApiDocument, schema: object): unknown {
  const { $ref, example } = schema as { $ref?: string; example?: unknown } // a schema may have either
  if (example !== undefined || $ref === undefined) return example
  return exampleOf({ components } as OpenApiDocument, components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
}

/** With what its parameters have as examples, as a page fills them in. */
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

/** Who sends it signs it anew each time, so no example can be good. */
const SIGNED = ['crmTelnyxWebhook']

describe('a page that lets an operation be tried sends a body that its own route takes', () => {
  test('there are bodies', () => expect(tried.length).toBeGreaterThan(40))

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
    const said = await res.text()
    // Taken, and then the service was away.
    expect([res.status < 400 || res.status === 503 ? 'taken' : res.status, said.slice(0, 300)]).toEqual([
      'taken',
      expect.any(String),
    ])
    expect(takeErrors()).toEqual([])
  })
})
