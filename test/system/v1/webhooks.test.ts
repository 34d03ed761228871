import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type SecondNode, secondRunFolder, startSecondNode } from '../../support/second-node.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { loginV1Client, type V1Client } from '../../support/v1-client.ts'
import { BEHAVIORS, startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'webhooks of two apis' : `webhooks (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let data: string
  let telephony: Telephony
  let two: SecondNode
  let receiver: WebhookReceiver
  let admin: V1Client
  let alice: V1Client
  let phones: Phone[]
  let id: string
  let browser: ConsoleBrowser | undefined

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'hs-'))
    const sockets = [join(data, 'run', 'publish-1.sock'), join(secondRunFolder(data), 'publish-1.sock')]
    const env = {
      HOOKSWITCH_NGINX_SOCKETS: sockets.join(','),
      HOOKSWITCH_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1',
      HOOKSWITCH_WEBHOOK_INSECURE_HTTP: 'true',
    }
    telephony = await startTelephony({ data, env, trunk: true })
    two = await startSecondNode(telephony.stack, telephony.settings)
    receiver = await startWebhookReceiver()
    admin = await loginV1Client(telephony.stack, 'admin')
    const { body } = await admin.request('/webhooks', {
      json: { url: receiver.url, events: EVENTS, description: 'CRM' },
    })
    id = String(body.id)
    receiver.trust(String(body.secret))
    alice = await loginV1Client(two, 'user1')
    phones = await Promise.all([
      startPhone(telephony.asterisk, '1001', { answer: 'manual' }),
      startPhone(telephony.asterisk, '1002', { answer: 'manual' }),
    ])
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all((phones ?? []).map((phone) => phone.stop()))
    await receiver?.stop()
    await two?.stop()
    await telephony?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const typesOf = (callId: string) =>
    receiver.received.flatMap(({ body }) => (body.data.call_id === callId ? [body.type] : []))
  const dataOf = (type: string, callId?: string) =>
    receiver.received.find(
      ({ body }) => body.type === type && (callId === undefined || body.data.call_id === callId),
    )?.body.data
  const got = (what: string, check: () => boolean) => waitUntil(what, check, 60_000)

  test('a recorded call is reported from its start to its recordings, each fact once', async () => {
    const callId = await alice.dial('681')
    for (const phone of phones) {
      await waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
      await phone.accept()
    }
    await waitUntil('they talk', () => phones.every((phone) => phone.state() === 'up'))
    await got('the call was answered', () => typesOf(callId).includes('call.answered'))
    await alice.command(callId, 'hangup')
    const all = ['call.answered', 'call.ended', 'call.started', 'recording.ready', 'recording.ready']
    await got('all was reported', () => typesOf(callId).length >= all.length)
    // A second report would come from the other process at once.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(typesOf(callId).sort()).toEqual(all)
    expect(receiver.refused).toEqual([])
    const past = await alice.history(callId)
    expect(dataOf('call.ended', callId)).toMatchObject({
      outcome: 'answered',
      started_at: past.started_at,
      to: past.to,
      parties: expect.arrayContaining([{ user_id: alice.userId, extension: '1001', answered: true }]),
    })
    expect(past.recordings.map(({ name }) => name)).toContain(dataOf('recording.ready', callId)?.name)
  })

  test('a call that is not answered is missed by the user who was called', async () => {
    const callId = await alice.dial('1002')
    const [own, called] = phones
    await waitUntil('the own phone rings', () => own?.state() === 'ringing')
    await own?.accept()
    await waitUntil('the other phone rings', () => called?.state() === 'ringing')
    await alice.command(callId, 'hangup')
    await got('it was missed', () => typesOf(callId).includes('call.missed'))
    const { userId } = await loginV1Client(two, 'user2')
    expect(dataOf('call.missed', callId)).toMatchObject({ missed_by: [userId], answered_at: null })
  })

  test('accounts and sessions are reported, with neither tokens nor passwords', async () => {
    const username = `person-${randomUUID()}`
    const password = 'correct horse battery'
    const { body: made } = await admin.request('/users', { json: { username, password } })
    const person = await loginV1Client(two, username, password)
    await admin.request(`/users/${made.id}`, { method: 'PATCH', json: { disabled: true } })
    await admin.request(`/users/${made.id}`, { method: 'DELETE' })
    const mine = () => receiver.received.filter(({ body }) => body.data.user_id === made.id)
    const all = ['session.ended', 'session.started', 'user.created', 'user.deleted', 'user.disabled']
    await got('all was reported', () => all.every((type) => mine().some(({ body }) => body.type === type)))
    const sent = JSON.stringify(receiver.received)
    for (const secret of [password, person.token, person.token.split('.')[2] ?? '', 'argon2'])
      expect(sent).not.toContain(secret)
  })

  test('an address of this machine that is not allowed is refused', async () => {
    for (const url of [
      'http://127.0.0.2/',
      'http://[::1]/',
      'http://169.254.169.254/',
      'http://user:pw@127.0.0.1/',
    ]) {
      const { status, body } = await admin.request('/webhooks', { json: { url, events: ['call.ended'] } })
      expect([url, status, body.code]).toEqual([url, 400, 'input_invalid'])
    }
    expect((await alice.request('/webhooks')).status).toBe(403)
  })

  test('the console shows what a broken receiver answers, and sends it again', async () => {
    browser = await startConsoleBrowser(telephony.stack.url)
    const person = await browser.openPerson()
    const { page } = person
    await person.signIn('admin', '/console/admin?tab=webhooks')
    const row = page.getByRole('listitem').filter({ hasText: 'CRM' })
    await row.waitFor()
    receiver.behave(BEHAVIORS.error)
    await row.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Send a test' }).click()
    await row.getByRole('button', { name: /^Deliveries/ }).click()
    const delivery = page.getByRole('listitem').filter({ hasText: 'webhook.test' })
    await delivery.getByText('500, after').waitFor()
    await delivery.getByText('Show the answer').click()
    await delivery.getByText('it is broken').waitFor()
    receiver.behave(BEHAVIORS.ok)
    await delivery.getByRole('button', { name: /^Send again/ }).click()
    await delivery.getByText('Delivered').waitFor()
    await got('the test came', () => receiver.received.some(({ body }) => body.type === 'webhook.test'))

    await page.getByRole('button', { name: 'All webhooks' }).click()
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('URL').fill('http://10.0.0.1/')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByText(/public address/).waitFor()
    await dialog.getByLabel('URL').fill(receiver.url.replace('?x=1', '2'))
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByText(/^whsec_/).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByText('2 entries').waitFor()
    if (process.env.HOOKSWITCH_TEST_PICTURES !== undefined)
      await page.screenshot({ path: join(process.env.HOOKSWITCH_TEST_PICTURES, 'webhooks.png') })
    expectNoComplaints(person, [/status of 400/])
  })

  test('no log has a secret', async () => {
    const { body } = await admin.request(`/webhooks/${id}/rotate-secret`, { json: {} })
    expect(body.secret).toMatch(/^whsec_/)
    expect(telephony.stack.logs()).not.toContain('whsec_')
  })
})

const EVENTS = [
  ...['call.started', 'call.answered', 'call.ended', 'call.missed', 'recording.ready'],
  ...['session.started', 'session.ended', 'user.created', 'user.updated', 'user.disabled', 'user.deleted'],
]
