import { describe, expect, test } from 'vitest'
import { OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { extensionSpec } from './fixtures.ts'
import { open } from './open-freepbx.ts'

describe('access', () => {
  test('one token is used until a minute before its expiry', async () => {
    let now = 0
    const { pbx, freepbx } = await open({ now: () => now })
    await Promise.all([
      freepbx.remove('1'.repeat(4), extensionSpec),
      freepbx.remove('2'.repeat(4), extensionSpec),
    ])
    now = 3_539_000
    await freepbx.remove('1111', extensionSpec)
    expect(pbx.requestCounts.token).toBe(1)
    now = 3_541_000
    await freepbx.remove('1111', extensionSpec)
    expect(pbx.requestCounts.token).toBe(2)
  })

  test('an expired token is renewed once, and the request is repeated', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'expired' })
    await freepbx.provision(extensionSpec)
    expect(pbx.requestCounts).toMatchObject({ token: 2, addExtension: 2 })
    expect(pbx.created).toEqual(['1001'])
  })

  test('tokens that are always rejected are unauthorized', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'fetchExtension', kind: 'expired' }, { on: 'fetchExtension', kind: 'expired' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('an unknown client is unauthorized, and the login is not repeated at once', async () => {
    const { pbx, freepbx, written } = await open({ clientSecret: 'wrong-client-secret' })
    const err = await freepbx.provision(extensionSpec).catch((err) => err)
    expect(err).toMatchObject({ code: 'unauthorized' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(pbx.requestCounts.token).toBe(1)
    expect(`${err.message}${written()}`).not.toContain('wrong-client-secret')
  })

  test.each(['fetchExtension', 'addExtension', 'doreload'])(
    'without the scope for %s the error names the scopes',
    async (member) => {
      const { pbx, freepbx } = await open()
      pbx.hidden.add(member)
      const err = await freepbx.provision(extensionSpec).catch((err) => err)
      expect(err).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('gql:framework:read'),
      })
    },
  )

  test('an address without the API is unauthorized', async () => {
    const pbx = await startFakeFreepbx()
    const { freepbx } = await open({ baseUrl: `${pbx.url}/elsewhere/` }, pbx)
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('neither tokens nor secrets are ever logged', async () => {
    const { pbx, freepbx, written } = await open({ allowSelfSigned: true })
    pbx.faults.push({ on: 'doreload', kind: '500 before' })
    const { secret } = await freepbx.provision(extensionSpec)
    expect(written()).toContain('pbx_reloaded')
    for (const hidden of [secret, OAUTH_CLIENT.clientSecret, extensionSpec.secret, 'eyJ']) {
      expect(written()).not.toContain(hidden)
    }
  })
})
