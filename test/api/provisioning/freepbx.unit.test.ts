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

describe('providing', () => {
  test('makes the extension, reloads, and answers with the secret that FreePBX made', async () => {
    const { pbx, freepbx } = await open()
    const made = await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    expect(there).toMatchObject({ email: extensionSpec.email, isApplied: true })
    expect(made).toEqual({ extension: '1001', authUsername: '1001', secret: there?.secret })
    expect(made.secret).not.toBe(extensionSpec.secret)
  })

  test('the name stays readable and carries the mark at its end', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision({ ...extensionSpec, displayName: 'Zoë "Q" <x>\r\n; Ünal, 社' })
    expect(pbx.extensions.get('1001')?.name).toMatch(/^Zoë Q x Ünal 社 #[0-9a-f]{8}$/)
  })

  test('the mark survives a name that is longer than what FreePBX keeps', async () => {
    const { pbx, freepbx } = await open()
    const long = { ...extensionSpec, displayName: 'Ж'.repeat(100) }
    const first = await freepbx.provision(long)
    expect(Buffer.byteLength(pbx.extensions.get('1001')?.name ?? '')).toBeLessThanOrEqual(50)
    expect(await freepbx.provision(long)).toEqual(first)
  })

  test('the same order again finds what was made, and makes nothing', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provision(extensionSpec)
    expect(await freepbx.provision({ ...extensionSpec, displayName: 'Alice Jones' })).toEqual(first)
    expect(pbx.created).toEqual(['1001'])
  })

  test('another process finds what the first one made', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provision(extensionSpec)
    const { freepbx: other } = await open({}, pbx)
    expect(await other.provision(extensionSpec)).toEqual(first)
  })

  test.each([
    ['of the same name and address', another],
    ['made for another order', { ...another, name: 'Alice Smith #00000000' }],
    ['that shows the mark itself', { ...another, name: `Alice Smith #${extensionSpec.ownershipTag}` }],
  ])('an extension %s is taken, and its secret is told to nobody', async (_, there) => {
    const { pbx, freepbx, written } = await open()
    pbx.extensions.set('1001', there)
    const err = await freepbx.provision(extensionSpec).catch((err) => err)
    expect(err).toMatchObject({ code: 'taken' })
    expect(`${err.message}${written()}`).not.toContain('of-another')
    expect(pbx.requestCounts.addExtension).toBeUndefined()
  })

  test('the sign of the mark counts at the end only, where nobody can write it who chooses a name', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    const sign = pbx.extensions.get('1001')?.name.split(' ').at(-1)
    pbx.extensions.set('1001', { ...another, name: `Alice ${sign} #00000000` })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('one that is ours and has no secret needs an operator', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.secret = ''
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'unconfirmed',
      message: expect.stringContaining('delete it'),
    })
  })

  test('success that was said and is not there is not believed', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'lie' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(await freepbx.provision(extensionSpec)).toMatchObject({ extension: '1001' })
    expect(pbx.created).toEqual(['1001'])
  })

  test.each(['silent after', 'reset after', '500 after'] as const)(
    'when the making took effect and its answer was lost (%s), nothing is sent again',
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
    'when the making took no effect (%s), it is sent once more',
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

  test('FreePBX that stays away is given up after two tries', async () => {
    const { pbx, freepbx } = await open()
    for (let time = 0; time < 9; time += 1) pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
    expect(pbx.requestCounts.addExtension).toBe(2)
  })

  test('nobody listening is away', async () => {
    const { pbx, freepbx } = await open()
    await pbx.stop()
    ends.length = 0
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
    await freepbx.close()
  })

  test('what FreePBX refuses is refused in its words, on one line and without our secret', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push(`Can not add extension\r\nbeyond the limit of ${OAUTH_CLIENT.clientSecret}`)
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Can not add extension beyond the limit of [struck]'),
    })
    expect(pbx.requestCounts.addExtension).toBe(1)
  })

  test('one that somebody else makes at the same moment is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.beforeNext.set('addExtension', () => pbx.extensions.set('1001', another))
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('one that is in use and yet not shown is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push('This device id is already in use')
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test.each([
    ['an extension that is no number', { extension: '10;1' }],
    ['an address with a comma, which ends a field of voicemail.conf', { email: 'a,b@example.com' }],
    ['an address with a line break', { email: 'a@example.com\nx=y' }],
    ['a mark with a blank', { ownershipTag: 'a b' }],
  ])('%s never reaches FreePBX', async (_, flaw) => {
    const { pbx, freepbx } = await open()
    await expect(freepbx.provision({ ...extensionSpec, ...flaw })).rejects.toMatchObject({ code: 'refused' })
    expect(pbx.requestCounts).toEqual({})
  })
})

