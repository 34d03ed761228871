import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createAsteriskProvisioner } from '../../../api/provisioning/asterisk.ts'
import { OWNERSHIP_OPTION } from '../../../api/provisioning/pjsip-objects.ts'
import { ARI, startAri } from './fake-ari.ts'
import { extensionSpec as anyOrder, faultsOn, shortTimeouts } from './fixtures.ts'

const order = { ...anyOrder, secret: 'Vq7ProposedSecret42' }
const lent = { id: '1001-w-0a', secret: 'aLentSecretOfSomeLength' }
const contact = (md5: string) => `contact/1001;@${md5}`

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function open(timeouts = shortTimeouts) {
  const ari = await startAri()
  const { close, webrtcCredentials, provision } = createAsteriskProvisioner({
    baseUrl: ari.url,
    ...ARI,
    phones: { context: 'internal', codecs: ['alaw'] },
    timeouts,
  })
  ends.push(async () => {
    await close()
    await ari.stop()
  })
  await provision(order)
  ari.written.splice(0)
  return { ari, lender: webrtcCredentials }
}

describe('lending an extension of Asterisk', () => {
  test('makes the auth before it is listed, and lists it no more before it goes', async () => {
    const { ari, lender } = await open()
    await lender.add(order, lent)
    expect(ari.written).toEqual([
      {
        object: 'auth/1001-w-0a',
        fields: { [OWNERSHIP_OPTION]: order.ownershipTag, username: '1001', password: lent.secret },
      },
      { object: 'endpoint/1001', fields: { auth: '1001,1001-w-0a' } },
    ])
    await lender.remove(order, lent.id, true)
    await lender.remove(order, lent.id, true)
    expect(ari.written.slice(2)).toEqual([{ object: 'endpoint/1001', fields: { auth: '1001' } }])
    expect([...ari.objects.keys()].sort()).toEqual(['aor/1001', 'auth/1001', 'endpoint/1001'])
  })

  test('forgets browsers where it shall, and never a desk phone or what is kept of phones', async () => {
    const { ari, lender } = await open()
    const uris = 'sip:a@192.0.2.1:5060,sip:b@192.0.2.2:4711;transport=ws,sip:c@192.0.2.3:4712;transport=WSS'
    ari.objects.set('aor/1001', { ...ari.objects.get('aor/1001'), contact: uris })
    // printf of each | md5sum
    const known = [
      '22f1d860b880ec37b4ccdb28a858b994',
      '32c5df1d93ecfc09b3380bc1c6b74d10',
      '1cf0c765b964cc41fff12bfa79450d75',
    ]
    for (const md5 of known) ari.objects.set(contact(md5), {})
    await lender.add(order, lent)
    await lender.remove(order, lent.id, false)
    expect([...ari.objects.keys()].filter((one) => one.startsWith('contact/'))).toHaveLength(3)
    await lender.remove(order, lent.id, true)
    expect([...ari.objects.keys()].filter((one) => one.startsWith('contact/'))).toEqual([
      contact('22f1d860b880ec37b4ccdb28a858b994'),
    ])
    expect(ari.written.filter(({ object }) => object.startsWith('aor/'))).toEqual([])
  })

  test.each([
    ['is another registration’s', { [OWNERSHIP_OPTION]: 'another', auth: '1001' }],
    ['nobody marked', { auth: '1001' }],
  ])('an endpoint that %s is left alone', async (_, endpoint) => {
    const { ari, lender } = await open()
    await lender.add(order, lent)
    ari.objects.set('endpoint/1001', endpoint)
    ari.written.splice(0)
    await expect(lender.add(order, lent)).rejects.toMatchObject({ code: 'taken' })
    await lender.remove(order, lent.id, true)
    expect(ari.written).toEqual([])
    expect(ari.objects.get('endpoint/1001')).toEqual(endpoint)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(false)
  })

  test('an auth of the same name that we did not make is left alone', async () => {
    const { ari, lender } = await open()
    ari.objects.set('auth/1001-w-0a', { username: '1001', password: 'theirs' })
    await lender.remove(order, lent.id, true)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(true)
  })

  test('what is gone with its extension is taken back all the same', async () => {
    const { ari, lender } = await open()
    await lender.add(order, lent)
    ari.objects.delete('endpoint/1001')
    await lender.remove(order, lent.id, true)
    expect(ari.objects.has('auth/1001-w-0a')).toBe(false)
    await expect(lender.add(order, lent)).rejects.toMatchObject({ code: 'taken' })
  })

  test.each(['1001', '1002-w-0a', '1001-w-', '1001-w-0a/../x', '1001-w-0a,1002'])(
    'the name %s never reaches Asterisk',
    async (id) => {
      const { ari, lender } = await open()
      await expect(lender.add(order, { ...lent, id })).rejects.toMatchObject({ code: 'refused' })
      await expect(lender.remove(order, id, true)).rejects.toMatchObject({ code: 'refused' })
      expect(ari.written).toEqual([])
    },
  )

  test('whatever fails on the way, no auth is listed that is not there, and it comes and goes whole', async () => {
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
        const { ari, lender } = await open({ ...shortTimeouts, requestMs: 60 })
        const isWhole = () =>
          (ari.objects.get('endpoint/1001')?.auth ?? '')
            .split(',')
            .every((one) => ari.objects.has(`auth/${one}`))
        const check = () => expect(isWhole()).toBe(true)
        ari.faults.push(...first)
        await untilDone(() => lender.add(order, lent), check)
        expect(ari.objects.get('endpoint/1001')?.auth).toBe('1001,1001-w-0a')
        ari.faults.splice(0, Number.POSITIVE_INFINITY, ...second)
        await untilDone(() => lender.remove(order, lent.id, false), check)
        expect([...ari.objects.keys()].sort()).toEqual(['aor/1001', 'auth/1001', 'endpoint/1001'])
        await ends.pop()?.()
      }),
      { numRuns: 20 },
    )
  })
})
