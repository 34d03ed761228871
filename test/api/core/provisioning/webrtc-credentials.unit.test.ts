import { describe, expect, test } from 'vitest'
import type { User } from '../../../../api/core/auth/users.ts'
import { ProvisioningError } from '../../../../api/core/provisioning/provisioner.ts'
import type { WebrtcCredentialsNeeds } from '../../../../api/core/provisioning/webrtc-credentials.ts'
import { actorOf, createWorldMaker } from './fixtures/webrtc-credentials.ts'

describe('WebRTC credentials', () => {
  const world = createWorldMaker()

  test('expire after their TTL, or with the session', async () => {
    const { credentials, nowS } = await world()
    expect((await credentials.issue(actorOf('1'))).expiresAt).toBe(nowS() + 600)
    expect((await credentials.issue(actorOf('1', 's', nowS() + 60))).expiresAt).toBe(nowS() + 60)
  })

  test('outlive a renewed token; the end of the session revokes them and disconnects the browser', async () => {
    const { credentials, auths, disconnected, ended } = await world()
    const { password } = await credentials.issue(actorOf('1'))
    await credentials.issue(actorOf('2'))
    await credentials.tick()
    expect([...auths.values()]).toContain(password)
    ended.add('s1')
    await credentials.tick()
    expect([...auths.values()]).not.toContain(password)
    expect([auths.size, disconnected]).toEqual([1, ['1001']])
  })

  test('are announced as available, or with the reason why not, before they are asked for', async () => {
    const withExtension = await world()
    expect(await withExtension.credentials.availabilityOf('1')).toBe('available')
    const extensions = { findByUser: async () => undefined }
    const none = { find: async () => ({ extension: null }) as User } // only this is read
    const foreign = { find: async () => ({ extension: '1001' }) as User }
    expect(await (await world({ extensions, users: none })).credentials.availabilityOf('1')).toBe(
      'no_extension',
    )
    expect(await (await world({ extensions, users: foreign })).credentials.availabilityOf('1')).toBe(
      'not_supported',
    )
    expect(await (await world({ provisioner: undefined })).credentials.availabilityOf('1')).toBe(
      'not_supported',
    )
  })

  test('are for the browsers of the extension, by their own user name', async () => {
    const { credentials } = await world({
      users: { find: async () => ({ username: 'anna', email: 'anna.b@example.org' }) as User }, // both are read
    })
    expect(await credentials.issue(actorOf('1'))).toMatchObject({
      extension: '1001',
      username: '1001-web',
      displayName: 'anna.b',
    })
  })

  test('of one session end without the other browsers, if a relay cuts the socket of that session', async () => {
    const { credentials, auths, disconnected, ended } = await world({ isRelayed: true })
    await credentials.issue(actorOf('1', 's1'))
    await credentials.issue(actorOf('1', 's2'))
    ended.add('s1')
    await credentials.tick()
    expect([auths.size, disconnected]).toEqual([1, []])
    ended.add('s2')
    await credentials.tick()
    expect([auths.size, disconnected]).toEqual([0, ['1001']])
  })

  test('do not disconnect browsers on expiry while others are active', async () => {
    const { credentials, disconnected, wait } = await world()
    await credentials.issue(actorOf('1'))
    wait(400)
    await credentials.issue(actorOf('1'))
    wait(250)
    await credentials.tick()
    expect(disconnected).toEqual([])
    wait(400)
    await credentials.tick()
    expect(disconnected).toEqual(['1001'])
  })

  test('evict the oldest of three for one more, at once', async () => {
    const { credentials, auths, wait } = await world()
    const given: string[] = []
    for (let n = 0; n < 4; n += 1) {
      wait(1)
      given.push((await credentials.issue(actorOf('1', `s${n}`))).password)
    }
    expect([...auths.values()].sort()).toEqual(given.slice(1).sort())
  })

  test('issued concurrently may exceed the limit, and the excess is revoked soon', async () => {
    const { credentials, auths } = await world({ lockTimeoutMs: 5_000 })
    await credentials.issue(actorOf('1'))
    await credentials.issue(actorOf('1'))
    await Promise.all([credentials.issue(actorOf('1')), credentials.issue(actorOf('1'))])
    expect(auths.size).toBe(4)
    await credentials.tick()
    expect(auths.size).toBe(3)
  })

  test('that the PBX does not remove are reported once, and so is that it removes them again', async () => {
    const { credentials, faults, ended, failures, wait } = await world()
    await credentials.issue(actorOf('1'))
    ended.add('s1')
    for (let n = 0; n < 3; n += 1) {
      faults.push('before')
      await credentials.tick()
      wait(60)
    }
    expect(failures).toEqual([expect.stringMatching(/^1001-w-/)])
    await credentials.tick()
    expect(failures).toEqual([expect.stringMatching(/^1001-w-/), 'recovered'])
  })

  test('are not revoked early while revocations cannot be checked', async () => {
    const { credentials, auths } = await world({ verifier: { checkClaims: () => 'cannot_judge' } })
    await credentials.issue(actorOf('1'))
    await credentials.tick()
    expect(auths.size).toBe(1)
  })

  test.each<[string, Partial<WebrtcCredentialsNeeds>, string]>([
    ['a PBX without support', { provisioner: undefined }, 'not_supported'],
    ['no extension', { extensions: { findByUser: async () => undefined } }, 'conflict'],
    [
      'an extension that is not ours',
      {
        provisioner: {
          usernameOf: () => '',
          add: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
          remove: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
        },
      },
      'not_supported',
    ],
    [
      'an unreachable PBX',
      {
        provisioner: {
          usernameOf: () => '',
          add: async () => Promise.reject(new ProvisioningError('unreachable', 'gone')),
          remove: async () => {},
        },
      },
      'unavailable',
    ],
  ])('with %s are refused, and nothing is left', async (_, difference, code) => {
    const { credentials, store } = await world(difference)
    await expect(credentials.issue(actorOf('1'))).rejects.toMatchObject({ code })
    await credentials.tick()
    expect(await store.listByExtension('1001')).toEqual([])
  })
})
