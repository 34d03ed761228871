import { describe, expect, test } from 'vitest'
import { createPasswordRules } from '../../../../api/core/auth/password-rules.ts'
import { loadCommonPasswords } from '../../../../api/store/files/common-passwords.ts'

const anna = {
  username: 'anna',
  extension: '201',
  email: 'anna.garcia@example.org',
  displayName: 'Ana García',
}
const rules = (minLength = 8) => createPasswordRules({ minLength, isCommon: loadCommonPasswords() })

describe('a new password', () => {
  test.each([
    ['of eight letters', 'mvqzkwtr'],
    ['of lower case alone', 'correct horse'],
    ['of blanks and letters of other scripts', 'дом у синей реки'],
    ['of signs alone', '%&/(=?$!#+'],
    ['of emoji', '🐴🔋🖇️✅🐴🔋🖇️✅'],
    ['that is long', 'a sentence that no other person would write '.repeat(20)],
    ['with a name and more', 'anna likes tea at five'],
    ['with a short part of a name', 'bananas in pyjamas'],
  ])('%s is accepted', (_, password) => {
    expect(() => rules()(password, anna)).not.toThrow()
  })

  test.each([
    ['of seven characters', 'mvqzkwt', /8 characters or more/],
    ['of eight code units but four characters', '🐴🔋✅🐴', /8 characters or more/],
    ['of letters with accents that are two code points each', 'e\u0301'.repeat(7), /8 characters or more/],
    ['that is common', 'trustno1', /common one/],
    ['that is common, in another case', 'TrustNo1', /common one/],
    ['that is common, in full-width letters', 'ｔｒｕｓｔｎｏ１', /common one/],
    ['that is common, with signs around it', '!!trustno1!!', /common one/],
    ['that is the e-mail address', 'Anna.Garcia@Example.org', /consist of a name/],
    ['that is the display name', 'ana garcía', /consist of a name/],
    ['that is the display name, decomposed', 'ana garci\u0301a', /consist of a name/],
    ['that is the username with a number', 'anna-123', /consist of a name/],
    ['that repeats the username', 'AnnaAnnaAnna', /consist of a name/],
    ['that is the username with signs', '***anna***', /consist of a name/],
    ['that repeats the extension', '201-201-201', /consist of a name/],
    ['that is the product’s name', 'Hookswitch', /consist of a name/],
    ['that is the product’s name with a number', 'hookswitch123', /consist of a name/],
    ['that is the product’s name and the own', 'hookswitch-anna', /consist of a name/],
  ])('%s is refused', (_, password, message) => {
    expect(() => rules()(password, anna)).toThrow(
      expect.objectContaining({ code: 'input_invalid', message: expect.stringMatching(message) }),
    )
  })

  test('is as long as the settings have it', () => {
    expect(() => rules(15)('fourteen chars', {})).toThrow(/15 characters or more/)
    expect(() => rules(15)('fifteen charact', {})).not.toThrow()
  })
})