describe('reloading', () => {
  test('is waited for, however long it takes', async () => {
    const { pbx, freepbx } = await open()
    pbx.reloadPolls = 5
    await freepbx.provision(extensionSpec)
    expect(pbx.extensions.get('1001')?.isApplied).toBe(true)
    expect(pbx.requestCounts.fetchApiStatus).toBe(6)
  })

  test('that fails is told to the operator, and done again with the next try', async () => {
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

  test('that takes too long is given up as away', async () => {
    const { pbx, freepbx } = await open({
      timeouts: { ...shortTimeouts, pollMs: 5, reloadMs: 100, gatherMs: 50 },
    })
    pbx.reloadPolls = 1_000_000
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('is given up by a call whose own time is over', async () => {
    const timeouts = { ...shortTimeouts, callMs: 150, pollMs: 5, reloadMs: 2_000, gatherMs: 50 }
    const { pbx, freepbx } = await open({ timeouts })
    pbx.reloadPolls = 1_000_000
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('is shared by extensions that are made at once, after all of them', async () => {
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

  test('does not wait for ever for one that is slow to be made', async () => {
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
  test('takes it away and reloads', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    await freepbx.remove('1001', extensionSpec)
    expect(pbx.extensions.size).toBe(0)
    expect(pbx.requestCounts.doreload).toBe(2)
  })

  test('one that is not there is no fault, and yet reloaded: an earlier try may have been cut short', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.deleteExtension).toBeUndefined()
    expect(pbx.requestCounts.doreload).toBe(1)
  })

  test.each(['silent after', 'silent before', '500 after', 'html', 'expired'] as const)(
    'ends with it gone after %s',
    async (kind) => {
      const { pbx, freepbx } = await open()
      await freepbx.provision(extensionSpec)
      pbx.faults.push({ on: 'deleteExtension', kind })
      await freepbx.remove('1001', extensionSpec)
      expect(pbx.extensions.size).toBe(0)
    },
  )

  test('one that is another’s by now is left alone', async () => {
    const { pbx, freepbx } = await open()
    pbx.extensions.set('1001', another)
    await expect(freepbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'taken' })
    expect(pbx.extensions.size).toBe(1)
  })

  test('one that an operator has renamed is known by the secret that FreePBX made', async () => {
    const { pbx, freepbx } = await open()
    const { secret } = await freepbx.provision(extensionSpec)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.name = 'Alice'
    await freepbx.remove('1001', { ...extensionSpec, secret })
    expect(pbx.extensions.size).toBe(0)
  })

  test('is not believed when it is still there', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provision(extensionSpec)
    pbx.faults.push({ on: 'deleteExtension', kind: 'lie' })
    await expect(freepbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
  })
})

describe('access', () => {
  test('one token serves many calls, until a minute before its end', async () => {
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

  test('a token that is over is renewed once, and the request sent again', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'expired' })
    await freepbx.provision(extensionSpec)
    expect(pbx.requestCounts).toMatchObject({ token: 2, addExtension: 2 })
    expect(pbx.created).toEqual(['1001'])
  })

  test('tokens that are never taken are an operator’s matter', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'fetchExtension', kind: 'expired' }, { on: 'fetchExtension', kind: 'expired' })
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('a client it does not know is denied, and it is not asked again at once', async () => {
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

  test('an address without the API is an operator’s matter', async () => {
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

  test('a certificate that nobody we trust has signed is refused', async () => {
    const { pbx, freepbx } = await open({}, await startFakeFreepbx(made))
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('certificate'),
    })
    expect(pbx.requestCounts).toEqual({})
  })

  test.each([
    ['whose signer is named', { ca: made.cert }],
    ['that is allowed to be anybody’s', { allowSelfSigned: true }],
  ])('a certificate %s is taken', async (_, how) => {
    const { freepbx } = await open(how, await startFakeFreepbx(made))
    expect(await freepbx.provision(extensionSpec)).toMatchObject({ extension: '1001' })
  })
})

test('after any faults there is one extension with its true secret, or an error that says what to do', async () => {
  let now = 0
  const { pbx, freepbx } = await open({
    // A refusal of our credentials stands for a minute: each try comes later than that.
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
        // Each try meets at least one fault, or there would have been no error.
        expect(tries).toBeLessThan(40)
        now += 100_000
      }
      pbx.faults.length = 0
    }),
    { numRuns: 60 },
  )
})
