import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToken } from '../../../console/screens/sign-in/fragment-token.ts'

const token = 'inv_0f8Zc1kGm3bYJ8d2pQ7xW5tR4nE6uL_-'

test.each([
  ['the fragment of a link', `#token=${token}`],
  ['a whole link of the console', `https://voice.example.org/console/invitation#token=${token}`],
  ['a whole link of an own app', `https://app.example.org/register?invitation=${token}`],
  ['the code alone, with blanks around it', `  ${token}\n`],
])('reads the token of %s', (_, text) => {
  expect(readToken(text)).toBe(token)
})

test.each([
  ['nothing', ''],
  ['an empty token', '#token='],
  ['a token that is cut off', `#token=${token.slice(0, -1)}`],
  ['a token with more behind it', `#token=${token}a`],
  ['a token of another kind', `#token=${token.replace('inv', 'abc')}`],
  ['markup', `<b>${token}</b>`],
])('finds none in %s', (_, text) => {
  expect(readToken(text)).toBeUndefined()
})

test('finds in any text either none or a token of the known form', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('#', 'token=', token, '&', ' '))
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const found = readToken(parts.join(''))
      expect(found === undefined || /^(inv|ver|pwd)_[\w-]{32}$/.test(found)).toBe(true)
    }),
  )
})
