import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPjsipPeople } from '../../../api/provisioning/pjsip-people.ts'
import { createAccountSourceOpener } from '../../../api/wiring/account-sources.ts'
import { createLog } from '../../../runtime/log.ts'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'people of a real Asterisk' : `people of Asterisk (skipped: ${missing})`
const TEMPLATES = { phone: '{extension}', web: '{extension}-web' }

describe.skipIf(missing !== undefined)(title, () => {
  let server: AsteriskServer
  beforeAll(async () => {
    server = await startAsterisk({ withConfigUser: true, trunk: true, webPhones: ['1003-web'] })
  })
  afterAll(() => server?.stop())

  function open(login: { username: string; secret: string }, port = server.amiPort) {
    const config = {
      templates: TEMPLATES,
      http: { caPath: undefined, allowSelfSigned: false },
      freepbx: undefined,
      mikopbx: undefined,
      ami: { address: { host: '127.0.0.1', port, tls: false, tlsCaPath: undefined }, login },
    }
    const log = createLog('test', 'silent')
    return createAccountSourceOpener(config, { log, now: Date.now }).open('asterisk')
  }

  test('over AMI and from its files are the same: phones, without browsers and trunks', async () => {
    const { people, lineErrors } = await open(server.users.config).fetch()
    expect(lineErrors).toEqual([])
    expect(people.length).toBeGreaterThan(3)
    expect(people.map(({ extension }) => extension)).not.toContain('trunk')
    expect(people.find(({ extension }) => extension === '1001')).toMatchObject({
      sourceId: '1001',
      email: null,
    })

    const files = ['pjsip.conf', 'pjsip_more.conf'].map((name) =>
      readFileSync(join(server.etc, name), 'utf8'),
    )
    const read = await readPjsipPeople(files.join('\n').replace(/^#(?:try)?include.*$/gm, ''), TEMPLATES)
    expect(read.lineErrors).toEqual([])
    const known = (all: typeof people) => all.map(({ extension, name }) => `${extension} ${name}`).sort()
    expect(known(read.people)).toEqual(known(people))
  })

  test('are refused to a user without the right, and with a wrong secret', async () => {
    await expect(open(server.users.control).fetch()).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('write = system'),
    })
    const wrong = { ...server.users.config, secret: 'wrong' }
    await expect(open(wrong).fetch()).rejects.toMatchObject({ code: 'conflict' })
  }, 30_000)

  test('are unavailable where no Asterisk listens', async () => {
    await expect(open(server.users.config, 9).fetch()).rejects.toMatchObject({ code: 'unavailable' })
  }, 30_000)
})
