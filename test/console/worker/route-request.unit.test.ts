import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { routeRequest } from '../../../console/worker/route-request.ts'

const ORIGIN = 'https://phone.example'
const route = (path: string, { method = 'GET', mode = 'cors' } = {}) =>
  routeRequest({ method, mode, url: new URL(path, ORIGIN).href }, ORIGIN)

describe('how the service worker answers', () => {
  it.each([
    ['/console/', 'navigate', 'page'],
    ['/console/today', 'navigate', 'page'],
    ['/console/dial?to=tel%3A1001', 'navigate', 'page'],
    ['/console/assets/console-ABC.js', 'cors', 'asset'],
    ['/console/assets/console-ABC.css', 'no-cors', 'asset'],
    ['/console/icons/icon-192.png', 'no-cors', 'asset'],
    ['/console/icon.svg', 'no-cors', 'asset'],
    // What is not a file of the bundle.
    ['/', 'navigate', 'network'],
    ['/docs', 'navigate', 'network'],
    ['/console/service-worker.js', 'same-origin', 'network'],
    ['/console/manifest.en.webmanifest', 'cors', 'network'],
    ['/console/today', 'cors', 'network'],
    ['/console/assets/../../api/v1/me', 'cors', 'network'],
    ['/consoles/x', 'navigate', 'network'],
  ] as const)('%s as %s: %s', (path, mode, expected) => {
    expect(route(path, { mode })).toBe(expected)
  })

  it('leaves every request but a GET to the network', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
      expect(route('/console/assets/console-ABC.js', { method })).toBe('network')
  })

  it('leaves other origins to the network', () => {
    const url = 'https://other.example/console/assets/console-ABC.js'
    expect(routeRequest({ method: 'GET', mode: 'cors', url }, ORIGIN)).toBe('network')
  })

  it('leaves the API, streams and recordings to the network, whatever their path and query', () => {
    const prefix = fc.constantFrom(
      '/api/',
      '/pbxcore/',
      '/media/',
      '/ws',
      '/auth/',
      '/_gate/',
      '/.well-known/',
    )
    const mode = fc.constantFrom('navigate', 'cors', 'no-cors', 'same-origin', 'websocket')
    fc.assert(
      fc.property(prefix, fc.webPath(), fc.webQueryParameters(), mode, (start, path, query, kind) => {
        const rest = `${path}?${query}`.replaceAll('..', '')
        expect(route(start + rest, { mode: kind })).toBe('network')
      }),
    )
  })
})
