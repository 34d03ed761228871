import { validate } from '@apidevtools/swagger-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdminSurface, createAdminSurface, TOKENS } from './admin-fixture.ts'

/** Every route for administrators, with a request that is valid in shape. */
const ROUTES: readonly [method: string, path: string, body?: object][] = [
  ['GET', '/users'],
  ['POST', '/users', { username: 'clara' }],
  ['GET', '/users/{userId}'],
  ['PATCH', '/users/{userId}', { role: 'admin' }],
  ['PUT', '/users/{userId}/password', { password: 'correct horse' }],
  ['PUT', '/users/{userId}/password-authority', { authority: 'phone' }],
  ['DELETE', '/users/{userId}'],
  ['DELETE', '/users/{userId}/second-factors'],
  ['GET', '/users/{userId}/sessions'],
  ['DELETE', '/users/{userId}/sessions'],
  ['DELETE', '/users/{userId}/sessions/{sessionId}'],
  ['GET', '/account-imports'],
  ['POST', '/account-imports'],
  ['GET', '/account-imports/{id}'],
  ['GET', '/account-imports/{id}/items'],
  ['POST', '/account-imports/{id}/apply'],
  ['GET', '/invitations'],
  ['POST', '/invitations', { deliver: 'link' }],
  ['POST', '/invitations/{invitationId}/resend', {}],
  ['DELETE', '/invitations/{invitationId}'],
  ['GET', '/do-not-call'],
  ['POST', '/do-not-call', { number: '+493012345' }],
  ['DELETE', '/do-not-call/{number}'],
  ['GET', '/provisioning/jobs'],
  ['POST', '/provisioning/jobs/{jobId}/retry'],
  ['GET', '/security-log'],
  ['GET', '/service-tokens'],
  ['POST', '/service-tokens', { name: 'CRM', scopes: ['calls:read'] }],
  ['GET', '/service-tokens/{tokenId}'],
  ['DELETE', '/service-tokens/{tokenId}'],
  ['GET', '/system'],
  ['GET', '/system/dial-policy'],
  ['GET', '/system/keys'],
  ['GET', '/webhooks'],
  ['POST', '/webhooks', { url: 'https://crm.example.org/', events: ['call.ended'] }],
  ['GET', '/webhooks/{webhookId}'],
  ['PUT', '/webhooks/{webhookId}', { url: 'https://crm.example.org/', events: ['call.ended'] }],
  ['DELETE', '/webhooks/{webhookId}'],
  ['POST', '/webhooks/{webhookId}/rotate-secret', {}],
  ['POST', '/webhooks/{webhookId}/test'],
  ['GET', '/webhooks/{webhookId}/deliveries'],
  ['POST', '/webhooks/{webhookId}/deliveries/{messageId}/replay'],
  ['POST', '/webhooks/{webhookId}/replay', { since: '2026-01-31T12:00:00Z' }],
]
const EXAMPLES = {
  userId: '3',
  id: '1',
  sessionId: 'Cr7MW2QlixZw-sBJDEs4Aw',
  invitationId: 'abc',
  number: '030',
  jobId: '1004',
  webhookId: '1',
  messageId: `msg_${'A'.repeat(32)}`,
  tokenId: '0123456789abcdef',
}
const fill = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_, name) => EXAMPLES[name as keyof typeof EXAMPLES])

let surface: AdminSurface
beforeAll(async () => {
  surface = await createAdminSurface()
})
afterAll(() => surface.close())

describe.each(ROUTES)('%s %s', (method, path, body) => {
  test.each([
    ['a user', TOKENS.user, 403, 'forbidden'],
    ['a supervisor', TOKENS.supervisor, 403, 'forbidden'],
    ['a client without a token', undefined, 401, 'token_missing'],
    ['a client with a text as a token', 'x.y.z', 401, 'token_invalid'],
  ])('refuses %s', async (_, token, status, code) => {
    const reply = await surface.ask(method, fill(path), body, { token })
    expect(reply).toMatchObject({ status, body: { status, code } })
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    expect(await surface.users.find('3')).toMatchObject({ role: 'user', disabled: false })
  })
})

test('the document is valid, and its routes for administrators are those above', async () => {
  const { body } = await surface.ask('GET', '/openapi.json')
  const document = await validate(structuredClone(body))
  const admin = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).flatMap(([method, operation]) =>
      (operation as { summary: string }).summary.endsWith('(admin)')
        ? [`${method.toUpperCase()} ${path}`]
        : [],
    ),
  )
  expect(admin.sort()).toEqual(ROUTES.map(([method, path]) => `${method} ${path}`).sort())
})
