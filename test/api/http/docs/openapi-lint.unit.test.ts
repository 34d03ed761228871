import { validate } from '@apidevtools/swagger-parser'
import { describe, expect, test } from 'vitest'
import { type NamedOperation, operationsOf } from '../../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { createSchemaValidator } from '../../../support/openapi/schema-validator.ts'

const app = createRoutesOnlyApp()
const document = await documentOf(app)
const operations = operationsOf(document)
const names = (some: readonly NamedOperation[]) => some.map(({ method, path }) => `${method} ${path}`)

/** Routes that the document has under the path that clients use; nginx forwards it to them. */
const INNER: Record<string, string> = {
  'get /pbxcore/api/module-softphone-backend/v1/poll/{channel}':
    'get /pbxcore/api/module-softphone-backend/v1/sub/{channel}',
  'post /pbxcore/api/module-softphone-backend/v1/pub-by-token/{channel}':
    'post /pbxcore/api/module-softphone-backend/v1/pub/{channel}',
}
/** The document and its pages. */
const DOCUMENTATION = [
  '/openapi.json',
  '/api/v1/openapi.json',
  '/docs',
  '/redoc',
  '/docs/assets/{hash}/{name}',
]

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0')
    const copy = structuredClone(document) as unknown as Parameters<typeof validate>[0] // checked by it
    await expect(validate(copy)).resolves.toBeDefined()
  })

  test('describes every route and no other', () => {
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/(?<=\/):(\w+)/g, '{$1}')}`)
      .filter((route) => !DOCUMENTATION.includes(route.split(' ')[1] ?? ''))
    const described = names(operations)
    const isOfNginx = ({ tags }: NamedOperation) =>
      tags.some((tag) => ['media', 'streams', 'voip socket', 'phone socket'].includes(tag))
    expect([...new Set(routes)].filter((route) => !described.includes(INNER[route] ?? route))).toEqual([])
    expect(names(operations.filter((one) => !isOfNginx(one))).filter((one) => !routes.includes(one))).toEqual(
      [],
    )
    expect(described.length).toBeGreaterThan(60)
  })

  test('gives each operation a unique id', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id ?? ''))).toEqual([])
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  const declared = () => document.tags.filter(({ description }) => description).map(({ name }) => name)
  test.each<[string, (one: NamedOperation) => boolean]>([
    ['has a summary', ({ summary }) => summary?.length > 3],
    [
      'has one tag, which has a description',
      ({ tags }) => tags?.length === 1 && declared().includes(tags[0] ?? ''),
    ],
    ['has a security requirement, which may be empty', ({ security }) => security !== undefined],
    ['with a token describes 401', ({ security, responses }) => !security?.length || '401' in responses],
    ['describes an error', ({ responses }) => Object.keys(responses).some((status) => status >= '4')],
    ['describes a success', ({ responses }) => Object.keys(responses).some((status) => status < '4')],
    [
      'with a body describes 400 or 422',
      ({ requestBody, responses }) => !requestBody || '400' in responses || '422' in responses,
    ],
    [
      'has a parameter for each name in its path',
      ({ path, parameters = [] }) =>
        [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) =>
          parameters.some((one) => one.in === 'path' && one.name === name),
        ),
    ],
    [
      'uses only declared security schemes',
      ({ security = [] }) =>
        security.flatMap(Object.keys).every((name) => name in document.components.securitySchemes),
    ],
    [
      'has a schema for each content of a response',
      ({ responses }) =>
        Object.values(responses).every(({ content = {} }) =>
          Object.values(content).every(({ schema }) => schema),
        ),
    ],
  ])('each operation %s', (_, holds) => {
    expect(names(operations.filter((one) => !holds(one)))).toEqual([])
  })

  test('leaves no schema unused', () => {
    const text = JSON.stringify(document)
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    )
    expect(unused).toEqual([])
  })

  test('names its license', () => {
    expect(document.info.license).toMatchObject({ name: 'MIT' })
  })

  test('has patterns that mean the same with and without the flag u', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string, // the expression matches a JSON string
    )
    expect(patterns.length).toBeGreaterThan(10)
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\[pP]\{|\\u\{/)
      expect(() => [new RegExp(pattern), new RegExp(pattern, 'u')]).not.toThrow()
    }
  })

  test('has a 2xx, 3xx or default response and a 4xx response for each operation', () => {
    const lacks = (status: RegExp) =>
      names(operations.filter(({ responses }) => !Object.keys(responses).some((one) => status.test(one))))
    expect(lacks(/^(?:[23]\d\d|default)$/)).toEqual([])
    expect(lacks(/^4\d\d$/)).toEqual([])
  })

  test('explains paths where two match one request', () => {
    const { description } = document.info
    const ambiguous = Object.keys(document.paths).flatMap((one) =>
      Object.keys(document.paths)
        .filter((other) => one < other && isAmbiguous(one, other))
        .map((other) => [one, other]),
    )
    const starts = new Set(ambiguous.map(([one = '', other = '']) => spelledOut(one, other)))
    expect(starts.size).toBeGreaterThan(0)
    for (const start of starts) expect(description).toContain(`${start}/`)
  })

  test('has examples that match their schemas', () => {
    const { errorOf } = createSchemaValidator(document, { sealed: true })
    const examples = examplesIn(document)
    expect(examples.length).toBeGreaterThan(20)
    const errors = examples.map(({ at, schema, example }) => [at, errorOf(schema, example)])
    expect(errors.filter(([, error]) => error !== undefined)).toEqual([])
  })

  test('the check of examples can fail', () => {
    const { errorOf } = createSchemaValidator(document, { sealed: true })
    expect(errorOf({ $ref: '#/components/schemas/VoipError' }, { error: 5 })).toContain('string')
    expect(errorOf({ $ref: '#/components/schemas/VoipError' }, { error: '', more: 1 })).toContain(
      'additional',
    )
  })
})

/** Whether a request can match both paths while each has a literal part where the other has a parameter. */
function isAmbiguous(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')]
  if (a.length !== b.length) return false
  const isOpen = (part = '') => part.startsWith('{')
  const pairs = a.map((part, at) => [part, b[at]] as const)
  if (pairs.some(([x, y]) => x !== y && !isOpen(x) && !isOpen(y))) return false
  return pairs.some(([x, y]) => isOpen(x) && !isOpen(y)) && pairs.some(([x, y]) => !isOpen(x) && isOpen(y))
}
/** The path up to the first part that is literal in one of them and a parameter in the other. */
function spelledOut(one: string, other: string): string {
  const [a, b] = [one.split('/'), other.split('/')]
  const at = a.findIndex((part, n) => part !== b[n])
  return [...a.slice(0, at), a[at]?.startsWith('{') ? b[at] : a[at]].join('/')
}

interface Example {
  at: string
  schema: object
  example: unknown
}
/** Every schema of the document that has an example. */
function examplesIn(part: unknown, at = ''): Example[] {
  if (typeof part !== 'object' || part === null) return []
  const { example, ...schema } = part as { example?: unknown }
  const isSchema = ['type', 'enum', '$ref', 'allOf', 'anyOf'].some((word) => word in schema)
  const own = example !== undefined && isSchema ? [{ at, schema, example }] : []
  return [...own, ...Object.entries(schema).flatMap(([name, value]) => examplesIn(value, `${at}/${name}`))]
}
