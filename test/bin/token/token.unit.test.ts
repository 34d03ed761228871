import { describe, expect, test } from 'vitest'
import { refreshCookieIn } from '../../../bin/token/cookie.ts'
import { isLoopbackHost, loopbackLookup } from '../../../bin/token/loopback.ts'
import { createRedactingOutput } from '../../../bin/token/redacting-output.ts'
import { isFresh } from '../../../bin/token/token-cache.ts'
import { leakedSecrets } from './token-testbed.ts'

describe('a host that needs no verified certificate', () => {
  test.each([
    ['http://127.0.0.1', true],
    ['http://127.9.8.7', true],
    ['http://127.1', true],
    ['http://0x7f000001', true],
    ['http://[::1]', true],
    ['http://LOCALHOST', true],
    ['http://localhost.', true],
    ['http://mikopbx-php83.localhost', true],
    ['http://a.b.localhost', true],
    ['http://localhost.example', false],
    ['http://127.0.0.1.example', false],
    ['http://notlocalhost', false],
    ['http://192.168.117.2', false],
    ['http://0.0.0.0', false],
    ['http://[::2]', false],
    ['http://[::]', false],
    ['http://128.0.0.1', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopbackHost(new URL(url).hostname)).toBe(expected)
  })

  test('is resolved to this machine without a name server', async () => {
    const found = await new Promise((resolve) =>
      loopbackLookup('pbx.localhost', { all: true }, (_, addresses) => resolve(addresses)),
    )
    expect(found).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ])
  })
})

describe('a kept token', () => {
  const kept = (life: number) => ({
    url: '',
    login: '',
    accessToken: 'x',
    obtainedAt: 1000,
    endsAt: 1000 + life,
  })
  test.each([
    ['with 61 of 900 seconds left is good', 900, 1839, true],
    ['with 60 of 900 seconds left is not', 900, 1840, false],
    ['with 4 of 30 seconds left is good', 30, 1026, true],
    ['with 3 of 30 seconds left is not', 30, 1027, false],
    ['of no known life is not', 0, 1000, false],
    ['of the future is not', 900, 900, false],
  ])('%s', (_, life, now, expected) => {
    expect(isFresh(kept(life), now)).toBe(expected)
  })
})

describe('the refresh cookie of an answer', () => {
  test.each([
    [undefined, undefined],
    ['other=1; Path=/', undefined],
    ['refreshToken=abc', 'abc'],
    ['refreshToken=a=b==; Path=/; HttpOnly; SameSite=Strict; Secure', 'a=b=='],
    [['PHPSESSID=1', 'refreshToken=abc;Max-Age=9'], 'abc'],
    ['refreshToken=; Path=/', null],
    ['refreshToken=abc; Max-Age=0', null],
    ['refreshToken=a b', null],
  ])('%j is %j', (header, expected) => {
    expect(refreshCookieIn(header)).toBe(expected)
  })
})

test('the output holds no ten characters of a secret, and no control character', () => {
  const said: string[] = []
  const voice = createRedactingOutput((line) => said.push(line), true)
  voice.addSecret('correct horse battery')
  voice.addSecret('abcd')
  voice.addSecret('abc')
  voice.debug(
    '"orrect horse batt" in xabcdx, abc; correct%20horse%20battery, correct+horse+battery \u001b[2J\u202e',
  )
  expect(said).toEqual(['"[struck]" in x[struck]x, abc; [struck], [struck]  [2J \n'])
  expect(leakedSecrets(said.join(), ['correct horse battery'])).toEqual([])
})
