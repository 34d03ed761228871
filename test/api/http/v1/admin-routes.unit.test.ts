import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashToken } from '../../../../api/core/registration/invitations.ts'
import { createEmailInvitationStore } from '../../../../api/store/sql/registration/email-invitations.ts'
import { newReservation } from '../../../support/fixtures/reservations.ts'
import { type AdminSurface, createAdminSurface, nowS, type Reply } from './admin-fixture.ts'

let surface: AdminSurface
beforeEach(async () => {
  surface = await createAdminSurface()
})
afterEach(() => surface.close())
const ask = (...request: Parameters<AdminSurface['ask']>): Promise<Reply> => surface.ask(...request)
const lastEvent = async () => (await ask('GET', '/security-log')).body.events[0]
const tokenIn = (link: string) => new URL(link).searchParams.get('invitation') ?? ''

describe('invitations', () => {
  test('a link is shown once, and makes an account with its role and extension', async () => {
    const json = { email: 'c@example.org', role: 'supervisor', extension: '1004', deliver: 'link' }
    const made = await ask('POST', '/invitations', json)
    expect(made).toMatchObject({
      status: 201,
      body: {
        email: 'c@example.org',
        role: 'supervisor',
        extension: '1004',
        state: 'pending',
        created_by: '1',
      },
    })
    const token = tokenIn(made.body.link)
    const list = await ask('GET', '/invitations')
    expect(list.body).toMatchObject({ invitations: [{ id: made.body.id }], total: 1, next_cursor: null })
    expect(JSON.stringify(list.body)).not.toContain(token)
    expect(JSON.stringify(await lastEvent())).not.toContain(token)
    const account = { username: 'clara', email: 'c@example.org', name: 'Clara', passwordHash: 'x' }
    const user = await createEmailInvitationStore(surface.db).accept(hashToken(token), account, nowS)
    expect(user).toMatchObject({ role: 'supervisor', extension: '1004' })
    expect((await ask('GET', '/invitations?state=accepted')).body.invitations[0]).toMatchObject({
      ...{ id: made.body.id, state: 'accepted', accepted_at: new Date(nowS * 1000).toISOString() },
    })
  })

  test('one by mail is queued, shows no link, and is logged', async () => {
    const made = await ask('POST', '/invitations', { email: 'c@example.org' })
    expect(made).toMatchObject({ status: 201, body: { link: null, role: 'user' } })
    const mails = await surface.db.query.selectFrom('mail_queue').selectAll().execute()
    expect(mails).toMatchObject([{ kind: 'invitation', recipient: 'c@example.org' }])
    expect(await lastEvent()).toMatchObject({
      event: 'invitation_created',
      detail: { target: 'c@example.org' },
    })
  })

  test('one that is sent again has another link, and its days begin again', async () => {
    const made = await ask('POST', '/invitations', { days: 1, deliver: 'link' })
    surface.time.s += 2 * 86_400
    expect((await ask('GET', '/invitations?state=expired')).body.total).toBe(1)
    const again = await ask('POST', `/invitations/${made.body.id}/resend`, {})
    expect(again).toMatchObject({ status: 200, body: { id: made.body.id, state: 'pending' } })
    expect(again.body.link).not.toBe(made.body.link)
    const store = createEmailInvitationStore(surface.db)
    expect(await store.find(hashToken(tokenIn(made.body.link)), surface.time.s)).toBeUndefined()
    expect(await store.find(hashToken(tokenIn(again.body.link)), surface.time.s)).toBeDefined()
    expect(await lastEvent()).toMatchObject({ event: 'invitation_sent_again' })
  })

  test('one that is cancelled is gone', async () => {
    const { body } = await ask('POST', '/invitations', { deliver: 'link' })
    expect((await ask('DELETE', `/invitations/${body.id}`)).status).toBe(204)
    expect((await ask('DELETE', `/invitations/${body.id}`)).status).toBe(404)
    expect((await ask('POST', `/invitations/${body.id}/resend`, {})).status).toBe(404)
    expect(await lastEvent()).toMatchObject({ event: 'invitation_cancelled', actor_id: '1' })
  })

  test.each([
    ['a mail without an address', { deliver: 'mail' }, 400, /address/],
    ['an extension of a user', { deliver: 'link', extension: '1001' }, 409, /^extension: /],
    ['an emergency number', { deliver: 'link', extension: '112' }, 400, /emergency/],
    ['the username of a user as address', { deliver: 'link', email: 'anna' }, 400, /email/],
    ['half a day', { deliver: 'link', days: 0.5 }, 400, /days/],
    ['an unknown member', { deliver: 'link', admin: true }, 400, /admin/],
  ])('refuses %s', async (_, json, status, detail) => {
    const reply = await ask('POST', '/invitations', json)
    expect(reply).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect((await ask('GET', '/invitations')).body.total).toBe(0)
  })

  test('are not mailed where no mail is sent', async () => {
    const other = await createAdminSurface({ hasMail: false })
    const reply = await other.ask('POST', '/invitations', { email: 'c@example.org' })
    expect(reply).toMatchObject({ status: 501, body: { code: 'not_supported' } })
    await other.close()
  })
})

