import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestJson } from '../../support/http-client.ts'
import { mailedCode, startMailServer } from '../../support/mail-server.ts'
import { type SecondNode, startSecondNode } from '../../support/second-node.ts'
import { waitUntil } from '../../support/stack.ts'
import { type MailFixture, PASSWORD, startMailFixture } from './mail-fixture.ts'

let world: MailFixture
let second: SecondNode
beforeAll(async () => {
  world = await startMailFixture()
  second = await startSecondNode(world.stack, world.env)
})
afterAll(async () => {
  await second?.stop()
  await world?.stop()
})

const register = (node: { url: string }, name: string) =>
  requestJson(`${node.url}/api/auth/register`, {
    json: { username: name, email: `${name}@example.com`, password: PASSWORD },
  })
const waiting = () => world.db.query.selectFrom('mails').selectAll().execute()

test('two APIs on one database send each mail once', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `pair${n}`)
  const answers = await Promise.all(names.map((name, n) => register(n % 2 ? second : world.stack, name)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  await waitUntil('all are sent', async () => (await waiting()).length === 0)
  // Each looks for mail once a second: whoever would send one again has had the time to.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(names.map((name) => world.mail.messagesTo(`${name}@example.com`).length)).toEqual(names.map(() => 1))
})

test('an API that is told to stop brings the mail that is on its way to its end', async () => {
  const slow = await startMailFixture({ acceptDelayMs: 1_000 })
  try {
    expect((await register(slow.stack, 'leaving')).status).toBe(202)
    await waitUntil('it is on its way', () => slow.mail.connections() > 0)
    slow.stack.signal('api', 'SIGTERM')
    // One that was cut off is somebody's for three minutes, and is then sent again.
    const waiting = () => slow.db.query.selectFrom('mails').select('id').execute()
    await waitUntil('it is forgotten', async () => (await waiting()).length === 0, 15_000)
    expect(slow.mail.messages.map(({ to }) => to)).toEqual([['leaving@example.com']])
  } finally {
    await slow.stop()
  }
})

test('a mail server that is away loses nothing, and brings each mail once when it is back', async () => {
  const { port } = world.mail
  await world.mail.stop()
  expect((await register(world.stack, 'patient')).status).toBe(202)
  await waitUntil('somebody tried', async () =>
    (await waiting()).some(({ last_error }) => last_error !== null),
  )
  const [row] = await waiting()
  expect(row).toMatchObject({ recipient: 'patient@example.com', tries: 1 })
  expect(row?.last_error).toMatch(/^the mail server did not take it: (ESOCKET|ECONNREFUSED)/)

  const back = await startMailServer({ port })
  try {
    await waitUntil('it arrives', () => back.messages.length > 0, 25_000)
    await waitUntil('it is forgotten', async () => (await waiting()).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(back.messages.map(({ to }) => to)).toEqual([['patient@example.com']])
    const token = mailedCode(back.messages[0])
    expect((await requestJson(`${second.url}/api/auth/verify-email`, { json: { token } })).status).toBe(200)
  } finally {
    await back.stop()
  }
})
