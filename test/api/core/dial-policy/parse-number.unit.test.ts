import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseNumber,
  parseNumberPrefix,
  toVisibleText,
} from '../../../../api/core/dial-policy/parse-number.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const read = (text: string) => {
  try {
    return parseNumber(text)
  } catch (err) {
    if (err instanceof Refusal && err.code === 'input_invalid') return `refused: ${err.detail}`
    throw err
  }
}

describe('formatting of a number is removed', () => {
  test.each([
    ['marks of an address book', '\u202a+49\u00a030\u00a0123456\u202c', '+4930123456'],
    ['isolates and a right-to-left mark', '\u2068+49 30 123456\u2069\u200f', '+4930123456'],
    ['no-break hyphens', '+49\u201130\u2011123456', '+4930123456'],
    ['en dashes', '030\u2013123456', '030123456'],
    ['em dashes and a minus', '030\u2014123\u2212456', '030123456'],
    ['narrow no-break spaces', '+33\u202f1\u202f23\u202f45\u202f67\u202f89', '+33123456789'],
    ['a zero-width blank within', '030\u200b123456', '030123456'],
    ['a soft hyphen and a word joiner', '030\u00ad123\u2060456', '030123456'],
    ['a byte order mark', '\ufeff030123456', '030123456'],
    ['a tab within', '030\t123456', '030123456'],
    ['blanks at the ends', ' \u3000030123456\u00a0', '030123456'],
    ['tel:', 'tel:+49-30-123456', '+4930123456'],
    ['tel: in capitals, percent-encoded', 'TEL:%2B49%2030%20123456', '+4930123456'],
    ['tel: with slashes', 'tel://030123456', '030123456'],
    ['a trunk 0 behind a country code', '+49 (0)30 123456', '+4930123456'],
    ['the same behind 00', '0049(0)30123456', '004930123456'],
    ['the same within the area code', '+49 (030) 123456', '+4930123456'],
    ['a country code in parentheses', '(+49) 30 123456', '+4930123456'],
    ['the 0 of a national number stays', '(0)30 123456', '030123456'],
    ['the 0 of an Italian number stays', '+39 (0)6 6981 2345', '+390669812345'],
    ['an area code before a /', '030/123456', '030123456'],
    ['the same with blanks', '0 30 / 12 34 56', '030123456'],
    ['the same behind a country code', '+49 33203/123456', '+4933203123456'],
    ['an area code before a hyphen with blanks', '030 - 1234567', '0301234567'],
    ['a / between pairs', '01/23/45/67/89', '0123456789'],
    ['dots between pairs', '01.23.45.67.89', '0123456789'],
    ['dots between pairs that end in zeros', '01.23.45.67.00', '0123456700'],
    ['dots of North America', '212.555.0143', '2125550143'],
    ['a full stop behind it', '030 123456.', '030123456'],
    ['groups that begin with 0', '+1 212 555 0143', '+12125550143'],
    ['a group with 0 behind a long code', '+49 171 0234567', '+491710234567'],
    ['five and five, as in India', '98765 43210', '9876543210'],
    ['an extension', '1002', '1002'],
    ['an emergency number', '112', '112'],
    ['a code with a number', '#31#030 123456', '#31#030123456'],
    ['a digit for outside, 011 and 15 digits', '9 011 123456789012345', '9011123456789012345'],
  ])('%s: %j', (_, text, number) => {
    expect(read(text)).toBe(number)
  })

  test('any separators between the digits leave the number unchanged', () => {
    const mark = fc.constantFrom('', '', ' ', '\u00a0', '\u202f', '-', '\u2011', '\u200e', '\u00ad', '\t')
    const numbers = fc.tuple(
      fc.constantFrom('+49', '030', '+1', '1', '*'),
      fc.stringMatching(/^[1-9]\d{2,9}$/),
    )
    fc.assert(
      fc.property(numbers, fc.array(mark, { minLength: 16, maxLength: 16 }), ([start, rest], marks) => {
        // Two blanks in a row may separate two numbers, so no separator follows another.
        const text = [...start, ...rest].map((sign, at) => sign + (marks[at] ?? '')).join('')
        expect(read(text)).toBe(start + rest)
      }),
    )
  })

  test.each([
    ['044 123 45.67', '0441234567'],
    ['044/123 45.67', '0441234567'],
    ['+41 44 123 45.67', '+41441234567'],
    ['(044) 12345.67', '0441234567'],
    ['044-123-45.00', '0441234500'],
  ])('one dot before the last digits is a separator: %s', (text, number) => {
    expect(read(text)).toBe(number)
  })

  test('a parsed number parses to itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789+*# ()-./\u00a0'), maxLength: 40 }),
        (text) => {
          const number = read(text)
          if (!number.startsWith('refused')) expect(read(number)).toBe(number)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('a text that is not exactly one number is refused', () => {
  test.each([
    '030 123456 / 0171 2345678',
    '030123456/0171 2345678',
    '030-123456  0171-2345678',
    '(030) 123456 (0171) 2345678',
    '030123456-0171 2345678',
    '030 123456 – 0171 2345678',
    '030 123456\t0171 2345678',
    '030 123456 0171 2345678',
    '030 1234 030 5678',
    '12345/12346',
    '030123456/57',
    '555-0143  555-0144',
    '555-0143 - 555-0144',
    '2125550143/2125550144',
    '+49 30 123456 / +49 171 2345678',
    '+49 30 123456 / 0171 2345678',
    '0049 30 123456 / 57',
    '030 123456, 0171 2345678',
    '030 123456; 0171 2345678',
    '030 123456 | 0171 2345678',
    '030 123456 or 0171 2345678',
    '030 123456\n0171 2345678',
  ])('two numbers: %j', (text) => {
    expect(read(text)).toMatch(/^refused/)
  })

  test.each([
    ['a spreadsheet’s fraction', '4930123456.0', /fraction/],
    ['with two zeros', '030123456.00', /fraction/],
    ['with three', '4930123456.000', /fraction/],
    ['with a +', '+4930123456.0', /fraction/],
    ['of a dotted number', '212.555.0143.0', /fraction/],
    ['with a digit', '2125550199.5', /fraction/],
    ['with a digit, of a number with blanks', '212 555 0199.5', /fraction/],
    ['with a zero, of a number with blanks', '030 123456.0', /fraction/],
    ['with a decimal comma', '4930123456,00', /a number is/],
    ['scientific notation', '4.93012E+11', /a number is/],
    ['an extension behind tel:', 'tel:+4930123456;ext=5', /tel: address with an extension/],
    ['a context', 'tel:123456;phone-context=+4930', /tel: address with an extension/],
    ['the same, encoded', 'tel:%2B4930123456%3Bext=5', /tel: address with an extension/],
    ['half a percent sign', 'tel:%2', /tel: address/],
    ['percent-encoding without tel:', '%2B4930123456', /a number is/],
    ['another scheme', 'sip:4930123456', /a number is/],
    ['an extension in letters', '030 123456 ext 5', /a number is/],
    ['a vanity number', '0800 FLOWERS', /a number is/],
    ['a + doubled', '++4930123456', /a number is/],
    ['a + and 00', '+0049 30 123456', /country code/],
    ['a + and 0', '+030 123456', /country code/],
    ['16 digits behind +', '+1234567890123456', /15 digits/],
    ['16 digits behind 00', '001234567890123456', /15 digits/],
    ['20 digits', '21255501432125550144', /15 digits/],
    ['full-width digits', '０３０１２３４５６', /a number is/],
    ['Arabic digits', '٠٣٠١٢٣٤٥٦', /a number is/],
    ['Persian digits', '۰۳۰۱۲۳۴۵۶', /a number is/],
    ['marks alone', '\u202a\u202c', /a number is/],
    ['a mark that shows the digits in reverse', '\u202e2001', /a number is/],
  ])('%s: %j', (_, text, why) => {
    expect(read(text)).toMatch(/^refused/)
    expect(read(text)).toMatch(why)
  })
})

test.each([
  ['+', '+'],
  [' +49 ', '+49'],
  ['030/', '030'],
  ['+49 (', '+49'],
  ['+49 (0', '+49'],
  ['(030', '030'],
  ['+49 (0)30', '+4930'],
])('the beginning %j of a number is %j', (text, part) => {
  expect(parseNumberPrefix(text)).toBe(part)
})

test('a visible number has plain blanks only', () => {
  expect(toVisibleText('\u202a+49\u00a030\t12\u201134\u202c ')).toBe('+49 30 12\u201134')
})
