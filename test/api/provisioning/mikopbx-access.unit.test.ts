import { describe, expect, onTestFinished, test } from 'vitest'
import { createMikopbxProvisioner } from '../../../api/provisioning/mikopbx.ts'
import { startFakeMikopbx } from '../../support/fake-mikopbx.ts'
import { extensionSpec, openLog, shortTimeouts } from './fixtures.ts'
import { open, provided } from './open-mikopbx.ts'

describe('access', () => {
  test('one login is used until a minute before its expiry', async () => {
    let now = 0
    const { pbx, mikopbx } = await open({ now: () => now })
    await Promise.all([mikopbx.remove('1001', extensionSpec), mikopbx.remove('1002', extensionSpec)])
    now = 839_000
    await mikopbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.login).toBe(1)
    now = 841_000
    await mikopbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.login).toBe(2)
  })

  test('an expired token is renewed once, and the request is repeated', async () => {
    const { pbx, mikopbx } = await open()
    pbx.faults.push({ on: 'add', kind: 'expired' })
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect(pbx.requestCounts).toMatchObject({ login: 2, add: 2 })
    expect(pbx.created).toEqual(['1001'])
  })

  test('a wrong password is unauthorized and not repeated at once, as MikoPBX locks out clients that guess', async () => {
    const { pbx, mikopbx, written } = await open({ login: 'admin', password: 'wrong-password' })
    for (let tries = 0; tries < 12; tries += 1) {
      const err = await mikopbx.provision(extensionSpec).catch((err) => err)
      expect(err).toMatchObject({ code: 'unauthorized' })
      expect(`${err.message}${written()}`).not.toContain('wrong-password')
    }
    expect(pbx.requestCounts.login).toBe(1)
  })

  test('an API key needs no login', async () => {
    const pbx = await startFakeMikopbx()
    pbx.keys.add('key-of-hookswitch')
    const { baseUrl, now, log } = { baseUrl: pbx.url, now: () => 0, log: openLog().log }
    const mikopbx = createMikopbxProvisioner({
      baseUrl,
      apiKey: 'key-of-hookswitch',
      now,
      log,
      timeouts: shortTimeouts,
    })
    onTestFinished(async () => {
      await mikopbx.close()
      await pbx.stop()
    })
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect(pbx.requestCounts.login).toBeUndefined()
    pbx.keys.clear()
    await expect(mikopbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
  })
})
