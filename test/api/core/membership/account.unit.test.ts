import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Address, mustBeOwnName, Username } from '../../../../api/core/membership/account.ts'

describe('an address', () => {
  test.each([
    ['as they are', 'anna@example.org'],
    ['with a tag', 'anna+calls@mail.example.org'],
    ['of a domain in punycode', 'anna@xn--e1afmkfd.example'],
    ['of a top domain in punycode', 'anna@xn--e1afmkfd.xn--p1ai'],
  ])('%s is good', (_, text) => {
    expect(Address.parse(text)).toBe(text)
  })

  test.each([
    ['with a header behind it', 'anna@example.org\r\nBcc: boris@example.org'],
    ['with a line end', 'anna@example.org\n'],
    ['with a line end inside', 'anna\r\n@example.org'],
    ['with a display name', 'Anna <anna@example.org>'],
    ['in brackets', '<anna@example.org>'],
    ['that is two', 'anna@example.org,boris@example.org'],
    ['that is two, with a blank', 'anna@example.org boris@example.org'],
    ['of a group', 'all:anna@example.org;'],
    ['in quotes', '"anna boris"@example.org'],
    ['with a comment', 'anna(boris)@example.org'],
    ['with a NUL', 'anna\0@example.org'],
    ['of letters that look like others', 'аnna@example.org'],
    ['of a domain that is not punycode', 'anna@пример.рф'],
    ['of a machine', 'anna@localhost'],
    ['of a number', 'anna@[127.0.0.1]'],
    ['that is an option of a program', '-oQ/tmp@'],
    ['that is too long', `${'a'.repeat(250)}@example.org`],
  ])('%s is none', (_, text) => {
    expect(Address.safeParse(text).success).toBe(false)
  })

  test('whatever is one has nothing that a header reads as more', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '1',
      '.',
      '-',
      '+',
      '@',
      'example.org',
      '\r\n',
      ',',
      '<',
      '"',
      ' ',
      '\0',
      'é',
    )
    const text = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.emailAddress()), (one) => {
        if (Address.safeParse(one).success) expect(one).toMatch(/^[\w.'+-]+@[\w.-]+$/)
      }),
    )
  })

  test('a long one that is none is known at once', () => {
    const startedAt = performance.now()
    for (const text of [
      `${'a.'.repeat(200_000)}@`,
      `a@${'a-'.repeat(200_000)}`,
      `a@${'a.'.repeat(200_000)}!`,
    ]) {
      expect(Address.safeParse(text).success).toBe(false)
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe('a username', () => {
  test.each(['john.doe', 'anna', 'анна', 'anna@example.org', '1st', 'a'.repeat(128)])(
    '%s is good',
    (text) => {
      expect(Username.parse(text)).toBe(text)
    },
  )

  test.each([
    ['that is a number is another’s extension', '1001'],
    ['that is a number in other digits, as well', '١٠٠١'],
    ['with a blank is none', 'anna berg'],
    ['that is a link is none', 'https://example.org/x'],
    ['with markup is none', '<b>anna</b>'],
    ['with a line end is none', 'anna\n'],
    ['that is empty is none', ''],
    ['that is too long is none', 'a'.repeat(129)],
  ])('%s', (_, text) => {
    expect(Username.safeParse(text).success).toBe(false)
  })

  test.each([
    ['one’s own address, in any case', 'Anna@Example.org', true],
    ['no address', 'anna', true],
    ['another’s address', 'boris@example.org', false],
  ])('may be %s: %s', (_, username, isGood) => {
    const name = () => mustBeOwnName(username, 'anna@example.org')
    if (isGood) expect(name).not.toThrow()
    else expect(name).toThrow(expect.objectContaining({ code: 'input_invalid' }))
  })
})
