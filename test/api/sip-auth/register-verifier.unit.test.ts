import { describe, expect, it } from 'vitest'
import { PhoneSecretsError } from '../../../api/core/auth/phone-passwords.ts'
import { isDigestOf, parameter, type ReceivedRegister, responseTo } from '../../support/fake-registrar.ts'
import { selfSigned } from '../provisioning/self-signed.ts'
import { basic, isFirst, open } from './open-verifier.ts'

describe.each(['udp', 'tcp', 'tls'] as const)('a check over %s', (transport) => {
  const tls = transport === 'tls' ? selfSigned() : undefined
  const options = { transport, ...(tls && { tls, ca: tls.cert }) }

  it('is right with the secret of the phone, and wrong with another', async () => {
    const { matches, registrar } = await open(options)
    expect([await matches('right'), await matches('wrong'), await matches('Right')]).toEqual([
      true,
      false,
      false,
    ])
    expect(registrar.received).toHaveLength(6)
  })

  it('asks for the bindings alone, with random ids, and never sends the secret', async () => {
    const { matches, registrar } = await open(options)
    await Promise.all([matches('right'), matches('right')])
    for (const { text } of registrar.received) {
      expect(text).toMatch(/^REGISTER sip:pbx\.example SIP\/2\.0\r\n/)
      expect(text).toMatch(/^To: <sip:1001@pbx\.example>\r$/m)
      expect(text).not.toMatch(/^(contact|m|expires)\s*:/im)
      expect(text).not.toContain('right')
    }
    const unique = (of: (register: ReceivedRegister) => string, from = registrar.received) =>
      new Set(from.map(of))
    expect(unique(({ branch }) => branch).size).toBe(4)
    expect(unique(({ header }) => header('Call-ID')).size).toBe(2)
    expect(unique((one) => parameter(one, 'cnonce'), registrar.guesses()).size).toBe(2)
    for (const one of registrar.guesses()) expect(parameter(one, 'cnonce')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('cannot decide where no server answers', async () => {
    const { matches, registrar } = await open({ ...options, timeoutMs: 500 })
    await registrar.stop()
    await expect(matches('right')).rejects.toThrow(PhoneSecretsError)
  })

  it('cannot decide while the server is silent, or sends garbage', async () => {
    const { matches, registrar } = await open({ ...options, timeoutMs: 300 })
    registrar.answer = () => {}
    await expect(matches('right')).rejects.toThrow('did not answer')
    registrar.answer = (_, reply) => reply('\0\xff'.repeat(20_000))
    await expect(matches('right')).rejects.toThrow('did not answer')
  })
})

it('refuses a TLS server with a certificate that it does not trust', async () => {
  const { matches, registrar } = await open({ transport: 'tls', tls: selfSigned() })
  await expect(matches('right')).rejects.toThrow(PhoneSecretsError)
  expect(registrar.received).toEqual([])
})

describe('the answer of the server', () => {
  it.each([
    ['500 Server Internal Error'],
    ['503 Service Unavailable'],
    ['302 Moved Temporarily'],
    ['400 Bad Request'],
    ['408 Request Timeout'],
    ['423 Interval Too Brief'],
    ['603 Decline'],
  ])('%s decides nothing, before a challenge and after it', async (status) => {
    const { matches, registrar } = await open({ timeoutMs: 2_000 })
    registrar.answer = (register, reply) => reply(responseTo(register, status))
    await expect(matches('right')).rejects.toThrow(PhoneSecretsError)
    registrar.answer = (register, reply) =>
      reply(isFirst(register) ? responseTo(register, '401 No', [basic('n')]) : responseTo(register, status))
    await expect(matches('right')).rejects.toThrow(PhoneSecretsError)
  })

  it.each([['403 Forbidden'], ['404 Not Found']])(
    '%s is a wrong secret, before and after a challenge',
    async (status) => {
      const { matches, registrar, unexpected } = await open()
      registrar.answer = (register, reply) => reply(responseTo(register, status))
      expect(await matches('right')).toBe(false)
      expect(unexpected).toEqual([{ username: '1001', status: Number(status.slice(0, 3)) }])
      registrar.answer = (register, reply) =>
        reply(isFirst(register) ? responseTo(register, '401 No', [basic('n')]) : responseTo(register, status))
      expect(await matches('right')).toBe(false)
    },
  )

  it('200 without a challenge proves no secret', async () => {
    const { matches, registrar, unexpected } = await open()
    registrar.answer = (register, reply) => reply(responseTo(register, '200 OK'))
    expect(await matches('anything')).toBe(false)
    expect(unexpected).toEqual([{ username: '1001', status: 200 }])
  })

  it('asks for another digest than those that are known', async () => {
    const { matches, registrar } = await open()
    registrar.answer = (register, reply) =>
      reply(responseTo(register, '401 No', [basic('n', ', algorithm=AKAv1-MD5')]))
    await expect(matches('right')).rejects.toThrow('no known digest')
    expect(registrar.guesses()).toEqual([])
  })

  it('401 after credentials is a wrong secret, also without a challenge', async () => {
    const { matches, registrar } = await open()
    registrar.answer = (register, reply) =>
      reply(responseTo(register, '401 No', isFirst(register) ? [basic('n')] : []))
    expect(await matches('right')).toBe(false)
  })
})

describe('the challenges', () => {
  it.each([
    ['MD5 without qop', '', 'md5'],
    ['MD5 with qop', ', qop="auth-int,auth", opaque="o"', 'md5'],
    ['SHA-256', ', algorithm=SHA-256, qop="auth"', 'sha256'],
    ['SHA-512-256', ', algorithm=SHA-512-256, qop="auth"', 'sha512-256'],
  ])('are answered with %s', async (_, more, hash) => {
    const { matches, registrar } = await open()
    registrar.answer = (register, reply) =>
      reply(
        isDigestOf(register, '1001', 'rïght', { hash })
          ? responseTo(register, '200 OK')
          : responseTo(register, '401 No', [basic('n', more)]),
      )
    expect([await matches('rïght'), await matches('right')]).toEqual([true, false])
    expect(parameter(registrar.guesses()[0] as ReceivedRegister, 'opaque')).toBe(
      more.includes('opaque') ? 'o' : '',
    )
  })

  it('are answered by the topmost that is known', async () => {
    const { matches, registrar } = await open()
    const offered = [basic('a', ', algorithm=X'), basic('b', ', algorithm=SHA-256'), basic('c')]
    registrar.answer = (register, reply) =>
      reply(
        isDigestOf(register, '1001', 'right', { hash: 'sha256' }) && parameter(register, 'nonce') === 'b'
          ? responseTo(register, '200 OK')
          : responseTo(register, '401 No', offered),
      )
    expect(await matches('right')).toBe(true)
  })

  it('of a proxy and of the registrar behind it are both answered', async () => {
    const { matches, registrar } = await open()
    const proxy = { field: 'Proxy-Authorization', realm: 'proxy' }
    registrar.answer = (register, reply) => {
      if (!isDigestOf(register, '1001', 'right', proxy))
        return reply(responseTo(register, '407 No', ['Proxy-Authenticate: Digest realm="proxy", nonce="p"']))
      const isRight = isDigestOf(register, '1001', 'right')
      reply(isRight ? responseTo(register, '200 OK') : responseTo(register, '401 No', [basic('n')]))
    }
    expect([await matches('right'), await matches('wrong')]).toEqual([true, false])
  })

  it('with a stale nonce are answered once more, and not for ever', async () => {
    const { matches, registrar } = await open()
    registrar.answer = (register, reply) => {
      const nonce = parameter(register, 'nonce')
      if (nonce === 'fresh' && isDigestOf(register, '1001', 'right'))
        return reply(responseTo(register, '200 OK'))
      reply(responseTo(register, '401 No', [nonce === 'old' ? basic('fresh', ', stale=true') : basic('old')]))
    }
    expect([await matches('right'), await matches('wrong')]).toEqual([true, false])
    registrar.answer = (register, reply) =>
      reply(responseTo(register, '401 No', [basic('n', ', stale=true')]))
    const before = registrar.received.length
    await expect(matches('right')).rejects.toThrow('always stale')
    expect(registrar.received.length - before).toBe(3)
  })

  it('of a new realm each time end after five requests', async () => {
    const { matches, registrar } = await open()
    registrar.answer = (register, reply) =>
      reply(
        responseTo(register, '401 No', [
          `WWW-Authenticate: Digest realm="${registrar.received.length}", nonce="n"`,
        ]),
      )
    expect(await matches('right')).toBe(false)
    expect(registrar.received).toHaveLength(5)
  })
})
