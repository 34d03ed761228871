import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { createFreepbxProvisioner, type FreepbxNeeds } from '../../../api/provisioning/freepbx.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import type { Fault } from '../../support/faulty-http.ts'
import { extensionSpec, faultsOn, openLog, shortTimeouts } from './fixtures.ts'
import { selfSigned } from './self-signed.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function open(changes: Partial<FreepbxNeeds> = {}, started?: FakeFreepbx) {
  const pbx = started ?? (await startFakeFreepbx())
  const { log, written } = openLog()
  const freepbx = createFreepbxProvisioner({
    baseUrl: pbx.url,
    ...OAUTH_CLIENT,
    now: () => Date.now(),
    log,
    timeouts: { ...shortTimeouts, pollMs: 5, reloadMs: 2_000, gatherMs: 2_000 },
    ...changes,
  })
  ends.push(async () => {
    await freepbx.close()
    await pbx.stop()
  })
  return { pbx, freepbx, written }
}

const another = { name: 'Alice Smith', email: 'alice@example.com', secret: 'of-another', isApplied: true }

describe('provisioning', () => {
  test('creates the extension, reloads, and returns the secret that FreePBX generated', async () => {
    const { pbx, freepbx } = await open()
    const made = await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    expect(there).toMatchObject({ email: extensionSpec.email, isApplied: true })
    expect(made).toEqual({ extension: '1001', authUsername: '1001', secret: there?.secret })
    expect(made.secret).not.toBe(extensionSpec.secret)
  })

  test('the name stays readable and ends with the ownership tag', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision({ ...extensionSpec, displayName: 'Zoë "Q" <x>\r\n; Ünal, 社' })
    expect(pbx.extensions.get('1001')?.name).toMatch(/^Zoë Q x Ünal 社 #[0-9a-f]{8}$/)
  })

  test('the ownership tag survives a name longer than FreePBX stores', async () => {
    const { pbx, freepbx } = await open()
    const long = { ...extensionSpec, displayName: 'Ж'.repeat(100) }
    const first = await freepbx.provision(long)
    expect(Buffer.byteLength(pbx.extensions.get('1001')?.name ?? '')).toBeLessThanOrEqual(50)
    expect(await freepbx.provision(long)).toEqual(first)
  })

  test('a repeated request finds the extension and creates nothing', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provision(extensionSpec)
    expect(await freepbx.provision({ ...extensionSpec, displayName: 'Alice Jones' })).toEqual(first)
    expect(pbx.created).toEqual(['1001'])
  })

  test('another process finds the extension of the first one', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provision(extensionSpec)
    const { freepbx: other } = await open({}, pbx)
    expect(await other.provision(extensionSpec)).toEqual(first)
  })

  test.each([
    ['of the same name and address', another],
    ['created for another registration', { ...another, name: 'Alice Smith #00000000' }],
    [
      'that shows the ownership tag itself',
      { ...another, name: `Alice Smith #${extensionSpec.ownershipTag}` },
    ],
  ])('an extension %s is taken, and its secret is not returned', async (_, there) => {
    const { pbx, freepbx, written } = await open()
    pbx.extensions.set('1001', there)
    const err = await freepbx.provision(extensionSpec).catch((err) => err)
    expect(err).toMatchObject({ code: 'taken' })
    expect(`${err.message}${written()}`).not.toContain('of-another')
    expect(pbx.requestCounts.addExtension).toBeUndefined()
  })

  test('the sign of the tag counts only at the end, where a client that chooses a name cannot write it', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    const sign = pbx.extensions.get('1001')?.name.split(' ').at(-1)
    pbx.extensions.set('1001', { ...another, name: `Alice ${sign} #00000000` })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('an extension of ours without a secret needs an operator', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.secret = ''
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'unconfirmed',
      message: expect.stringContaining('delete it'),
    })
  })

  test('success that FreePBX reports but does not show is unconfirmed', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'lie' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(await freepbx.provision(extensionSpec)).toMatchObject({ extension: '1001' })
    expect(pbx.created).toEqual(['1001'])
  })

  test.each(['silent after', 'reset after', '500 after'] as const)(
    'if the creation succeeded and its answer was lost (%s), it is not sent again',
    async (kind) => {
      const { pbx, freepbx } = await open()
      pbx.faults.push({ on: 'addExtension', kind })
      expect(await freepbx.provision(extensionSpec)).toMatchObject({
        secret: pbx.extensions.get('1001')?.secret,
      })
      expect(pbx.requestCounts.addExtension).toBe(1)
    },
  )

  test.each(['silent before', 'reset before', '500 before', 'html'] as const)(
    'if the creation had no effect (%s), it is sent once more',
    async (kind) => {
      const { pbx, freepbx } = await open()
      pbx.faults.push({ on: 'addExtension', kind })
      expect(await freepbx.provision(extensionSpec)).toMatchObject({
        secret: pbx.extensions.get('1001')?.secret,
      })
      expect(pbx.requestCounts.addExtension).toBe(2)
      expect(pbx.created).toEqual(['1001'])
    },
  )

  test('gives up an unavailable FreePBX after two attempts', async () => {
    const { pbx, freepbx } = await open()
    for (let time = 0; time < 9; time += 1) pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
    expect(pbx.requestCounts.addExtension).toBe(2)
  })

  test('a closed port is unreachable', async () => {
    const { pbx, freepbx } = await open()
    await pbx.stop()
    ends.length = 0
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
    await freepbx.close()
  })

  test('a refusal has the reason of FreePBX, on one line and without our secret', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push(`Can not add extension\r\nbeyond the limit of ${OAUTH_CLIENT.clientSecret}`)
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Can not add extension beyond the limit of [struck]'),
    })
    expect(pbx.requestCounts.addExtension).toBe(1)
  })

  test('an extension created concurrently by another client is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.beforeNext.set('addExtension', () => pbx.extensions.set('1001', another))
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('an extension that is in use but not shown is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push('This device id is already in use')
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test.each([
    ['an extension that is not a number', { extension: '10;1' }],
    ['an address with a comma, which ends a field of voicemail.conf', { email: 'a,b@example.com' }],
    ['an address with a line break', { email: 'a@example.com\nx=y' }],
    ['an ownership tag with a space', { ownershipTag: 'a b' }],
  ])('%s never reaches FreePBX', async (_, overrides) => {
    const { pbx, freepbx } = await open()
    await expect(freepbx.provision({ ...extensionSpec, ...overrides })).rejects.toMatchObject({
      code: 'refused',
    })
    expect(pbx.requestCounts).toEqual({})
  })
})

