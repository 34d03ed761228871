import { expect, test } from 'vitest'
import { UNREADABLE_TOKENS } from './invalid-tokens.ts'
import { codeOf, eddsa, good, hmac, issuedAt, setUp } from './token-verifier.ts'

test.each<[string, string | undefined, string]>([
  ['no token', undefined, 'token_missing'],
  ['an empty one', '', 'token_invalid'],
  ['a word', 'token', 'token_invalid'],
])('the verifier denies %s', (_, text, code) => {
  expect(codeOf(setUp().verifier.verify(text, 'access'))).toBe(code)
})

test.each([...UNREADABLE_TOKENS])(
  'a verifier that has cached the valid token denies one with %s',
  (_, make) => {
    const { verifier } = setUp()
    verifier.verify(good, 'access')
    const token = make({ hmac, eddsa, nowS: issuedAt })
    if (token !== undefined) expect(codeOf(verifier.verify(token, 'access'))).toBe('token_invalid')
  },
)
