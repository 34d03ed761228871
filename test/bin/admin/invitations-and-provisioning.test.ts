import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { migrate } from '../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../api/store/sql/provisioning/extensions.ts'
import { project } from '../../support/build.ts'
import { newReservation } from '../../support/fixtures/reservations.ts'

let data: string
let db: Database
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hs-'))
  await migrate(defaultDatabaseUrl(data))
  db = await openDatabase(defaultDatabaseUrl(data))
})
afterAll(async () => {
  await db?.close()
  rmSync(data, { recursive: true, force: true })
})

async function hookswitch(...words: readonly string[]) {
  const child = spawn(process.execPath, [join(project, 'dist', 'hookswitch.js'), ...words], {
    env: { ...process.env, HOOKSWITCH_DATA: data },
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

describe('invitations on the command line', () => {
  test('are shown once, and listed without their text', async () => {
    const { out } = await hookswitch('invitations', 'add', '--email', 'anna@example.org', '--days', '2')
    const [, invitation = 'none'] = /^invitation: (inv_[\w-]{32}) {3}\(shown only once/m.exec(out) ?? []
    expect(out).toMatch(/^an invitation for anna@example.org, until 20\d\d-/)
    expect((await hookswitch('invitations', 'add')).out).toMatch(
      /^an invitation for any person who has it, until/,
    )
    const list = (await hookswitch('invitations', 'list')).out
    expect(list).toMatch(/^anna@example.org +20\d\d-\S+Z +20\d\d-\S+Z$/m)
    expect(list).toMatch(/^anybody /m)
    expect(list).not.toContain(invitation.slice(4))
  })

  test.each([
    ['an address that is none', ['add', '--email', 'anna'], /--email is an address/],
    ['an address without its flag', ['add', 'anna@example.org'], /--email <address>/],
    ['half a day', ['add', '--days', '0.5'], /--days is a whole number/],
    ['an unknown verb', ['eat'], /invitations add or list/],
  ])('%s is refused in one line that names what to do', async (_, words, says) => {
    const { code, err } = await hookswitch('invitations', ...words)
    expect([code, err.trim().split('\n').length]).toEqual([2, 1])
    expect(err).toMatch(says)
  })
})

describe('provisioning on the command line', () => {
  test('lists what is pending and why, and retries it on command', async () => {
    const store = createExtensionStore(db)
    const later = Math.floor(Date.now() / 1000) + 10_000
    const [one, two] = [
      (await store.reserve(newReservation('clara@example.org'))).extension,
      (await store.reserve(newReservation('boris@example.org'))).extension,
    ]
    await store.update(one, { attempts: 3, nextTryAt: later, lastError: 'the PBX is away' })
    await store.markReady(two, { sealedSecret: 'not to be seen', authUsername: 'u' }, later)

    const { out } = await hookswitch('provisioning', 'list')
    expect(out).toMatch(/^2000 +provisioning +clara@example.org +3 +20\S+Z +the PBX is away$/m)
    expect(out).not.toMatch(/2001|sealed/)

    expect(await hookswitch('provisioning', 'retry', '2000')).toMatchObject({
      code: 0,
      out: '1 extension is tried again now\n',
    })
    expect((await store.find('2000'))?.nextTryAt).toBeLessThan(later)
    expect(await hookswitch('provisioning', 'retry')).toMatchObject({ code: 0 })
  })

  test.each([
    ['an extension that is settled', ['retry', '2001'], /nothing is to be done for 2001/],
    ['an unknown verb', ['eat'], /provisioning list or retry/],
  ])('%s is refused in one line that names what to do', async (_, words, says) => {
    const { code, err } = await hookswitch('provisioning', ...words)
    expect([code, err.trim().split('\n').length]).toEqual([2, 1])
    expect(err).toMatch(says)
  })
})
