import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../../api/core/refusal.ts'
import { anna, createOnboardingFixture, tokenOf } from './fixture.ts'

const refusing = (code: ConstructorParameters<typeof Refusal>[0], about = {}) => ({
  registration: {
    async register() {
      throw new Refusal(code, about)
    },
  },
})
const good = { email: 'usuario@ejemplo.com', password: 'secreto123' }

describe('POST /auth/register', () => {
  test('answers as the document shows it', async () => {
    const { ask, asked } = createOnboardingFixture()
    const res = await ask('POST', '/auth/register', { json: good, headers: { 'X-Real-IP': '192.0.2.1' } })
    expect([res.status, res.body]).toEqual([
      201,
      {
        id: 1,
        email: 'usuario@ejemplo.com',
        sip_extension: '1000',
        is_active: true,
        created_at: '2025-01-15T10:30:00Z',
      },
    ])
    expect(asked).toEqual([{ ...good, address: '192.0.2.1' }])
  })

  test('has is_active false while the extension is being created', async () => {
    const register = async () => ({ user: anna, extension: '1000', isReady: false })
    const { ask } = createOnboardingFixture({ registration: { register } })
    expect((await ask('POST', '/auth/register', { json: good })).body).toMatchObject({ is_active: false })
  })

  test.each([
    ['no address', { password: good.password }, 'email'],
    ['an invalid address', { ...good, email: 'usuario' }, 'email'],
    ['an address with a line break', { ...good, email: 'a@b.example\r\nEvil: x' }, 'email'],
    ['no password', { email: good.email }, 'password'],
    ['a password of 7 characters', { ...good, password: '1234567' }, 'password'],
    ['a number as password', { ...good, password: 12_345_678 }, 'password'],
    ['an object as invitation', { ...good, invitation: {} }, 'invitation'],
  ])('answers %s with the member’s location and without the sent value', async (_, json, member) => {
    const { ask, asked } = createOnboardingFixture()
    const { status, body, text } = await ask('POST', '/auth/register', { json })
    expect([status, asked]).toEqual([422, []])
    expect(body).toEqual({
      detail: [{ loc: ['body', member], msg: expect.any(String), type: expect.any(String) }],
    })
    expect(text).not.toMatch(/secreto|1234567|Evil/)
  })

  test.each([
    ['malformed JSON', '{'],
    ['a list', '[]'],
    ['an empty body', ''],
  ])('answers %s with 422', async (_, body) => {
    const { status, body: answer } = await createOnboardingFixture().ask('POST', '/auth/register', { body })
    expect([status, answer]).toEqual([422, { detail: [expect.objectContaining({ loc: ['body'] })] }])
  })

  test.each([
    ['taken', { detail: 'username' }, 409, 'Email already registered'],
    ['forbidden', { detail: 'registration is closed' }, 403, 'registration is closed'],
    ['throttled', { retryAfter: 7 }, 429, 'Too many attempts, try again later'],
    ['unavailable', { detail: 'no provisioner is set up' }, 503, 'no provisioner is set up'],
    ['internal', { detail: 'at line 7' }, 500, 'Internal Server Error'],
  ] as const)('has a text for the refusal %s', async (code, about, status, detail) => {
    const res = await createOnboardingFixture(refusing(code, about)).ask('POST', '/auth/register', {
      json: good,
    })
    expect([res.status, res.body]).toEqual([status, { detail }])
  })
})

describe('POST /auth/login', () => {
  test('returns a bearer token and no refresh token', async () => {
    const { status, body } = await createOnboardingFixture().ask('POST', '/auth/login', { json: good })
    expect([status, body]).toEqual([200, { access_token: 'a.b.c', token_type: 'bearer', expires_in: 3_600 }])
  })

  test('answers a wrong password with 401 and WWW-Authenticate', async () => {
    const res = await createOnboardingFixture().ask('POST', '/auth/login', {
      json: { ...good, password: 'wrong' },
    })
    expect([res.status, res.body]).toEqual([401, { detail: 'Incorrect email or password' }])
    expect(res.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
  })

  test('answers an empty password with 422', async () => {
    const { status } = await createOnboardingFixture().ask('POST', '/auth/login', {
      json: { ...good, password: '' },
    })
    expect(status).toBe(422)
  })
})

describe('routes with a token', () => {
  const ROUTES = [
    ['GET', '/sip/credentials'],
    ['POST', '/sip/provisioning-links'],
  ] as const

  test.each(ROUTES)('refuse a request without one: %s %s', async (method, path) => {
    const { status, body, headers } = await createOnboardingFixture().ask(method, path)
    expect([status, body]).toEqual([401, { detail: 'Not authenticated' }])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test.each([
    ['nonsense', 'a.b.c'],
    ['an expired token', tokenOf({ claims: { iat: 1, exp: 2 } })],
    ['a refresh token', tokenOf({ header: { typ: 'rt+jwt' } })],
  ])('refuse %s with the same text', async (_, token) => {
    const { status, body, headers } = await createOnboardingFixture().ask('GET', '/sip/credentials', {
      token,
    })
    expect([status, body]).toEqual([401, { detail: 'Could not validate credentials' }])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('GET /sip/credentials answers as the document shows it', async () => {
    const { status, body } = await createOnboardingFixture().ask('GET', '/sip/credentials', {
      token: tokenOf(),
    })
    expect([status, body]).toEqual([
      200,
      {
        username: '1000',
        password: 'aB3dEf6gH9jK',
        domain: 'pbx.tudominio.com',
        port: 5060,
        transport: 'udp',
        display_name: 'usuario',
        auth_username: '1000',
      },
    ])
  })

  test('GET /sip/credentials answers 503 with Retry-After while the extension is being created', async () => {
    const credentials = {
      async read() {
        throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
      },
    }
    const res = await createOnboardingFixture({ credentials }).ask('GET', '/sip/credentials', {
      token: tokenOf(),
    })
    expect([res.status, res.body]).toEqual([503, { detail: 'the extension is being made' }])
    expect(res.headers.get('retry-after')).toBe('5')
  })
})