describe('do-not-call', () => {
  test('a number is added once, found in any spelling, and removed', async () => {
    const added = await ask('POST', '/do-not-call', { number: '030 / 123 45 67', note: 'asked us' })
    expect(added).toMatchObject({ status: 201, body: { number: '+49301234567', note: 'asked us' } })
    const again = await ask('POST', '/do-not-call', { number: '+49 30 1234567', note: 'another' })
    expect(again).toMatchObject({ status: 200, body: { number: '+49301234567', note: 'asked us' } })
    for (const q of ['030 123', '%2B4930', '4567', 'ASKED'])
      expect((await ask('GET', `/do-not-call?q=${q}`)).body).toMatchObject({ total: 1 })
    expect((await ask('GET', '/do-not-call?q=0999')).body).toMatchObject({ numbers: [], total: 0 })
    expect((await ask('DELETE', '/do-not-call/0301234567')).status).toBe(204)
    expect((await ask('DELETE', '/do-not-call/%2B49301234567')).status).toBe(404)
    expect(await lastEvent()).toMatchObject({
      event: 'do_not_call_removed',
      detail: { target: '+49301234567' },
    })
  })

  test('pages by number', async () => {
    for (const number of ['+49301', '+49302', '+49303']) await ask('POST', '/do-not-call', { number })
    const first = await ask('GET', '/do-not-call?limit=2')
    const second = await ask('GET', `/do-not-call?limit=2&cursor=${first.body.next_cursor}`)
    expect(second.body).toMatchObject({ numbers: [{ number: '+49303' }], total: 3, next_cursor: null })
  })

  test.each([
    ['an emergency number', { number: '112' }, /emergency/],
    ['a word', { number: 'hello' }, /no number/],
    ['a note of two lines', { number: '030123456', note: 'a\nb' }, /note/],
  ])('refuses %s', async (_, json, detail) => {
    const reply = await ask('POST', '/do-not-call', json)
    expect(reply).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } })
    expect((await ask('GET', '/do-not-call')).body.total).toBe(0)
  })
})

describe('provisioning', () => {
  async function setUp() {
    const reserve = async (email: string) =>
      (await surface.extensions.reserve(newReservation(email))).extension
    const [failing, stuck, external] = [
      await reserve('c@example.org'),
      await reserve('d@example.org'),
      await reserve('e@example.org'),
    ]
    const error = 'the PBX says no to Authorization: Bearer hunter2hunter2hunter2'
    await surface.extensions.update(failing, { attempts: 3, nextTryAt: nowS + 300, lastError: error })
    await surface.extensions.update(stuck, { nextTryAt: nowS - 3_600 })
    await surface.extensions.update(external, { state: 'external', userId: null })
  }

  test('what fails, is stuck or exists already is listed with its person, and without secrets', async () => {
    await setUp()
    const { body } = await ask('GET', '/provisioning/jobs')
    expect(body).toMatchObject({
      jobs: [
        { id: '2000', action: 'create', state: 'failing', username: 'c@example.org', attempts: 3 },
        { id: '2001', state: 'stuck', username: 'd@example.org' },
        { id: '2002', action: 'none', state: 'external', user_id: null, next_try_at: null },
      ],
      total: 3,
    })
    expect(JSON.stringify(body)).not.toMatch(/hunter2|sealed/)
    expect((await ask('GET', '/provisioning/jobs?state=stuck')).body).toMatchObject({
      jobs: [{ id: '2001' }],
      total: 1,
    })
    const first = await ask('GET', '/provisioning/jobs?limit=2')
    const second = await ask('GET', `/provisioning/jobs?limit=2&cursor=${first.body.next_cursor}`)
    expect(second.body).toMatchObject({ jobs: [{ id: '2002' }], next_cursor: null })
  })

  test('is tried again on demand', async () => {
    await setUp()
    expect((await ask('POST', '/provisioning/jobs/2000/retry')).status).toBe(202)
    expect((await surface.extensions.find('2000'))?.nextTryAt).toBe(nowS)
    expect(await lastEvent()).toMatchObject({ event: 'provisioning_retried', detail: { target: '2000' } })
    expect((await ask('POST', '/provisioning/jobs/2002/retry')).status).toBe(409)
    expect((await ask('POST', '/provisioning/jobs/2999/retry')).status).toBe(404)
  })
})

describe('the security log', () => {
  test('is filtered, searched and paged', async () => {
    surface.recorder.write({ event: 'authn_login_fail', username: '<script>', address: '192.0.2.1' })
    await ask('PATCH', '/users/3', { role: 'supervisor' })
    await ask('PATCH', '/users/2', { role: 'user' })
    expect((await ask('GET', '/security-log?event=authn_login_fail')).body).toMatchObject({
      events: [{ detail: { username: '<script>' }, user_id: null, address: '192.0.2.1' }],
      total: 1,
    })
    expect((await ask('GET', '/security-log?user_id=2')).body.total).toBe(1)
    expect((await ask('GET', '/security-log?q=ROOT')).body.total).toBe(2)
    expect((await ask('GET', `/security-log?to=${new Date(nowS * 1000).toISOString()}`)).body.total).toBe(0)
    const first = await ask('GET', '/security-log?limit=2')
    const second = await ask('GET', `/security-log?limit=2&cursor=${first.body.next_cursor}`)
    expect([first.body.total, second.body.events.length]).toEqual([3, 1])
  })

  test.each(['?event=eat', '?from=yesterday', '?cursor=W10', '?user_id=x'])('refuses %s', async (query) => {
    expect((await ask('GET', `/security-log${query}`)).status).toBe(400)
  })
})

test('the system is described in words, its policy with the defaults, its keys without secrets', async () => {
  const iso = new Date(nowS * 1000).toISOString()
  expect((await ask('GET', '/system')).body).toEqual({
    components: [{ name: 'pbx', state: 'down', detail: 'The PBX does not answer.', since: iso }],
    version: '1.2.3',
    started_at: iso,
  })
  expect((await ask('GET', '/system/dial-policy')).body).toMatchObject({
    country: 'DE',
    emergency: expect.arrayContaining(['110', '112']),
    limits: { per_minute: 10, per_day: 500, concurrent: 3 },
  })
  expect((await ask('GET', '/system/keys')).body).toEqual({
    keys: [{ id: 'hs256-a', algorithm: 'HS256', created_at: iso, state: 'signing' }],
  })
})
