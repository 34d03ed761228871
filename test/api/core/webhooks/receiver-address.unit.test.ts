import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeEndpointUrl, parseEndpointUrl } from '../../../../api/core/webhooks/endpoint-url.ts'
import {
  createAddressPolicy,
  isAllowedNetwork,
  isPublicAddress,
} from '../../../../api/core/webhooks/receiver-address.ts'

const byte = fc.integer({ min: 0, max: 255 })
const v4 = fc.tuple(byte, byte, byte, byte)
/** Written for this test alone, by arithmetic instead of lists of networks. */
function isPrivateV4([a, b, c]: readonly number[]): boolean {
  if (a === undefined || b === undefined || c === undefined) return true
  return (
    [0, 10, 127].includes(a) ||
    a >= 224 ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 192 && b === 88 && c === 99) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  )
}
const hex = (a = 0, b = 0) => (a * 256 + b).toString(16)

describe('an address', () => {
  const strict = createAddressPolicy([])

  test('of IPv4 is public exactly if it is in no special network', () => {
    fc.assert(
      fc.property(v4, (parts) => {
        expect(isPublicAddress(parts.join('.'))).toBe(!isPrivateV4(parts))
      }),
      { numRuns: 5_000 },
    )
  })

  test.each([
    ['mapped', (x: string, y: string) => `::ffff:${x}:${y}`],
    ['compatible', (x: string, y: string) => `::${x}:${y}`],
    ['NAT64', (x: string, y: string) => `64:ff9b::${x}:${y}`],
    ['local NAT64', (x: string, y: string) => `64:ff9b:1::${x}:${y}`],
    ['6to4', (x: string, y: string) => `2002:${x}:${y}::1`],
    ['Teredo', (x: string, y: string) => `2001:0:${x}:${y}::1`],
  ])('of IPv6 that contains an IPv4 address (%s) is never allowed', (_, form) => {
    fc.assert(
      fc.property(v4, ([a, b, c, d]) => {
        expect(strict.isAllowed(form(hex(a, b), hex(c, d)), 'h')).toBe(false)
      }),
    )
  })

  test('of IPv6 is never allowed outside of 2000::/3', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
        const [first = 0] = groups
        const address = groups.map((one) => one.toString(16)).join(':')
        if (first < 0x2000 || first > 0x3fff) expect(strict.isAllowed(address, 'h')).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['93.184.215.14', '2606:2800:21f:cb07::1', '2a00:1450:4001::8'])('%s is allowed', (address) => {
    expect(strict.isAllowed(address, 'h')).toBe(true)
  })

  test.each([
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    'localhost',
    '',
    '127.1',
    '3fff::1',
  ])('%s is refused', (address) => expect(strict.isAllowed(address, 'h')).toBe(false))
})

describe('the setting', () => {
  test('allows networks, addresses and hosts, and nothing else', () => {
    const policy = createAddressPolicy(['10.1.0.0/16', '192.168.0.9', 'CRM.lan', 'fd12::/16'])
    expect(policy.isAllowed('10.1.2.3', 'x')).toBe(true)
    expect(policy.isAllowed('10.2.0.1', 'x')).toBe(false)
    expect(policy.isAllowed('192.168.0.9', 'x')).toBe(true)
    expect(policy.isAllowed('192.168.0.8', 'x')).toBe(false)
    expect(policy.isAllowed('172.16.0.1', 'crm.lan')).toBe(true)
    expect(policy.isAllowed('172.16.0.1', 'other.lan')).toBe(false)
    expect(policy.isAllowed('fd12::7', 'x')).toBe(true)
  })

  test('never allows the metadata of a cloud machine, in whatever form', () => {
    const policy = createAddressPolicy(['0.0.0.0/0', '::/0', 'metadata.lan'])
    for (const address of [
      ...['169.254.169.254', '168.63.129.16', '100.100.100.200', 'fd00:ec2::254'],
      ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
    ])
      expect(policy.isAllowed(address, 'metadata.lan')).toBe(false)
    expect(policy.isAllowed('10.0.0.1', 'x')).toBe(true)
  })

  test.each([
    ['10.0.0.0/8', true],
    ['::1', true],
    ['crm.lan', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/08', false],
    ['10.0.0', false],
    ['http://crm.lan', false],
    ['10.0.0.0/8/8', false],
    ['fe80::1%eth0', false],
  ])('%s is valid: %s', (entry, isValid) => expect(isAllowedNetwork(entry)).toBe(isValid))
})

describe('a URL', () => {
  const rules = { policy: createAddressPolicy([]), allowsHttp: false }
  test.each([
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'https://user:secret@example.org/',
    'https://user@example.org/',
    'https://example.org/#x',
    'https://example.org:25/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://１２７.0.0.1/',
    'not a url',
    `https://example.org/${'a'.repeat(2_000)}`,
    `https://example.org/${'ä'.repeat(1_000)}`,
  ])('%s is refused', (text) => expect(parseEndpointUrl(text, rules).problem).toBeDefined())

  test.each(['https://example.org/', 'https://example.org:8443/a?b=c', 'https://93.184.215.14/'])(
    '%s is accepted',
    (text) => expect(parseEndpointUrl(text, rules).url?.href).toBe(text),
  )

  test.each([
    [' https://example.org/', 'https://example.org/'],
    ['https://exam\nple.org/a', 'https://example.org/a'],
    ['https://ex%61mple.org', 'https://example.org/'],
    ['https://EXAMPLE.org:443/a b#', 'https://example.org/a%20b'],
    ['not a url', 'not a url'],
  ])('%j is stored as %s', (text, stored) => expect(normalizeEndpointUrl(text)).toBe(stored))

  test('with http is accepted where the settings allow it', () => {
    expect(parseEndpointUrl('http://example.org/', { ...rules, allowsHttp: true }).url).toBeDefined()
  })
})
