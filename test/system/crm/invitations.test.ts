import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { type CallCenterUserName, loginCallCenterUser } from '../../support/call-center.ts'
import { requestJson } from '../../support/http-client.ts'
import { type SecondNode, startSecondNode } from '../../support/second-node.ts'
import { type MailFixture, PASSWORD, startMailFixture } from './mail-fixture.ts'

let fixture: MailFixture
beforeAll(async () => {
  fixture = await startMailFixture()
})
afterAll(() => fixture?.stop())

const invite = async (
  by: CallCenterUserName,
  json: Record<string, unknown>,
  node: Pick<SecondNode, 'url' | 'base'> = fixture.stack,
) => (await loginCallCenterUser(node, by)).request('/auth/invite', { json })
const accept = (token: string, username: string, more = {}) =>
  fixture.post('register-invitation', { token, username, password: PASSWORD, ...more })
const details = (token: string) => fixture.post('invitation-details', { token })
const UNUSABLE = { status: 404, body: { message: 'Invalid or expired invitation' } }
const teamOf = async (username: string) =>
  (await fixture.db.query
    .selectFrom('agents')
    .innerJoin('users', 'users.id', 'agents.user_id')
    .select(['agents.team', 'agents.name', 'users.email'])
    .where('username', '=', username)
    .executeTakeFirst()) ?? {}

