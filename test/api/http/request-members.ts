import { type NamedOperation, type OpenApiDocument, operationsOf } from '../../support/openapi/document.ts'
import { createUnavailableApp } from './unavailable-app.ts'

/** A member of a request as the document describes it. */
export interface Member {
  operation: NamedOperation
  part: 'body' | 'query'
  name: string
  isRequired: boolean
}

export interface Answer {
  status: number
  /** The response body without the timestamp. */
  text: string
}

interface Shape {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Shape>
  required?: string[]
  example?: unknown
}

/** All surfaces with unavailable services, and each member that a client may send to them. */
export async function readRequests() {
  const { app, takeErrors } = createUnavailableApp()
  const document = (await (await app.request('/openapi.json')).json()) as OpenApiDocument // another test validates it
  const shapeOf = (schema: Shape): Shape => {
    const name = schema.$ref?.split('/').at(-1)
    return name === undefined ? schema : shapeOf(document.components.schemas[name] as Shape)
  }
  const bodyOf = ({ requestBody }: NamedOperation): Shape | undefined => {
    const schema = requestBody?.content['application/json']?.schema
    return schema && shapeOf(schema)
  }

  async function ask(
    { method, path, ...operation }: NamedOperation,
    body?: unknown,
    query = '',
  ): Promise<Answer> {
    const names = operation.parameters?.filter((one) => one.in === 'path') ?? []
    const filled = names.reduce(
      (all, { name, schema }) =>
        all.replace(`{${name}}`, String((schema as { example?: string }).example ?? 'users-state')),
      path,
    )
    const res = await app.request(filled + query, {
      method: method.toUpperCase(),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = (await res.text()).replace(/"timestamp":\d+/, '')
    return { status: res.status, text }
  }

  const operations = operationsOf(document)
  const members = operations.flatMap((operation): Member[] => {
    const body = bodyOf(operation)
    return [
      ...Object.keys(body?.properties ?? {}).map((name) => ({
        ...{ operation, name },
        part: 'body' as const,
        isRequired: body?.required?.includes(name) === true,
      })),
      ...(operation.parameters ?? [])
        .filter((one) => one.in === 'query')
        .map(({ name, required = false }) => ({
          ...{ operation, name },
          part: 'query' as const,
          isRequired: required,
        })),
    ]
  })
  /** The documented example body, or the examples of the required members. */
  function exampleOf(operation: NamedOperation): Record<string, unknown> {
    const { example, properties = {}, required = [] } = bodyOf(operation) ?? {}
    if (example !== undefined) return example as Record<string, unknown> // of an object
    const shown = required.map((name) => [name, properties[name] && shapeOf(properties[name]).example])
    return Object.fromEntries(shown.filter(([, value]) => value !== undefined))
  }
  return { ask, exampleOf, members, takeErrors }
}
