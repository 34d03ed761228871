import { describe, expect, test } from 'vitest'
import { requireOwnName, Username } from '../../../../api/core/registration/username.ts'

describe('a username', () => {
  test.each(['john.doe', 'anna', 'анна', 'ज़ोया', "o'hara", 'anna@example.org', '1st', 'a'.repeat(128)])(
    '%s is good',
    (text) => {
      expect(Username.parse(text)).toBe(text)
    },
  )

  test.each([
    ['a blank behind', 'anna '],
    ['a no-break blank before', '\u00a0anna'],
    ['a line end', 'anna\r\n'],
    ['a sign of no width', 'anna\u200b'],
  ])('is taken without %s', (_, text) => {
    expect(Username.parse(text)).toBe('anna')
  })

  test('has one form of its accents', () => {
    expect(Username.parse('Ame\u0301lie')).toBe('Am\u00e9lie')
  })

  test.each([
    ['that is a number is another’s extension', '1001'],
    ['that is a number in other digits, as well', '١٠٠١'],
    ['with a blank is none', 'anna berg'],
    ['that is a link is none', 'https://example.org/x'],
    ['with markup is none', '<b>anna</b>'],
    ['with a line end inside is none', 'an\nna'],
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
    const name = () => requireOwnName(username, 'anna@example.org')
    if (isGood) expect(name).not.toThrow()
    else expect(name).toThrow(expect.objectContaining({ code: 'input_invalid' }))
  })
})