describe('an invitation', () => {
  test('becomes an account of a supervisor, who is logged in', async () => {
    const invited = await invite('root', {
      email: 'Sigrid@example.com',
      role: 'supervisor',
      team: 'sales',
      days: 3,
    })
    expect(invited).toMatchObject({
      status: 201,
      body: { email: 'Sigrid@example.com', role: 'supervisor', team: 'sales' },
    })
    const token = await fixture.waitForCode('Sigrid@example.com')
    expect(JSON.stringify(invited.body)).not.toContain('inv_')
    expect((await fixture.waitForMail('Sigrid@example.com')).text).toMatch(
      /^root invites you to join as supervisor of the team sales\.\n[\s\S]*https:\/\/app\.example\.org\/crm\/register\?invitation=inv_/,
    )
    const summary = await details(token)
    expect(summary).toMatchObject({
      status: 200,
      body: {
        ...{ email: 'sigrid@example.com', role: 'supervisor', team: 'sales' },
        ...{ invitedBy: 'root', invited_by_username: 'root', valid: true },
      },
    })
    expect(summary.body.expiresAt).toBe(invited.body.expiresAt)

    const { status, body } = await accept(token, 'sigrid', {
      firstName: 'Sigrid',
      email: 'other@example.com',
    })
    expect([status, body]).toMatchObject([201, { username: 'sigrid', role: 'supervisor' }])
    expect(Object.keys(body)).toEqual(['token', 'user_id', 'username', 'role', 'user'])
    expect(body.user).toEqual({
      ...{ id: body.user_id, username: 'sigrid', email: 'sigrid@example.com', role: 'SUPERVISOR' },
    })
    expect(await teamOf('sigrid')).toEqual({ team: 'sales', name: 'Sigrid', email: 'sigrid@example.com' })
    // The token has the role and the team immediately.
    const more = { json: { email: 'next@example.com', role: 'AGENT' }, token: String(body.token) }
    expect((await requestJson(`${fixture.stack.url}/api/auth/invite`, more)).body).toMatchObject({
      team: 'sales',
    })

    expect(await accept(token, 'sigrid2')).toMatchObject(UNUSABLE)
    expect(await details(token)).toMatchObject(UNUSABLE)
  })

  test('creates one account, even with concurrent requests', async () => {
    await invite('sven', { email: 'race@example.com', role: 'Agent' })
    const token = await fixture.waitForCode('race@example.com')
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => accept(token, `race${n}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404, 404])
  })

  test('stays valid after a username that is taken', async () => {
    await invite('sven', { email: 'taken@example.com', role: 'AGENT' })
    const token = await fixture.waitForCode('taken@example.com')
    expect(await accept(token, 'ANNA')).toMatchObject({ status: 409 })
    expect(await accept(token, 'taken')).toMatchObject({ status: 201, body: { role: 'agent' } })
    expect(await teamOf('taken')).toMatchObject({ team: 'sales' })
  })

  test.each<[CallCenterUserName, Record<string, unknown>, number]>([
    ['sven', { role: 'AGENT', team: 'support' }, 403],
    ['sven', { role: 'SUPERVISOR' }, 403],
    ['sven', { role: 'ADMIN' }, 403],
    ['anna', { role: 'AGENT' }, 403],
    ['root', { role: 'user' }, 400],
    ['root', { role: 'AGENT', days: 31 }, 400],
    ['root', { role: 'AGENT', days: 0 }, 400],
    ['root', { role: 'AGENT', team: 'a\r\nb' }, 400],
    ['root', { role: 'AGENT', email: 'a@example.com\r\nBcc: b@example.com' }, 400],
    ['root', { role: 'AGENT', email: 'anna@example.org' }, 409],
  ])('by %s with %j is answered with %i', async (by, input, status) => {
    expect(await invite(by, { email: 'none@example.com', ...input })).toMatchObject({ status })
    expect(
      await fixture.db.query
        .selectFrom('mail_queue')
        .selectAll()
        .where('recipient', '=', 'none@example.com')
        .execute(),
    ).toEqual([])
  })

  const cli = (...words: string[]) => {
    const env = { ...process.env, HOOKSWITCH_DATA: fixture.stack.data }
    const output = execFileSync(
      process.execPath,
      [join(project, 'dist/hookswitch.js'), 'invitations', ...words],
      {
        env,
        encoding: 'utf8',
      },
    )
    return /inv_[\w-]+/.exec(output)?.[0] ?? output
  }

  test('of the command line names no address, and requires one', async () => {
    const token = cli('add', '--role', 'supervisor', '--team', 'support')
    expect(cli('list')).toMatch(/^anybody .*Z +supervisor +support$/m)
    expect(await details(token)).toMatchObject({
      body: { email: null, invitedBy: null, invited_by_username: '', valid: true, role: 'supervisor' },
    })
    expect(await accept(token, 'cli')).toMatchObject({ status: 400, body: { message: /email/ } })
    expect(await accept(token, 'cli', { email: 'cli@example.com' })).toMatchObject({ status: 201 })
    expect(await teamOf('cli')).toMatchObject({ team: 'support', email: 'cli@example.com' })
  })

  test('without a role creates an agent', async () => {
    const token = cli('add', '--email', 'old@example.com')
    expect(await accept(token, 'old')).toMatchObject({ status: 201, body: { role: 'agent' } })
  })
})

describe('registration settings', () => {
  async function withNode(env: Record<string, string>, work: (node: SecondNode) => Promise<void>) {
    const node = await startSecondNode(fixture.stack, { ...fixture.env, ...env })
    try {
      await work(node)
    } finally {
      await node.stop()
    }
  }
  const post = (node: SecondNode, path: string, json: unknown) =>
    requestJson(`${node.url}/api/auth/${path}`, { json })
  const person = { username: 'late', email: 'late@example.com', password: PASSWORD }

  test('closed: refuses every registration, also with an invitation', async () => {
    await invite('root', { email: 'late@example.com', role: 'AGENT' })
    const token = await fixture.waitForCode('late@example.com')
    await withNode({ HOOKSWITCH_REGISTRATION: 'closed' }, async (node) => {
      const closed = { status: 403, body: { message: expect.stringMatching(/^Registration is closed/) } }
      expect(await post(node, 'register', person)).toMatchObject(closed)
      expect(await post(node, 'resend-verification', person)).toMatchObject(closed)
      expect(await post(node, 'verify-email', { token })).toMatchObject(closed)
      expect(await post(node, 'register-invitation', { ...person, token })).toMatchObject(closed)
      expect(await invite('root', { email: 'x@example.com', role: 'AGENT' }, node)).toMatchObject(closed)
    })
    expect(await accept(token, 'late')).toMatchObject({ status: 201 })
  })

  test('invitation: the error of a registration names the way to get an account', async () => {
    await withNode({ HOOKSWITCH_REGISTRATION: 'invitation' }, async (node) => {
      const { status, body } = await post(node, 'register', person)
      expect([status, body.message]).toEqual([
        403,
        expect.stringMatching(/by invitation: ask an administrator/),
      ])
      expect(await invite('root', { email: 'y@example.com', role: 'AGENT' }, node)).toMatchObject({
        status: 201,
      })
    })
  })

  test('without SMTP: the error names the missing setting', async () => {
    await withNode({ HOOKSWITCH_SMTP_URL: '' }, async (node) => {
      const without = {
        status: 501,
        body: { message: expect.stringMatching(/HOOKSWITCH_SMTP_URL is not set/) },
      }
      expect(await post(node, 'register', person)).toMatchObject(without)
      expect(await post(node, 'resend-verification', person)).toMatchObject(without)
      expect(await invite('root', { email: 'z@example.com', role: 'AGENT' }, node)).toMatchObject(without)
    })
  })
})
