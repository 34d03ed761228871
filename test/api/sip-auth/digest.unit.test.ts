import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DigestChallenge, parseDigestChallenge } from '../../../api/sip-auth/digest-challenge.ts'
import { digestResponse, formatCredentials } from '../../../api/sip-auth/digest-credentials.ts'

function challenge(value: string): DigestChallenge {
  const parsed = parseDigestChallenge(value)
  if (parsed === undefined) throw new Error(`not parsed: ${value}`)
  return parsed
}

const get = (cnonce: string) => ({ method: 'GET', uri: '/dir/index.html', cnonce })

describe('the digest', () => {
  const RFC_7616 =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'
  const RFC_2617 = 'realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  it.each([
    [
      'RFC 2617 §3.5',
      `${RFC_2617}, qop="auth,auth-int"`,
      'Circle Of Life',
      '0a4f113b',
      '6629fae49393a05397450978507c4ef1',
    ],
    ['RFC 2069 §2.4, errata 749', RFC_2617, 'CircleOfLife', '', '1949323746fe6a43ef61f9606e7febea'],
    [
      'RFC 7616 §3.9.1, MD5',
      `${RFC_7616}, algorithm=MD5`,
      'Circle of Life',
      cnonce,
      '8ca523f5e9506fed4657c9700eebdbec',
    ],
    [
      'RFC 7616 §3.9.1, SHA-256',
      `${RFC_7616}, algorithm=SHA-256`,
      'Circle of Life',
      cnonce,
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ],
  ])('is that of %s', (_, parameters, password, clientNonce, expected) => {
    const secret = { username: 'Mufasa', password }
    expect(digestResponse(challenge(`Digest ${parameters}`), secret, get(clientNonce))).toBe(expected)
  })

  it('repeats what the server sent, and shows no secret', () => {
    const line = formatCredentials(
      challenge('Digest realm="r", nonce="n", opaque="o", algorithm=md5, qop="auth"'),
      { username: '1001', password: 'topsecret' },
      { method: 'REGISTER', uri: 'sip:pbx', cnonce: 'c' },
    )
    expect(line).toMatch(
      /^Digest username="1001", realm="r", nonce="n", uri="sip:pbx", response="[0-9a-f]{32}", algorithm=md5, opaque="o", qop=auth, cnonce="c", nc=00000001$/,
    )
  })
})

describe('a challenge', () => {
  it.each([
    ['another scheme', 'Basic realm="r"'],
    ['no nonce', 'Digest realm="r"'],
    ['an empty nonce', 'Digest realm="r", nonce=""'],
    ['no realm', 'Digest nonce="n"'],
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=SHA-1'],
    ['a session algorithm', 'Digest realm="r", nonce="n", algorithm=MD5-sess'],
    ['no known qop', 'Digest realm="r", nonce="n", qop="auth-int"'],
    ['a parameter that stands twice', 'Digest realm="r", nonce="n", Realm="s"'],
    ['a line break', 'Digest realm="r\r\nContact: <sip:evil>", nonce="n"'],
    ['an open quote', 'Digest realm="r", nonce="n'],
    ['a very long nonce', `Digest realm="r", nonce="${'n'.repeat(2_000)}"`],
  ])('is not supported with %s', (_, value) => {
    expect(parseDigestChallenge(value)).toBeUndefined()
  })

  it('is read in any case, with any blanks', () => {
    expect(
      challenge('DIGEST\tREALM = "a, b" ,nonce="n",STALE=TRUE, qop=auth,algorithm="sha-256",x=y'),
    ).toEqual({
      realm: 'a, b',
      nonce: 'n',
      opaque: undefined,
      algorithm: 'sha-256',
      hash: 'sha256',
      qop: 'auth',
      isStale: true,
    })
  })

  it('is read back whatever its quoted texts hold', () => {
    const quoted = fc
      .string({
        unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: 60,
      })
      .map((text) => text.replace(/["\\]/g, '\\$&'))
    fc.assert(
      fc.property(quoted, quoted, quoted, (realm, nonce, opaque) => {
        const parsed = parseDigestChallenge(`Digest opaque="${opaque}", nonce="n${nonce}", realm="${realm}"`)
        expect(parsed).toMatchObject({ realm, nonce: `n${nonce}`, opaque })
      }),
    )
  })

  it('never throws, and never takes long', () => {
    const parts = fc.constantFrom(
      'realm="r"',
      'nonce="n"',
      ',',
      ' ',
      '"',
      '\\',
      '=',
      'qop=auth',
      'x',
      '\u00e9',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 200 }), (all) => {
        parseDigestChallenge(`Digest ${all.join('')}`)
      }),
    )
  })
})
