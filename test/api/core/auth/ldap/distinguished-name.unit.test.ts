import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeDn } from '../../../../../api/core/auth/ldap/distinguished-name.ts'

describe('names of entries', () => {
  test.each([
    ['CN=Admins,DC=Example', 'cn=admins, dc=example'],
    ['CN=Doe\\, Anna,DC=x', 'cn=doe\\2C anna,dc=x'],
    ['cn=Müller,dc=x', 'CN=M\\C3\\BCller,DC=x'],
    ['cn=a+sn=b,dc=x', 'SN=b + CN=a,dc=x'],
    ['cn=a  b,dc=x', 'cn=A B,dc=x'],
    ['cn=a\\ ,dc=x', 'cn=a,dc=x'],
  ])('%s is %s', (one, other) => {
    expect(normalizeDn(one)).toBeDefined()
    expect(normalizeDn(one)).toBe(normalizeDn(other))
  })

  test.each([
    ['cn=a,cn=b', 'cn=b,cn=a'],
    ['cn=a\\,cn=b', 'cn=a,cn=b'],
    ['cn=a\\+sn=b', 'cn=a+sn=b'],
    ['cn=ab,dc=x', 'cn=a b,dc=x'],
    ['cn=a,dc=x', 'cn=a,dc=x,dc=y'],
  ])('%s is not %s', (one, other) => expect(normalizeDn(one)).not.toBe(normalizeDn(other)))

  test.each([
    '',
    'admins',
    'cn=a,',
    'cn=a,,dc=b',
    'cn',
    '=x',
    'cn=a"b',
    'cn=a\\',
    'cn=\\ff',
    'cn=a;dc=b',
    'cn=a\0',
  ])('%j is none', (text) => expect(normalizeDn(text)).toBeUndefined())

  test('a value that is escaped never becomes another part', () => {
    const escaped = (text: string) =>
      [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(JSON.parse(normalizeDn(`cn=${escaped(value)},dc=x`) ?? '')).toHaveLength(2)
      }),
    )
  })
})
