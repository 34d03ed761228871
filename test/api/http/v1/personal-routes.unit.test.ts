import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createFixture, sessionOf, tokenOf } from './personal-fixture.ts'

const ROUTES: readonly [method: string, path: string, json?: object][] = [
  ['GET', '/me'],
  ['PATCH', '/me', { language: 'es' }],
  ['PUT', '/me/password', { current_password: 'old', new_password: 'new password' }],
  ['GET', '/people'],
  ['PUT', '/favourites/1002'],
  ['DELETE', '/favourites/1002'],
  ['GET', '/calls/missed'],
  ['PUT', '/calls/missed/seen', { until: '2026-01-31T12:00:00Z' }],
]
const PWD = `pwd_${'a'.repeat(32)}`

describe.each(ROUTES)('%s %s', (method, path, json) => {
  test.each(['user', 'supervisor', 'admin'] as const)('is open to the role %s', async (role) => {
    const { status } = await createFixture().ask(method, path, { token: tokenOf(role), json })
    expect([200, 204]).toContain(status)
  })

  test('is closed without a token, and with an expired one', async () => {
    const { ask, asked } = createFixture()
    for (const token of [null, tokenOf('user', { exp: 1 })]) {
      const answer = await ask(method, path, { token, json })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
    expect(asked).toEqual([])
  })
})

describe('the own account', () => {
  test('is shown without its password', async () => {
    const { body, text } = await createFixture().ask('GET', '/me')
    expect(body).toEqual({
      ...{ id: '7', username: 'anna', display_name: 'anna', role: 'user', extension: '1001' },
      ...{ email: 'anna@example.org', language: null, agent: { id: '4', team: 'sales' } },
      ...{ password_authority: 'local', created_at: '2023-11-14T22:13:20.000Z' },
    })
    expect(text).not.toContain('hash')
  })

  test.each([
    [{ language: 'ru' }, { language: 'ru' }],
    [{ language: null }, { language: null }],
    [{ display_name: '  Ana García ' }, { displayName: 'Ana García' }],
    [
      { display_name: null, language: 'en' },
      { displayName: null, language: 'en' },
    ],
    [{}, {}],
  ])('changes by %j', async (json, change) => {
    const { ask, asked } = createFixture()
    expect((await ask('PATCH', '/me', { json })).status).toBe(200)
    expect(asked).toEqual([['update', '7', change]])
  })

  test.each([
    [{ language: 'de' }],
    [{ display_name: '' }],
    [{ display_name: ' \u200b' }],
    [{ display_name: '+49 30 110' }],
    [{ display_name: 'two\nlines' }],
    [{ display_name: 'x'.repeat(129) }],
    [{ role: 'admin' }],
    [{ username: 'root' }],
    [['not', 'this']],
  ])('refuses %j', async (json) => {
    const { ask, asked } = createFixture()
    expect(await ask('PATCH', '/me', { json })).toMatchObject({
      status: 400,
      body: { code: 'input_invalid' },
    })
    expect(asked).toEqual([])
  })
})

describe('the own password', () => {
  const json = { current_password: 'old password', new_password: 'new password' }

  test('changes for the session of the request', async () => {
    const { ask, asked } = createFixture()
    const token = tokenOf('user')
    expect((await ask('PUT', '/me/password', { token, json })).status).toBe(204)
    const change = { current: 'old password', next: 'new password', address: '192.0.2.7' }
    expect(asked).toEqual([['password', sessionOf(token), change]])
  })

  test.each([
    [new Refusal('credentials_wrong'), 403, 'credentials_wrong'],
    [new Refusal('throttled', { retryAfter: 60 }), 429, 'throttled'],
  ])('answers %j, and never as if the token were invalid', async (refusal, status, code) => {
    const { ask } = createFixture(refusal)
    expect(await ask('PUT', '/me/password', { json })).toMatchObject({ status, body: { code } })
  })

  test.each([
    [{ ...json, new_password: '1234567' }],
    [{ ...json, current_password: '' }],
    [{ new_password: 'new password' }],
  ])('refuses %j', async (body) => {
    const { ask, asked } = createFixture()
    const answer = await ask('PUT', '/me/password', { json: body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
    expect(answer.text).not.toContain('1234567')
    expect(asked).toEqual([])
  })
})

describe('a password reset', () => {
  test('is requested and confirmed without a token', async () => {
    const { ask, asked } = createFixture()
    const request = await ask('POST', '/password-resets', {
      token: null,
      json: { email: 'anna@example.org' },
    })
    expect([request.status, request.text]).toEqual([202, ''])
    const confirm = { token: PWD, new_password: 'new password' }
    expect((await ask('POST', '/password-resets/confirm', { token: null, json: confirm })).status).toBe(204)
    expect(asked).toEqual([
      ['reset', 'anna@example.org', '192.0.2.7'],
      ['confirm', PWD, 'new password', '192.0.2.7'],
    ])
  })

  test.each([
    ['/password-resets', { email: 'no address' }],
    ['/password-resets', {}],
    ['/password-resets/confirm', { token: 'pwd_short', new_password: 'new password' }],
    ['/password-resets/confirm', { token: PWD, new_password: 'short' }],
  ])('%s refuses %j', async (path, json) => {
    const { ask, asked } = createFixture()
    expect(await ask('POST', path, { token: null, json })).toMatchObject({ status: 400 })
    expect(asked).toEqual([])
  })

  test.each([
    ['/password-resets', { email: 'anna@example.org' }, new Refusal('not_supported'), 501],
    ['/password-resets', { email: 'anna@example.org' }, new Refusal('throttled', { retryAfter: 1 }), 429],
    ['/password-resets/confirm', { token: PWD, new_password: 'new password' }, new Refusal('not_found'), 404],
  ])('%s answers a refusal of the core', async (path, json, refusal, status) => {
    const answer = await createFixture(refusal).ask('POST', path, { token: null, json })
    expect(answer).toMatchObject({ status, body: { code: refusal.code } })
  })
})

describe('people', () => {
  test('come in pages with a total, and a cursor that names the last one', async () => {
    const { ask, asked } = createFixture()
    const { body } = await ask('GET', '/people?q=bor&limit=1')
    expect(body).toEqual({
      people: [
        {
          ...{ user_id: '8', extension: '1002', display_name: 'Boris Ivanov', username: 'boris' },
          favourite: true,
        },
      ],
      next_cursor: expect.stringMatching(/^[\w-]+$/),
      total: 3,
    })
    await ask('GET', `/people?cursor=${body?.next_cursor}`)
    const after = { isFavourite: true, name: 'boris: ivanov', userId: '8' }
    expect(asked).toEqual([
      ['people', '7', 'bor', { limit: 1 }],
      ['people', '7', '', { limit: 100, after }],
    ])
  })

  test.each(['/people?limit=0', '/people?limit=501', '/people?cursor=abc', `/people?q=${'x'.repeat(101)}`])(
    '%s is refused',
    async (path) => {
      expect(await createFixture().ask('GET', path)).toMatchObject({ status: 400 })
    },
  )

  test.each([
    ['PUT', '/favourites/1002', ['favourite', '7', '1002'], 204],
    ['DELETE', '/favourites/1002', ['no favourite', '7', '1002'], 204],
  ])('%s %s', async (method, path, expected, status) => {
    const { ask, asked } = createFixture()
    expect((await ask(method, path)).status).toBe(status)
    expect(asked).toEqual([expected])
    expect((await ask(method, '/favourites/anna')).status).toBe(400)
  })

  test.each([
    ['not_found', 404],
    ['conflict', 409],
  ] as const)('a favourite that is refused as %s', async (code, status) => {
    expect(await createFixture(new Refusal(code)).ask('PUT', '/favourites/1009')).toMatchObject({ status })
  })
})

describe('missed calls', () => {
  test('are counted', async () => {
    const { body } = await createFixture().ask('GET', '/calls/missed')
    expect(body).toEqual({ count: 2, since: '2025-06-16T18:52:20.000Z', seen_until: null })
  })

  test.each([
    ['2026-01-31T12:00:00.999Z', 1_769_860_800],
    ['2026-01-31T13:00:00+01:00', 1_769_860_800],
  ])('are marked as seen until %s', async (until, seconds) => {
    const { ask, asked } = createFixture()
    expect((await ask('PUT', '/calls/missed/seen', { json: { until } })).status).toBe(204)
    expect(asked).toEqual([['seen', '7', seconds]])
  })

  test.each([[{}], [{ until: 'today' }], [{ until: 1_769_860_800 }]])('refuse the mark %j', async (json) => {
    expect(await createFixture().ask('PUT', '/calls/missed/seen', { json })).toMatchObject({ status: 400 })
  })
})
