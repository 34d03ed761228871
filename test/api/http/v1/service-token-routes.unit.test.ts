import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../../../contract/service-token.ts'
import { type AdminSurface, createAdminSurface, nowS } from './admin-fixture.ts'

let surface: AdminSurface
beforeAll(async () => {
  surface = await createAdminSurface()
})
afterAll(() => surface.close())

async function create(scopes: readonly Scope[], more: object = {}) {
  const { status, body } = await surface.ask('POST', '/service-tokens', { name: 'CRM', scopes, ...more })
  expect(status).toBe(201)
  return body as { id: string; token: string } // the documented shape
}
const from = (address: string) => ({ 'X-Real-IP': address })

describe('an administrator', () => {
  test('makes a token, which is shown once; lists, finds and revokes it', async () => {
    const made = await create(['users:read'], { networks: ['192.0.2.0/24'], expires_in_days: 30 })
    const { token: text, ...shown } = made
    expect(shown).toMatchObject({
      name: 'CRM',
      scopes: ['users:read'],
      networks: ['192.0.2.0/24'],
      state: 'active',
      created_by: '1',
      last_used_at: null,
      expires_at: new Date((nowS + 30 * 86_400) * 1_000).toISOString(),
    })
    const { body: list } = await surface.ask('GET', '/service-tokens')
    expect(list).toEqual({ service_tokens: [shown], next_cursor: null, total: 1 })
    expect(
      JSON.stringify(await surface.db.query.selectFrom('service_tokens').selectAll().execute()),
    ).not.toContain(text.slice(20))
    const used = await surface.ask('GET', '/users', undefined, { token: text, headers: from('192.0.2.9') })
    expect(used.status).toBe(200)
    const { body: found } = await surface.ask('GET', `/service-tokens/${made.id}`)
    expect(found).toMatchObject({ last_used_at: new Date(nowS * 1_000).toISOString() })

    const elsewhere = await surface.ask('GET', '/users', undefined, {
      token: text,
      headers: from('192.0.3.9'),
    })
    expect(elsewhere).toMatchObject({ status: 403, body: { code: 'forbidden' } })

    expect((await surface.ask('DELETE', `/service-tokens/${made.id}`)).status).toBe(204)
    expect((await surface.ask('DELETE', `/service-tokens/${made.id}`)).status).toBe(204)
    const after = await surface.ask('GET', '/users', undefined, { token: text, headers: from('192.0.2.9') })
    expect(after).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
    expect((await surface.ask('GET', `/service-tokens/${made.id}`)).body.state).toBe('revoked')
    const { body: log } = await surface.ask('GET', '/security-log')
    const events = log.events.map(({ event, actor_id, address }: Record<string, string>) => [
      event,
      actor_id,
      address,
    ])
    expect(events).toEqual([
      ['service_token_revoked', '1', 'unknown'],
      ['service_token_refused', `service:${made.id}`, '192.0.3.9'],
      ['service_token_created', '1', 'unknown'],
    ])
  })

  test.each([
    ['no scope', { name: 'x', scopes: [] }],
    ['an unknown scope', { name: 'x', scopes: ['everything'] }],
    ['a network that is none', { name: 'x', scopes: ['calls:read'], networks: ['10.0.0.0/33'] }],
    ['a network with a zone', { name: 'x', scopes: ['calls:read'], networks: ['fe80::1%eth0'] }],
    ['a name of several lines', { name: 'a\nb', scopes: ['calls:read'] }],
    ['a name with a line separator', { name: 'a\u2028b', scopes: ['calls:read'] }],
    ['no name', { name: ' ', scopes: ['calls:read'] }],
    ['401 days', { name: 'x', scopes: ['calls:read'], expires_in_days: 401 }],
    ['half a day', { name: 'x', scopes: ['calls:read'], expires_in_days: 0.5 }],
    ['another member', { name: 'x', scopes: ['calls:read'], role: 'admin' }],
  ])('makes none with %s', async (_, body) => {
    expect(await surface.ask('POST', '/service-tokens', body)).toMatchObject({ status: 400 })
  })

  test.each(['0123456789abcdef', 'nothing', '%00'])('finds none with the id %s', async (id) => {
    for (const method of ['GET', 'DELETE'])
      expect([400, 404]).toContain((await surface.ask(method, `/service-tokens/${id}`)).status)
  })
})

describe('a program that may write users', () => {
  const as = (token: string) => (method: string, path: string, json?: unknown) =>
    surface.ask(method, path, json, { token })

  test('makes, changes and deletes users of the role user', async () => {
    const ask = as((await create(['users:read', 'users:write'])).token)
    const { status, body: made } = await ask('POST', '/users', { username: 'made-by-crm' })
    expect(status).toBe(201)
    expect((await ask('PATCH', `/users/${made.id}`, { display_name: 'New' })).body.display_name).toBe('New')
    expect((await ask('PUT', `/users/${made.id}/password`, { password: 'correct horse' })).status).toBe(204)
    expect((await ask('DELETE', `/users/${made.id}`)).status).toBe(204)
  })

  test('can neither make nor change administrators and supervisors, nor raise a user', async () => {
    const ask = as((await create(['users:read', 'users:write'])).token)
    const before = (await surface.ask('GET', '/users')).body
    const attempts: [string, string, object?][] = [
      ['POST', '/users', { username: 'evil', role: 'admin' }],
      ['POST', '/users', { username: 'evil', role: 'supervisor' }],
      ['POST', '/users', { username: 'evil', role: 'admin', create_extension: true }],
      ['PATCH', '/users/3', { role: 'admin' }],
      ['PATCH', '/users/3', { role: 'supervisor' }],
      ...['1', '2'].flatMap((id): [string, string, object?][] => [
        ['PATCH', `/users/${id}`, { email: 'evil@example.org' }],
        ['PATCH', `/users/${id}`, { role: 'user' }],
        ['PATCH', `/users/${id}`, { disabled: true }],
        ['PUT', `/users/${id}/password`, { password: 'correct horse' }],
        ['DELETE', `/users/${id}`],
      ]),
    ]
    for (const [method, path, json] of attempts)
      expect(await ask(method, path, json), `${method} ${path}`).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
    expect((await surface.ask('GET', '/users')).body).toEqual(before)
  })

  test('changes no user who became an administrator after the check, and nothing after its revocation', async () => {
    const { id, token } = await create(['users:write'])
    const by = { actorId: `service:${id}` }
    await surface.users.update('3', { role: 'admin' }, nowS)
    await expect(surface.users.setPassword('3', 'hash', nowS, by)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(surface.users.update('3', { disabled: true }, nowS, by)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(surface.users.remove('3', nowS, by)).rejects.toMatchObject({ code: 'forbidden' })
    await surface.users.update('3', { role: 'user' }, nowS)
    await surface.ask('DELETE', `/service-tokens/${id}`)
    await expect(surface.users.setPassword('3', 'hash', nowS, by)).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect((await as(token)('PUT', '/users/3/password', { password: 'correct horse' })).status).toBe(401)
  })

  test('opens no route of service tokens with all scopes', async () => {
    const ask = as((await create(['users:read', 'users:write', 'calls:dial', 'metrics:read'])).token)
    expect((await ask('GET', '/service-tokens')).status).toBe(403)
    expect((await ask('POST', '/service-tokens', { name: 'x', scopes: ['calls:dial'] })).status).toBe(403)
  })
})
