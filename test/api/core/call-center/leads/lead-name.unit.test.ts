import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fullName, resolveNames } from '../../../../../api/core/call-center/leads/lead-name.ts'

describe('the name of a lead', () => {
  const john = { firstName: 'John', lastName: 'Smith' }
  test.each([
    [{ name: 'Ann Mary  Smith' }, undefined, { firstName: 'Ann Mary', lastName: 'Smith' }],
    [{ name: 'Cher' }, undefined, { firstName: '', lastName: 'Cher' }],
    [{ lastName: 'Smith' }, undefined, { firstName: '', lastName: 'Smith' }],
    [{ name: 'Joan Miller' }, john, { firstName: 'Joan', lastName: 'Miller' }],
    [{ ...john, name: 'Joan Miller' }, john, { firstName: 'Joan', lastName: 'Miller' }],
    [{ firstName: 'Joan', name: 'John Smith' }, john, { firstName: 'Joan', lastName: 'Smith' }],
    [{}, john, john],
  ])('%j applied to %j', (input, current, expected) => {
    expect(resolveNames(input, current)).toEqual(expected)
  })
  test.each([{}, { name: ' ' }, { firstName: '', lastName: '' }])('rejects %j as empty', (input) => {
    expect(() => resolveNames(input)).toThrow('a lead has a name')
  })
  test('splitting and joining a full name returns it unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\w{1,9}$/), { minLength: 1, maxLength: 5 }), (words) => {
        expect(fullName(resolveNames({ name: words.join(' ') }))).toBe(words.join(' '))
      }),
    )
  })
})
