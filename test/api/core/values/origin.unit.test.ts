import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOriginPolicy, normalizeOrigin } from '../../../../api/core/values/origin.ts'

describe('an origin has one normal form', () => {
  test.each([
    ['https://pbx.example.org', 'https://pbx.example.org'],
    ['https://pbx.example.org:443', 'https://pbx.example.org'],
    ['http://pbx.example.org:80', 'http://pbx.example.org'],
    ['https://pbx.example.org:80', 'https://pbx.example.org:80'],
    ['http://pbx.example.org:443', 'http://pbx.example.org:443'],
    ['HTTPS://PBX.Example.ORG', 'https://pbx.example.org'],
    ['https://pbx.example.org/', 'https://pbx.example.org'],
    ['https://pbx.example.org.', 'https://pbx.example.org.'],
    ['https://büro.example', 'https://xn--bro-hoa.example'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['chrome-extension://ABC', 'chrome-extension://abc'],
  ])('%s is %s', (text, normal) => expect(normalizeOrigin(text)).toBe(normal))

  test.each([
    'null',
    '',
    '*',
    'pbx.example.org',
    '//pbx.example.org',
    'https://',
    'https://a/b',
    'https://a//',
    'https://a?b',
    'https://a#b',
    'https://user@a',
    'https://a\\b',
    'https://a b',
    'https://a,https://b',
    'https://a|b',
    'https://a:99999',
    ' https://a',
  ])('%j is none', (text) => expect(normalizeOrigin(text)).toBeUndefined())

  test('which is idempotent', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        const { origin } = new URL(url)
        expect(normalizeOrigin(origin)).toBe(origin)
        expect(normalizeOrigin(origin.toUpperCase())).toBe(origin)
      }),
    )
  })
})

describe('a page', () => {
  const { isAllowed, isAllowedOrSameHost } = createOriginPolicy([
    'https://App.example:443/',
    'capacitor://localhost',
    'null',
  ])

  test.each([
    ['named', 'https://app.example', '127.0.0.1:8080', true],
    ['named, with its port', 'https://app.example:443', '127.0.0.1:8080', true],
    ['of a named app', 'capacitor://localhost', '127.0.0.1:8080', true],
    ['of the host asked', 'https://pbx.example', 'pbx.example', true],
    ['of the requested host with an explicit port', 'https://pbx.example', 'pbx.example:443', true],
    ['of the host asked, in other letters', 'https://pbx.example', 'PBX.example', true],
    ['of the host asked, over plain HTTP', 'http://pbx.example', 'pbx.example:80', true],
    ['of another host', 'https://evil.example', 'pbx.example', false],
    ['of another port', 'https://pbx.example:8443', 'pbx.example', false],
    ['named for another scheme', 'http://app.example', '127.0.0.1:8080', false],
    ['named for another port', 'https://app.example:8443', '127.0.0.1:8080', false],
    ['below a named host', 'https://x.app.example', '127.0.0.1:8080', false],
    ['with a dot that the named one has not', 'https://app.example.', '127.0.0.1:8080', false],
    ['without an origin', 'null', 'null', false],
  ])('%s: %s asks %s', (_, origin, host, isIt) => expect(isAllowedOrSameHost(origin, host)).toBe(isIt))

  test.each([
    ['of https', 'https://pbx.example', true],
    ['of http, which may have been forged on its way', 'http://pbx.example', false],
    ['of an app that the settings name', 'capacitor://localhost', true],
  ])('%s asks over https', (_, origin, isIt) =>
    expect(isAllowedOrSameHost(origin, 'pbx.example', 'https')).toBe(isIt),
  )
  test('of http asks over http', () =>
    expect(isAllowedOrSameHost('http://pbx.example', 'pbx.example', 'http')).toBe(true))

  test('without an origin is not allowed', () => expect(isAllowed(undefined)).toBe(false))
})
