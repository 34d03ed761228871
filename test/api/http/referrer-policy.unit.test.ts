import { describe, expect, test } from 'vitest'
import { createRoutesOnlyApp } from '../../support/openapi/routes-only-app.ts'

/** All surfaces without services: most routes fail, and errors need the header as well. */
const app = createRoutesOnlyApp()
const routes = app.routes
  .filter(({ method }) => method !== 'ALL')
  .map(({ method, path }) => [method, path.replace(/:\w+(\{[^}]*\})?/g, 'x')] as const)
const prefixes = [...new Set(routes.map(([, path]) => path.split('/').slice(0, 5).join('/')))]

const policyOf = async (path: string, init: RequestInit) => {
  const { headers, status } = await app.request(path, init)
  return [status, headers.get('referrer-policy')]
}
const noReferrer = [expect.any(Number), 'no-referrer']

describe('every response has Referrer-Policy: no-referrer', () => {
  test.each(routes)('%s %s', async (method, path) => {
    expect(await policyOf(path, { method })).toEqual(noReferrer)
    if (method === 'GET') expect(await policyOf(path, { method: 'HEAD' })).toEqual(noReferrer)
  })

  test.each(prefixes)('%s/…: 404, HEAD, OPTIONS, preflight and 413', async (prefix) => {
    const path = `${prefix}/there-is-no-such-thing`
    expect(await policyOf(path, {})).toEqual([expect.any(Number), 'no-referrer'])
    expect(await policyOf(path, { method: 'HEAD' })).toEqual(noReferrer)
    expect(await policyOf(path, { method: 'OPTIONS' })).toEqual([204, 'no-referrer'])
    const preflight = { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' }
    expect(await policyOf(path, { method: 'OPTIONS', headers: preflight })).toEqual([204, 'no-referrer'])
    const body = 'x'.repeat(1_048_577)
    const headers = { 'Content-Length': String(body.length), 'Content-Type': 'application/json' }
    expect(await policyOf(path, { method: 'POST', headers, body })).toEqual([413, 'no-referrer'])
  })

  test.each(['/docs', '/redoc'])('%s sends the header once', async (path) => {
    expect(await policyOf(path, {})).toEqual([200, 'no-referrer'])
  })
})
