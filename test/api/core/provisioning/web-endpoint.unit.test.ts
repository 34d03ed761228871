import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_WEB_ENDPOINT,
  extensionOfWebEndpoint,
  toWebEndpoint,
  WEB_ENDPOINT_TEMPLATE,
} from '../../../../api/core/provisioning/web-endpoint.ts'

describe('the endpoint of a browser', () => {
  it.each([
    [DEFAULT_WEB_ENDPOINT, '1003-web'],
    ['{extension}-WS', '1003-WS'],
    ['99{extension}', '991003'],
  ])('is named by the template %s', (template, endpoint) => {
    expect(toWebEndpoint(template, '1003')).toBe(endpoint)
    expect(extensionOfWebEndpoint(template, endpoint)).toBe('1003')
  })

  it.each(['1003', '-web', 'web', '1003-WEB', '1003-web-2', ''])('is not %j', (endpoint) => {
    expect(extensionOfWebEndpoint(DEFAULT_WEB_ENDPOINT, endpoint)).toBeUndefined()
  })

  it('does not let the prefix and the suffix of the template overlap', () => {
    expect(extensionOfWebEndpoint('web{extension}web', 'web')).toBeUndefined()
    expect(extensionOfWebEndpoint('web{extension}web', 'webweb')).toBeUndefined()
  })

  it('leads back to its extension, for every template and extension', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/)
    const template = fc
      .tuple(part, part)
      .map(([before, after]) => `${before}{extension}${after}`)
      .filter((one) => WEB_ENDPOINT_TEMPLATE.test(one))
    const extension = fc.stringMatching(/^[A-Za-z0-9_$&-]{1,40}$/)
    fc.assert(
      fc.property(template, extension, (text, number) => {
        const endpoint = toWebEndpoint(text, number)
        expect(endpoint).not.toBe(number)
        expect(extensionOfWebEndpoint(text, endpoint)).toBe(number)
      }),
    )
  })

  it.each(['{extension}', '', '-web', '{extension}{extension}', '{extension} web', 'a;{extension}'])(
    'has no template %j',
    (template) => expect(WEB_ENDPOINT_TEMPLATE.test(template)).toBe(false),
  )
})
