import { validate } from '@apidevtools/swagger-parser'
import { describe, expect, test } from 'vitest'
import { type NamedOperation, operationsOf } from '../../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { createSchemaValidator } from '../../../support/openapi/schema-validator.ts'

const app = createRoutesOnlyApp()
const document = await documentOf(app)
const operations = operationsOf(document)
const names = (flawed: readonly NamedOperation[]) => flawed.map(({ method, path }) => `${method} ${path}`)

/** Routes that stand in the document under what a client calls them: nginx leads there. */
const INNER: Record<string, string> = {
  'get /pbxcore/api/module-softphone-backend/v1/poll/{channel}':
    'get /pbxcore/api/module-softphone-backend/v1/sub/{channel}',
}
/** What documents the rest, and its pages. */
const DOCUMENTATION = [
  '/openapi.json',
  '/api/v1/openapi.json',
  '/docs',
  '/redoc',
  '/docs/assets/{hash}/{name}',
]

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0')
    const copy = structuredClone(document) as unknown as Parameters<typeof validate>[0] // checked by it
    await expect(validate(copy)).resolves.toBeDefined()
  })

  test('describes every route, and no other', () => {
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/(?<=\/):(\w+)/g, '{$1}')}`)
      .filter((route) => !DOCUMENTATION.includes(route.split(' ')[1] ?? ''))
    const described = names(operations)
    const isOfNginx = ({ tags }: NamedOperation) =>
      tags.some((tag) => ['media', 'streams', 'voip socket'].includes(tag))
    expect([...new Set(routes)].filter((route) => !described.includes(INNER[route] ?? route))).toEqual([])
    expect(names(operations.filter((one) => !isOfNginx(one))).filter((one) => !routes.includes(one))).toEqual(
      [],
    )
    expect(described.length).toBeGreaterThan(60)
  })

  test('names each operation, once', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id ?? ''))).toEqual([])
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  const declared = () => document.tags.filter(({ description }) => description).map(({ name }) => name)
  test.each<[string, (one: NamedOperation) => boolean]>([
    ['says what it does', ({ summary }) => summary?.length > 3],
    ['has a tag that is explained', ({ tags }) => tags?.length === 1 && declared().includes(tags[0] ?? '')],
    ['says whether it wants a token', ({ security }) => security !== undefined],
    [
      'with a token has words for a missing one',
      ({ security, responses }) => !security?.length || '401' in responses,
    ],
    ['has words for a refusal', ({ responses }) => Object.keys(responses).some((status) => status >= '4')],
    ['has words for success', ({ responses }) => Object.keys(responses).some((status) => status < '3')],
    [
      'with a body has words for a bad one',
      ({ requestBody, responses }) => !requestBody || '400' in responses || '422' in responses,
    ],
    [
      'asks for what its path names',
      ({ path, parameters = [] }) =>
        [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) =>
          parameters.some((one) => one.in === 'path' && one.name === name),
        ),
    ],
    [
      'is proved by a scheme that is explained',
      ({ security = [] }) =>
        security.flatMap(Object.keys).every((name) => name in document.components.securitySchemes),
    ],
    [
      'names each answer’s shape, or says that it has none',
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

  test('says what it may be used for', () => {
    expect(document.info.license).toMatchObject({ name: 'MIT' })
  })

  test('has patterns that mean the same with and without Unicode', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string, // a text, by the expression
    )
    expect(patterns.length).toBeGreaterThan(10)
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\[pP]\{|\\u\{/)
      expect(() => [new RegExp(pattern), new RegExp(pattern, 'u')]).not.toThrow()
    }
  })

  test('has an answer of success and one of refusal for each operation, or says what stands for it', () => {
    const lacks = (status: RegExp) =>
      names(operations.filter(({ responses }) => !Object.keys(responses).some((one) => status.test(one))))
    expect(lacks(/^(?:2\d\d|default)$/)).toEqual([])
    expect(lacks(/^4\d\d$/)).toEqual([])
  })

  test('explains the paths of which two fit one request', () => {
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

  test('has examples that fit', () => {
    const { errorOf } = createSchemaValidator(document, { sealed: true })
    const examples = examplesIn(document)
    expect(examples.length).toBeGreaterThan(20)
    const flaws = examples.map(({ at, schema, example }) => [at, errorOf(schema, example)])
    expect(flaws.filter(([, flaw]) => flaw !== undefined)).toEqual([])
  })

  test('an example that does not fit would be seen', () => {
    const { errorOf } = createSchemaValidator(document, { sealed: true })
    expect(errorOf({ $ref: '#/components/schemas/VoipError' }, { error: 5 })).toContain('string')
    expect(errorOf({ $ref: '#/components/schemas/VoipError' }, { error: '', more: 1 })).toContain(
      'additional',
    )
  })
})

/** Whether a request fits both, and neither spells out all that the other leaves open. */
function isAmbiguous(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')]
  if (a.length !== b.length) return false
  const isOpen = (part = '') => part.startsWith('{')
  const pairs = a.map((part, at) => [part, b[at]] as const)
  if (pairs.some(([x, y]) => x !== y && !isOpen(x) && !isOpen(y))) return false
  return pairs.some(([x, y]) => isOpen(x) && !isOpen(y)) && pairs.some(([x, y]) => !isOpen(x) && isOpen(y))
}
/** Up to the first part that one of them spells out and the other leaves open. */
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
/** Every schema with an example of itself, anywhere in the document. */
function examplesIn(part: unknown, at = ''): Example[] {
  if (typeof part !== 'object' || part === null) return []
  const { example, ...schema } = part as { example?: unknown }
  const isSchema = ['type', 'enum', '$ref', 'allOf', 'anyOf'].some((word) => word in schema)
  const own = example !== undefined && isSchema ? [{ at, schema, example }] : []
  return [...own, ...Object.entries(schema).flatMap(([name, value]) => examplesIn(value, `${at}/${name}`))]
}
