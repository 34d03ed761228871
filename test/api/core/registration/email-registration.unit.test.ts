import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEmailRegistration } from '../../../../api/core/registration/email-registration.ts'
import { createMailRenderer } from '../../../../api/core/registration/render-mail.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { createEmailInvitationStore } from '../../../../api/store/sql/registration/email-invitations.ts'
import { createEmailRegistrationStore } from '../../../../api/store/sql/registration/email-registrations.ts'
import { createMailQueue } from '../../../../api/store/sql/registration/mail-queue.ts'

/** In place of slow hashes; counts the comparisons. */
const passwords = {
  hash: async (password: string) => `hash of ${password}`,
  async verify(hash: string | undefined, password: string) {
    work.verified += 1
    return hash === `hash of ${password}`
  },
}
const work = { verified: 0 }

let folder: string
let db: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registration-'))
  await migrate(`sqlite:${folder}/a.db`)
  db = await openDatabase(`sqlite:${folder}/a.db`)
})
afterEach(async () => {
  await db.close()
  await rm(folder, { recursive: true })
})

function setUp() {
  let nowMs = 1_000_000_000
  const now = () => nowMs
  const store = createEmailRegistrationStore(db)
  const users = createUserStore(db)
  const throttle = { consume: async () => {} }
  const registration = createEmailRegistration({
    ...{ mode: 'open', hasMail: true, store, passwords, throttle, mailThrottle: throttle, now },
  })
  const write = createMailRenderer({
    ...{ registrations: store, invitations: createEmailInvitationStore(db), users, now },
    ...{ roleName: () => 'agent', appUrl: 'https://app.example.org', consoleUrl: '' },
    passwordResets: { setToken: async () => {} },
  })
  const register = (username: string, password: string) =>
    registration.register({
      username,
      password,
      email: 'vic@example.org',
      name: username,
      address: '192.0.2.1',
    })
  /** The newest queued mail, rendered. */
  async function readMail() {
    const mails = await createMailQueue(db).claim(nowMs / 1000, nowMs / 1000 + 60, 10)
    const texts = await Promise.all(mails.map(write))
    const text = texts.at(-1)?.text ?? ''
    return { count: texts.length, text, token: /^ {2}(ver_\S+)$/m.exec(text)?.[1] ?? '' }
  }
  const passwordOf = async (name: string) => (await users.findByLogin(name))?.passwordHash
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { registration, register, readMail, passwordOf, wait, users }
}
const CONFLICT = {
  code: 'input_invalid',
  detail: 'password: is needed, as this address was registered more than once',
}

describe('an address with conflicting registrations', () => {
  test.each([
    ['with another password', 'vic', 'Attacker-pass1'],
    ['under another name', 'eve', 'Victim-pass1'],
    ['under another name with another password', 'eve', 'Attacker-pass1'],
  ])('%s gets only the password that comes with the code', async (_, name, password) => {
    const { registration, register, readMail, passwordOf } = setUp()
    await register('vic', 'Victim-pass1')
    await register(name, password)
    const { token, count, text } = await readMail()
    expect(count).toBe(1)
    expect(text).toContain('under the name vic.')
    expect(text).toContain('more than once')
    await expect(registration.verify(token, {}, '192.0.2.1')).rejects.toMatchObject(CONFLICT)
    expect(await passwordOf('vic')).toBeUndefined()
    const user = await registration.verify(token, { password: 'Mine-alone-1' }, '192.0.2.1')
    expect(user.username).toBe('vic')
    expect(await passwordOf('vic@example.org')).toBe('hash of Mine-alone-1')
  })

  test('stays in conflict when the first client registers again', async () => {
    const { registration, register, readMail } = setUp()
    await register('vic', 'Victim-pass1')
    await register('vic', 'Attacker-pass1')
    await register('vic', 'Victim-pass1')
    await expect(registration.verify((await readMail()).token, {}, '192.0.2.1')).rejects.toMatchObject(
      CONFLICT,
    )
  })

  test('is in conflict after concurrent registrations, too', async () => {
    const { registration, register, readMail } = setUp()
    await Promise.all([1, 2, 3, 4, 5].map((n) => register('vic', `Password-${n}`)))
    await expect(registration.verify((await readMail()).token, {}, '192.0.2.1')).rejects.toMatchObject(
      CONFLICT,
    )
  })

  test('invalidates the former code', async () => {
    const { registration, register, readMail } = setUp()
    await register('vic', 'Victim-pass1')
    const { token } = await readMail()
    await register('vic', 'Attacker-pass1')
    await expect(registration.verify(token, { password: 'Mine-alone-1' }, '192.0.2.1')).rejects.toMatchObject(
      {
        detail: 'Invalid or expired token',
      },
    )
  })
})

describe('the same registration again', () => {
  test.each([
    ['one after the other', false],
    ['at once', true],
  ])('%s sends the mail again and keeps the password', async (_, atOnce) => {
    const { registration, register, readMail, passwordOf } = setUp()
    const again = () => register('vic', 'Victim-pass1')
    if (atOnce) await Promise.all([again(), again(), again()])
    else for (let n = 0; n < 3; n += 1) await again()
    const { token, text, count } = await readMail()
    expect(count).toBe(1)
    expect(text).not.toContain('more than once')
    await registration.verify(token, {}, '192.0.2.1')
    expect(await passwordOf('vic')).toBe('hash of Victim-pass1')
  })

  test('after expiry starts a new registration, with any password', async () => {
    const { registration, register, readMail, passwordOf, wait } = setUp()
    await register('vic', 'Victim-pass1')
    wait(86_400_000)
    await register('vic', 'Another-pass1')
    await registration.verify((await readMail()).token, {}, '192.0.2.1')
    expect(await passwordOf('vic')).toBe('hash of Another-pass1')
  })
})

test('a first registration compares a password as a second one does, so that both take the same time', async () => {
  const { register } = setUp()
  const counts: number[] = []
  for (const password of ['Victim-pass1', 'Victim-pass1', 'Attacker-pass1', 'Attacker-pass1']) {
    work.verified = 0
    await register('vic', password)
    counts.push(work.verified)
  }
  expect(counts).toEqual([1, 1, 1, 1])
})