describe('reloading', () => {
  test('is awaited until its end', async () => {
    const { pbx, freepbx } = await open()
    pbx.reloadPolls = 5
    await freepbx.provision(extensionSpec)
    expect(pbx.extensions.get('1001')?.isApplied).toBe(true)
    expect(pbx.requestCounts.fetchApiStatus).toBe(6)
  })

  test('that fails is reported to the operator and repeated by the next attempt', async () => {
    const { pbx, freepbx } = await open()
    pbx.reloadResults.push('Failed')
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'unconfirmed',
      message: expect.stringContaining('Apply Config'),
    })
    expect(await freepbx.provision(extensionSpec)).toMatchObject({ extension: '1001' })
    expect(pbx.created).toEqual(['1001'])
    expect(pbx.extensions.get('1001')?.isApplied).toBe(true)
  })

  test('that exceeds its timeout is unreachable', async () => {
    const { pbx, freepbx } = await open({
      timeouts: { ...shortTimeouts, pollMs: 5, reloadMs: 100, gatherMs: 50 },
    })
    pbx.reloadPolls = 1_000_000
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('is abandoned by a call after its own timeout', async () => {
    const timeouts = { ...shortTimeouts, callMs: 150, pollMs: 5, reloadMs: 2_000, gatherMs: 50 }
    const { pbx, freepbx } = await open({ timeouts })
    pbx.reloadPolls = 1_000_000
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('is shared by concurrent operations, after all of them', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    const numbers = Array.from({ length: 8 }, (_, at) => String(2000 + at))
    await Promise.all(
      numbers.map((extension) =>
        freepbx.provision({ ...extensionSpec, extension, ownershipTag: `m${extension}` }),
      ),
    )
    expect(pbx.requestCounts.doreload).toBe(1)
    expect([...pbx.extensions.values()].every((one) => one.isApplied)).toBe(true)
    expect(pbx.created.toSorted()).toEqual(numbers)
  })

  test('waits only for a limited time for a slow operation', async () => {
    const timeouts = { ...shortTimeouts, requestMs: 2_000, pollMs: 5, reloadMs: 2_000, gatherMs: 20 }
    const { pbx, freepbx } = await open({ timeouts })
    pbx.faults.push({ on: 'addExtension', kind: 'silent after' })
    const slow = freepbx.provision({ ...extensionSpec, extension: '2000', ownershipTag: 'slow' })
    await expect.poll(() => pbx.requestCounts.addExtension).toBe(1)
    await freepbx.provision(extensionSpec)
    expect(pbx.requestCounts.doreload).toBe(1)
    await slow
    expect(pbx.requestCounts.doreload).toBe(2)
  })
})

describe('removing', () => {
  test('removes the extension and reloads', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    await freepbx.remove('1001', extensionSpec)
    expect(pbx.extensions.size).toBe(0)
    expect(pbx.requestCounts.doreload).toBe(2)
  })

  test('reloads also without an extension, as an earlier attempt may have ended before its reload', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.deleteExtension).toBeUndefined()
    expect(pbx.requestCounts.doreload).toBe(1)
  })

  test.each(['silent after', 'silent before', '500 after', 'html', 'expired'] as const)(
    'the extension is gone after %s',
    async (kind) => {
      const { pbx, freepbx } = await open()
      await freepbx.provision(extensionSpec)
      pbx.faults.push({ on: 'deleteExtension', kind })
      await freepbx.remove('1001', extensionSpec)
      expect(pbx.extensions.size).toBe(0)
    },
  )

  test('does not remove an extension that is no longer ours', async () => {
    const { pbx, freepbx } = await open()
    pbx.extensions.set('1001', another)
    await expect(freepbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'taken' })
    expect(pbx.extensions.size).toBe(1)
  })

  test('recognizes a renamed extension by the secret that FreePBX generated', async () => {
    const { pbx, freepbx } = await open()
    const { secret } = await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.name = 'Alice'
    await freepbx.remove('1001', { ...extensionSpec, secret })
    expect(pbx.extensions.size).toBe(0)
  })

  test('is unconfirmed while the extension still exists', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    pbx.faults.push({ on: 'deleteExtension', kind: 'lie' })
    await expect(freepbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
  })
})

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

