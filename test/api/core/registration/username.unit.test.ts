import { describe, expect, test } from 'vitest'
import { requireOwnName, Username } from '../../../../api/core/registration/username.ts'

describe('a username', () => {
  test.each(['john.doe', 'anna', 'анна', 'ज़ोया', "o'hara", 'anna@example.org', '1st', 'a'.repeat(128)])(
    '%s is valid',
    (text) => {
      expect(Username.parse(text)).toBe(text)
    },
  )

  test.each([
    ['a trailing space', 'anna '],
    ['a leading no-break space', '\u00a0anna'],
    ['a line end', 'anna\r\n'],
    ['a zero-width space', 'anna\u200b'],
  ])('is stored without %s', (_, text) => {
    expect(Username.parse(text)).toBe('anna')
  })

  test('is normalized to NFC', () => {
    expect(Username.parse('Ame\u0301lie')).toBe('Am\u00e9lie')
  })

  test.each([
    ['that is a number is invalid', '1001'],
    ['that is a number in other digits is invalid', '١٠٠١'],
    ['with a space is invalid', 'anna berg'],
    ['that is a link is invalid', 'https://example.org/x'],
    ['with markup is invalid', '<b>anna</b>'],
    ['with a line end inside is invalid', 'an\nna'],
    ['that is empty is invalid', ''],
    ['that is too long is invalid', 'a'.repeat(129)],
  ])('%s', (_, text) => {
    expect(Username.safeParse(text).success).toBe(false)
  })

  test.each([
    ['the user’s own address, in any case', 'Anna@Example.org', true],
    ['no address', 'anna', true],
    ['another address', 'boris@example.org', false],
  ])('may be %s: %s', (_, username, isValid) => {
    const name = () => requireOwnName(username, 'anna@example.org')
    if (isValid) expect(name).not.toThrow()
    else expect(name).toThrow(expect.objectContaining({ code: 'input_invalid' }))
  })
})
