import fc from 'fast-check'
import { BerReader, BerWriter, type Filter, FilterParser } from 'ldapts'
import { describe, expect, test } from 'vitest'
import { parseFilterTemplate } from '../../../api/ldap/ldap-filter.ts'

/** A filter as a server reads it. */
function asSent(filter: Filter): Filter {
  const writer = new BerWriter()
  filter.write(writer)
  return FilterParser.parse(new BerReader(writer.buffer))
}

describe('a filter template', () => {
  test('gives the server each login as one value, whatever it contains', () => {
    const template = parseFilterTemplate('(&(objectclass=person)(|(uid={login})(!(mail=x:{login}))))')
    const hostile = fc.string({
      unit: fc.constantFrom(
        '*',
        '(',
        ')',
        '\\',
        '2',
        'a',
        '\0',
        '&',
        '|',
        '!',
        '=',
        '{login}',
        '{dn}',
        'é',
        '😀',
        '$&',
      ),
    })
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), (login) => {
        expect(asSent(template({ login }))).toMatchObject({
          filters: [
            { attribute: 'objectclass', value: 'person' },
            {
              filters: [
                { attribute: 'uid', value: login },
                { filter: { attribute: 'mail', value: `x:${login}` } },
              ],
            },
          ],
        })
      }),
    )
  })

  test('fills the nested groups of Active Directory', () => {
    const template = parseFilterTemplate('(member:1.2.840.113556.1.4.1941:={dn})')
    expect(asSent(template({ dn: 'CN=a (b),DC=c' }))).toMatchObject({
      rule: '1.2.840.113556.1.4.1941',
      matchType: 'member',
      value: 'CN=a (b),DC=c',
    })
  })

  test.each(['(uid={login}', 'x', '(uid={login}*)', '((uid={login}))'])('refuses %s', (text) => {
    expect(() => parseFilterTemplate(text)).toThrow()
  })
})