describe('over TLS', () => {
  const made = selfSigned()

  test('rejects an untrusted certificate', async () => {
    const { pbx, freepbx } = await open({}, await startFakeFreepbx(made))
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('certificate'),
    })
    expect(pbx.requestCounts).toEqual({})
  })

  test.each([
    ['with a configured certificate authority', { ca: made.cert }],
    ['with `allowSelfSigned`', { allowSelfSigned: true }],
  ])('accepts a certificate %s', async (_, how) => {
    const { freepbx } = await open(how, await startFakeFreepbx(made))
    expect(await freepbx.provision(extensionSpec)).toMatchObject({ extension: '1001' })
  })
})

test('after any faults there is one extension with the right secret, or an error with a remedy', async () => {
  let now = 0
  const { pbx, freepbx } = await open({
    // A rejection of our credentials is cached for a minute: each attempt comes later.
    now: () => now,
    timeouts: { ...shortTimeouts, requestMs: 60, pollMs: 2, pauseMs: 1, reloadMs: 2_000, gatherMs: 20 },
  })
  let number = 3000
  const operations = ['token', 'fetchExtension', 'addExtension', 'doreload', 'fetchApiStatus']
  await fc.assert(
    fc.asyncProperty(faultsOn(operations), async (faults: Fault[]) => {
      number += 1
      const wanted = { ...extensionSpec, extension: String(number), ownershipTag: `mark-${number}` }
      pbx.faults.push(...faults)
      for (let tries = 0; ; tries += 1) {
        const made = await freepbx.provision(wanted).catch((err) => err)
        expect(pbx.created.filter((one) => one === wanted.extension).length).toBeLessThanOrEqual(1)
        if (!(made instanceof Error)) {
          expect(made.secret).toBe(pbx.extensions.get(wanted.extension)?.secret)
          expect(pbx.extensions.get(wanted.extension)?.isApplied).toBe(true)
          break
        }
        expect(made).toBeInstanceOf(ProvisioningError)
        expect(made).toMatchObject({
          code: expect.stringMatching(/^(unreachable|unauthorized|unconfirmed)$/),
        })
        // Each attempt meets at least one fault, or there would have been no error.
        expect(tries).toBeLessThan(40)
        now += 100_000
      }
      pbx.faults.length = 0
    }),
    { numRuns: 60 },
  )
})
