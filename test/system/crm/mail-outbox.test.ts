import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestJson } from '../../support/http-client.ts'
import { mailedCode, startMailServer } from '../../support/mail-server.ts'
import { type SecondNode, startSecondNode } from '../../support/second-node.ts'
import { waitUntil } from '../../support/stack.ts'
import { type MailFixture, PASSWORD, startMailFixture } from './mail-fixture.ts'

let fixture: MailFixture
let second: SecondNode
beforeAll(async () => {
  fixture = await startMailFixture()
  second = await startSecondNode(fixture.stack, fixture.env)
})
afterAll(async () => {
  await second?.stop()
  await fixture?.stop()
})

const register = (node: { url: string }, name: string) =>
  requestJson(`${node.url}/api/auth/register`, {
    json: { username: name, email: `${name}@example.com`, password: PASSWORD },
  })
const queuedMails = () => fixture.db.query.selectFrom('mail_queue').selectAll().execute()

test('two APIs on one database send each mail once', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `pair${n}`)
  const answers = await Promise.all(names.map((name, n) => register(n % 2 ? second : fixture.stack, name)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  await waitUntil('all are sent', async () => (await queuedMails()).length === 0)
  // Each API polls the queue once a second, so a second sending would happen within this time.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(names.map((name) => fixture.mail.messagesTo(`${name}@example.com`).length)).toEqual(
    names.map(() => 1),
  )
})

test('an API that gets SIGTERM finishes the mail that it is sending', async () => {
  const slow = await startMailFixture({ acceptDelayMs: 1_000 })
  try {
    expect((await register(slow.stack, 'leaving')).status).toBe(202)
    await waitUntil('the API sends', () => slow.mail.connections() > 0)
    slow.stack.signal('api', 'SIGTERM')
    // A mail that was interrupted stays claimed for three minutes, and is then sent again.
    const queuedMails = () => slow.db.query.selectFrom('mail_queue').select('id').execute()
    await waitUntil('the queue is empty', async () => (await queuedMails()).length === 0, 15_000)
    expect(slow.mail.messages.map(({ to }) => to)).toEqual([['leaving@example.com']])
  } finally {
    await slow.stop()
  }
})

test('mails are queued while the mail server is down, and each is sent once when it is back', async () => {
  const { port } = fixture.mail
  await fixture.mail.stop()
  expect((await register(fixture.stack, 'queued')).status).toBe(202)
  await waitUntil('an attempt failed', async () =>
    (await queuedMails()).some(({ last_error }) => last_error !== null),
  )
  const [row] = await queuedMails()
  expect(row).toMatchObject({ recipient: 'queued@example.com', tries: 1 })
  expect(row?.last_error).toMatch(/^the mail server did not take it: (ESOCKET|ECONNREFUSED)/)

  const back = await startMailServer({ port })
  try {
    await waitUntil('it arrives', () => back.messages.length > 0, 25_000)
    await waitUntil('the queue is empty', async () => (await queuedMails()).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(back.messages.map(({ to }) => to)).toEqual([['queued@example.com']])
    const token = mailedCode(back.messages[0])
    expect((await requestJson(`${second.url}/api/auth/verify-email`, { json: { token } })).status).toBe(200)
  } finally {
    await back.stop()
  }
})
