import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDialLink } from '../../../../console/screens/dial/read-dial-link.ts'

describe('the number of a link', () => {
  it.each([
    ['tel:+1-201-555-0123', '+12015550123'],
    ['tel:7042;phone-context=example.com', '7042'],
    ['tel:863-1234;phone-context=+1-914-555', '8631234'],
    ['TEL:+49(30)123.45;ext=77;isub=1', '+493012345'],
    ['tel:+49%2030%20123', '+4930123'],
    ['tel:%2B49301', '+49301'],
    ['+49 30 901820', '+4930901820'],
    // A plus that was not encoded.
    [' 4930901820', '+4930901820'],
    ['tel: 4930901820', '+4930901820'],
    ['030/90 18 20', '030901820'],
    ['1001', '1001'],
  ])('%s is %s', (to, number) => {
    expect(readDialLink(to)).toBe(number)
  })

  it.each([
    ['nothing', ''],
    ['a feature code', '*21*5550100#'],
    ['a feature code as a URI', 'tel:*%2321%23'],
    ['digits to be sent after the answer', '5550100,,1234#'],
    ['SIP', 'sip:1001@example.com'],
    ['a script', 'javascript:alert(1)'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['two schemes', 'tel:tel:1001'],
    ['letters', 'tel:1-800-FLOWERS'],
    ['two numbers', '1001&1002'],
    ['two numbers, one of them a parameter', '1001;1002'],
    ['two numbers of a URI', 'tel:1001;1002'],
    ['a parameter without a URI', '1001;ext=5'],
    ['a plus inside', '10+01'],
    ['digits of another alphabet', '١٠٠١'],
    ['a line break and a header', '1001\r\nX: 1'],
    ['a broken encoding', 'tel:%E0%A4%A'],
    ['too many digits', '1'.repeat(21)],
    ['too long a text', `1001;ext=${'1'.repeat(512)}`],
  ])('%s is refused', (_, to) => {
    expect(readDialLink(to)).toBeUndefined()
  })

  const digits = fc.stringMatching(/^\d{2,20}$/)
  const separator = fc.constantFrom('', '-', '.', ' ', '(', ')')
  it('is that of any URI, whatever separators and parameters it has', () => {
    fc.assert(
      fc.property(
        digits,
        fc.array(separator, { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        fc.array(fc.stringMatching(/^;[a-z-]{1,8}=[\w.+-]{0,12}$/), { maxLength: 4 }),
        (number, separators, isGlobal, parameters) => {
          const written = [...number].map((digit, index) => digit + (separators[index] ?? '')).join('')
          const uri = `tel:${isGlobal ? '+' : ''}${written}${parameters.join('')}`
          expect(readDialLink(uri)).toBe((isGlobal ? '+' : '') + number)
          expect(readDialLink(encodeURIComponent(uri))).toBe((isGlobal ? '+' : '') + number)
        },
      ),
    )
  })

  it('is digits alone, or nothing, for every text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'tel:+0123456789*#;=,-. %2Bsip@'), maxLength: 40 }),
    )
    fc.assert(
      fc.property(text, (to) => {
        expect(readDialLink(to) ?? '00').toMatch(/^\+?[0-9]{2,20}$/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is never taken from a URI of another scheme', () => {
    const scheme = fc.stringMatching(/^[a-z][a-z0-9+.-]{0,9}$/).filter((one) => one !== 'tel')
    fc.assert(
      fc.property(scheme, digits, (name, number) => {
        expect(readDialLink(`${name}:${number}`)).toBeUndefined()
      }),
    )
  })
})
