import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createAsteriskProvisioner } from '../../../api/provisioning/asterisk.ts'
import { OWNERSHIP_OPTION } from '../../../api/provisioning/pjsip-objects.ts'
import { ARI, startAri } from './fake-ari.ts'
import { extensionSpec as anyOrder, faultsOn, shortTimeouts, web } from './fixtures.ts'

const order = { ...anyOrder, secret: 'Vq7ProposedSecret42' }
const issued = { id: '1001-w-0a', secret: 'aLentSecretOfSomeLength' }
const contact = (md5: string) => `contact/1001-web;@${md5}`
const ALL = ['aor/1001', 'aor/1001-web', 'auth/1001', 'auth/1001-web', 'endpoint/1001', 'endpoint/1001-web']

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function open(timeouts = shortTimeouts) {
  const ari = await startAri()
  const { close, webrtcCredentials, provision } = createAsteriskProvisioner({
    baseUrl: ari.url,
    ...ARI,
    phones: { context: 'internal', codecs: ['alaw'], web },
    timeouts,
  })
  ends.push(async () => {
    await close()
    await ari.stop()
  })
  await provision(order)
  ari.written.splice(0)
  return { ari, credentials: webrtcCredentials, provision }
}

describe('WebRTC credentials of an Asterisk extension', () => {
  test('creates the auth before it is listed, and unlists it before it is deleted', async () => {
    const { ari, credentials } = await open()
    await credentials.add(order, issued)
    expect(ari.written).toEqual([
      {
        object: 'auth/1001-w-0a',
        fields: { [OWNERSHIP_OPTION]: order.ownershipTag, username: '1001-web', password: issued.secret },
      },
      { object: 'endpoint/1001-web', fields: { auth: '1001-web,1001-w-0a' } },
    ])
    await credentials.remove(order, issued.id, true)
    await credentials.remove(order, issued.id, true)
    expect(ari.written.slice(2)).toEqual([{ object: 'endpoint/1001-web', fields: { auth: '1001-web' } }])
    expect([...ari.objects.keys()].sort()).toEqual(ALL)
  })

  test('disconnects browsers on request, never desk phones, and never writes the aor', async () => {
    const { ari, credentials } = await open()
    const uris = 'sip:a@192.0.2.1:5060,sip:b@192.0.2.2:4711;transport=ws,sip:c@192.0.2.3:4712;transport=WSS'
    ari.objects.set('aor/1001-web', { ...ari.objects.get('aor/1001-web'), contact: uris })
    // printf of each | md5sum
    const known = [
      '22f1d860b880ec37b4ccdb28a858b994',
      '32c5df1d93ecfc09b3380bc1c6b74d10',
      '1cf0c765b964cc41fff12bfa79450d75',
    ]
    for (const md5 of known) ari.objects.set(contact(md5), {})
    const phone = `contact/1001;@${known[0]}`
    ari.objects.set('aor/1001', { ...ari.objects.get('aor/1001'), contact: 'sip:a@192.0.2.1:5060' })
    ari.objects.set(phone, {})
    await credentials.add(order, issued)
    await credentials.remove(order, issued.id, false)
    expect([...ari.objects.keys()].filter((one) => one.startsWith('contact/'))).toHaveLength(4)
    await credentials.remove(order, issued.id, true)
    expect([...ari.objects.keys()].filter((one) => one.startsWith('contact/'))).toEqual([phone])
    expect(ari.written.filter(({ object }) => object.startsWith('aor/'))).toEqual([])
  })

  test.each([
    ['has another ownership tag', { [OWNERSHIP_OPTION]: 'another', auth: '1001-web' }],
    ['has no ownership tag', { auth: '1001-web' }],
  ])('does not change an endpoint that %s', async (_, endpoint) => {
    const { ari, credentials } = await open()
    await credentials.add(order, issued)
    ari.objects.set('endpoint/1001-web', endpoint)
    ari.written.splice(0)
    await expect(credentials.add(order, issued)).rejects.toMatchObject({ code: 'taken' })
    await credentials.remove(order, issued.id, true)
    expect(ari.written).toEqual([])
    expect(ari.objects.get('endpoint/1001-web')).toEqual(endpoint)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(false)
  })

  test('never changes the desk phone', async () => {
    const { ari, credentials } = await open()
    const phone = ['auth/1001', 'aor/1001', 'endpoint/1001'].map((one) => ari.objects.get(one))
    await credentials.add(order, issued)
    await credentials.remove(order, issued.id, true)
    expect(['auth/1001', 'aor/1001', 'endpoint/1001'].map((one) => ari.objects.get(one))).toEqual(phone)
    expect(ari.written.map(({ object }) => object)).not.toContain('endpoint/1001')
  })

  test('are not lost when the extension is provisioned again', async () => {
    const { ari, credentials, provision } = await open()
    await credentials.add(order, issued)
    await provision(order)
    expect(ari.objects.get('endpoint/1001-web')?.auth).toBe('1001-web,1001-w-0a')
  })

  test('create the endpoint of the browsers for an extension of an earlier version', async () => {
    const { ari, credentials } = await open()
    for (const type of ['endpoint', 'aor', 'auth']) ari.objects.delete(`${type}/1001-web`)
    await credentials.add(order, issued)
    expect(ari.objects.get('endpoint/1001-web')).toMatchObject({
      auth: '1001-web,1001-w-0a',
      callerid: '"Alice Smith" <1001>',
      context: 'hookswitch-web',
      webrtc: 'yes',
    })
    expect(ari.open).toEqual([])
  })

  test('of an earlier version are removed from the desk phone', async () => {
    const { ari, credentials } = await open()
    const tag = { [OWNERSHIP_OPTION]: order.ownershipTag }
    ari.objects.set('auth/1001-w-0a', { ...tag, username: '1001', password: 'lent' })
    ari.objects.set('endpoint/1001', { ...ari.objects.get('endpoint/1001'), auth: '1001,1001-w-0a' })
    await credentials.remove(order, issued.id, true)
    expect(ari.objects.get('endpoint/1001')?.auth).toBe('1001')
    expect([...ari.objects.keys()].sort()).toEqual(ALL)
  })

  test('does not delete an auth of the same name without our ownership tag', async () => {
    const { ari, credentials } = await open()
    ari.objects.set('auth/1001-w-0a', { username: '1001', password: 'theirs' })
    await credentials.remove(order, issued.id, true)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(true)
  })

  test('deletes the auth of a missing extension', async () => {
    const { ari, credentials } = await open()
    await credentials.add(order, issued)
    ari.objects.delete('endpoint/1001')
    ari.objects.delete('endpoint/1001-web')
    await credentials.remove(order, issued.id, true)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(false)
    await expect(credentials.add(order, issued)).rejects.toMatchObject({ code: 'taken' })
  })

  test.each(['1001', '1002-w-0a', '1001-w-', '1001-w-0a/../x', '1001-w-0a,1002'])(
    'the id %s never reaches Asterisk',
    async (id) => {
      const { ari, credentials } = await open()
      await expect(credentials.add(order, { ...issued, id })).rejects.toMatchObject({ code: 'refused' })
      await expect(credentials.remove(order, id, true)).rejects.toMatchObject({ code: 'refused' })
      expect(ari.written).toEqual([])
    },
  )

  test('with any faults, no missing auth is listed, and a retry creates and removes the whole auth', async () => {
    const operations = ['GET auth', 'GET endpoint', 'PUT auth', 'PUT endpoint', 'DELETE auth']
    const untilDone = async (deed: () => Promise<void>, check: () => void) => {
      for (let tries = 0; tries < 12; tries += 1) {
        const isDone = await deed().then(
          () => true,
          () => false,
        )
        check()
        if (isDone) return
      }
      throw new Error('it never came about')
    }
    await fc.assert(
      fc.asyncProperty(faultsOn(operations), faultsOn(operations), async (first, second) => {
        const { ari, credentials } = await open({ ...shortTimeouts, requestMs: 60 })
        const isWhole = () =>
          (ari.objects.get('endpoint/1001-web')?.auth ?? '')
            .split(',')
            .every((one) => ari.objects.has(`auth/${one}`))
        const check = () => expect(isWhole()).toBe(true)
        ari.faults.push(...first)
        await untilDone(() => credentials.add(order, issued), check)
        expect(ari.objects.get('endpoint/1001-web')?.auth).toBe('1001-web,1001-w-0a')
        ari.faults.splice(0, Number.POSITIVE_INFINITY, ...second)
        await untilDone(() => credentials.remove(order, issued.id, false), check)
        expect([...ari.objects.keys()].sort()).toEqual(ALL)
        await ends.pop()?.()
      }),
      { numRuns: 20 },
    )
  })
})
