import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RIGHTS } from '../../api/dialects/crm/rights.ts'
import { createFace, documentOf } from '../docs/app.ts'
import { operationsOf } from '../docs/document.ts'
import { ask } from '../support/client.ts'
import { type Colleague, type Crew, startCrew } from '../support/crew.ts'
import type { Stack } from '../support/stack.ts'

const guarded = operationsOf(await documentOf(createFace())).flatMap(({ operationId, method, path }) => {
  const rights = RIGHTS[operationId as keyof typeof RIGHTS] // undefined for other operations
  // Nothing there has such an id: whoever may ask is told so, and nothing is changed.
  return rights === undefined
    ? []
    : [{ method: method.toUpperCase(), path: path.replace(/\{\w+\}/, '999999'), rights }]
})

/** A client's page on another host. */
const PAGE = 'https://crm.example.org'

describe('who may ask for what, at the call centre', () => {
  let stack: Stack
  let crew: Crew
  let people: Record<'agent' | 'supervisor' | 'admin', Colleague>

  beforeAll(async () => {
    crew = await startCrew({ HOOKSWITCH_ALLOWED_ORIGINS: PAGE })
    stack = crew.stack
    people = { agent: crew.people.anna, supervisor: crew.people.sven, admin: crew.people.root }
  })
  afterAll(() => crew?.stop())

  const request = (method: string, token?: string) => ({
    method,
    ...(token === undefined ? {} : { token }),
    ...(method === 'GET' || method === 'DELETE' ? {} : { json: {} }),
  })

  test('a page of an allowed origin may send If-Match and read ETag and Link, and no other page may', async () => {
    const preflight = (origin: string) =>
      ask(`${stack.url}/api/leads/1`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PUT',
          'Access-Control-Request-Headers': 'authorization,if-match',
        },
      })
    const { headers } = await preflight(PAGE)
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(headers.get('access-control-allow-methods')).toContain('PUT')
    expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('if-match')
    const answer = await ask(`${stack.url}/api/health`, { headers: { Origin: PAGE } })
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag')
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('there are more than fifty of them', () => expect(guarded.length).toBeGreaterThan(50))

  describe.each(guarded)('$method $path', ({ method, path, rights }) => {
    test('without a token, or with a bad one, is refused in the guide’s words', async () => {
      const url = `${stack.url}${path}`
      expect(await ask(url, request(method))).toMatchObject({
        status: 401,
        body: { message: 'Missing authorization header' },
      })
      expect(await ask(url, request(method, 'not.a.token'))).toMatchObject({
        status: 401,
        body: { message: 'Invalid token' },
      })
    })

    test.each(['agent', 'supervisor', 'admin'] as const)(
      'an %s gets as far as the table says',
      async (role) => {
        const { status, body } = await ask(`${stack.url}${path}`, request(method, people[role].token))
        const may = role === 'admin' || rights[role] !== 'none'
        if (may) expect([401, 403, 500]).not.toContain(status)
        else expect({ status, body }).toEqual({ status: 403, body: { message: 'Insufficient permissions' } })
      },
    )
  })
})
