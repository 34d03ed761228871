import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { createFreepbx, type FreepbxNeeds } from '../../../api/provisioning/freepbx.ts'
import { CLIENT, type FakeFreepbx, startFreepbx } from '../../support/fake-freepbx.ts'
import type { Fault } from '../../support/faulty-http.ts'
import { faultsOn, openLog, order, quick } from './fixtures.ts'
import { selfSigned } from './self-signed.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function open(changes: Partial<FreepbxNeeds> = {}, started?: FakeFreepbx) {
  const pbx = started ?? (await startFreepbx())
  const { log, written } = openLog()
  const freepbx = createFreepbx({
    baseUrl: pbx.url,
    ...CLIENT,
    now: () => Date.now(),
    log,
    limits: { ...quick, pollMs: 5, reloadMs: 2_000, gatherMs: 2_000 },
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
    const made = await freepbx.provide(order)
    const there = pbx.extensions.get('1001')
    expect(there).toMatchObject({ email: order.email, isApplied: true })
    expect(made).toEqual({ extension: '1001', authUsername: '1001', secret: there?.secret })
    expect(made.secret).not.toBe(order.secret)
  })

  test('the name stays readable and carries the mark at its end', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provide({ ...order, displayName: 'Zoë "Q" <x>\r\n; Ünal, 社' })
    expect(pbx.extensions.get('1001')?.name).toMatch(/^Zoë Q x Ünal 社 #[0-9a-f]{8}$/)
  })

  test('the mark survives a name that is longer than what FreePBX keeps', async () => {
    const { pbx, freepbx } = await open()
    const long = { ...order, displayName: 'Ж'.repeat(100) }
    const first = await freepbx.provide(long)
    expect(Buffer.byteLength(pbx.extensions.get('1001')?.name ?? '')).toBeLessThanOrEqual(50)
    expect(await freepbx.provide(long)).toEqual(first)
  })

  test('the same order again finds what was made, and makes nothing', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provide(order)
    expect(await freepbx.provide({ ...order, displayName: 'Alice Jones' })).toEqual(first)
    expect(pbx.made).toEqual(['1001'])
  })

  test('another process finds what the first one made', async () => {
    const { pbx, freepbx } = await open()
    const first = await freepbx.provide(order)
    const { freepbx: other } = await open({}, pbx)
    expect(await other.provide(order)).toEqual(first)
  })

  test.each([
    ['of the same name and address', another],
    ['made for another order', { ...another, name: 'Alice Smith #00000000' }],
    ['that shows the mark itself', { ...another, name: `Alice Smith #${order.mark}` }],
  ])('an extension %s is taken, and its secret is told to nobody', async (_, there) => {
    const { pbx, freepbx, written } = await open()
    pbx.extensions.set('1001', there)
    const err = await freepbx.provide(order).catch((err) => err)
    expect(err).toMatchObject({ code: 'taken' })
    expect(`${err.message}${written()}`).not.toContain('of-another')
    expect(pbx.heard.addExtension).toBeUndefined()
  })

  test('the sign of the mark counts at the end only, where nobody can write it who chooses a name', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provide(order)
    const sign = pbx.extensions.get('1001')?.name.split(' ').at(-1)
    pbx.extensions.set('1001', { ...another, name: `Alice ${sign} #00000000` })
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'taken' })
  })

  test('one that is ours and has no secret needs an operator', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provide(order)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.secret = ''
    await expect(freepbx.provide(order)).rejects.toMatchObject({
      code: 'unconfirmed',
      message: expect.stringContaining('delete it'),
    })
  })

  test('success that was said and is not there is not believed', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'lie' })
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(await freepbx.provide(order)).toMatchObject({ extension: '1001' })
    expect(pbx.made).toEqual(['1001'])
  })

  test.each(['silent after', 'reset after', '500 after'] as const)(
    'when the making took effect and its answer was lost (%s), nothing is sent again',
    async (kind) => {
      const { pbx, freepbx } = await open()
      pbx.faults.push({ on: 'addExtension', kind })
      expect(await freepbx.provide(order)).toMatchObject({ secret: pbx.extensions.get('1001')?.secret })
      expect(pbx.heard.addExtension).toBe(1)
    },
  )

  test.each(['silent before', 'reset before', '500 before', 'html'] as const)(
    'when the making took no effect (%s), it is sent once more',
    async (kind) => {
      const { pbx, freepbx } = await open()
      pbx.faults.push({ on: 'addExtension', kind })
      expect(await freepbx.provide(order)).toMatchObject({ secret: pbx.extensions.get('1001')?.secret })
      expect(pbx.heard.addExtension).toBe(2)
      expect(pbx.made).toEqual(['1001'])
    },
  )

  test('FreePBX that stays away is given up after two tries', async () => {
    const { pbx, freepbx } = await open()
    for (let time = 0; time < 9; time += 1) pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'away' })
    expect(pbx.heard.addExtension).toBe(2)
  })

  test('nobody listening is away', async () => {
    const { pbx, freepbx } = await open()
    await pbx.stop()
    ends.length = 0
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'away' })
    await freepbx.close()
  })

  test('what FreePBX refuses is refused in its words, on one line and without our secret', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push(`Can not add extension\r\nbeyond the limit of ${CLIENT.clientSecret}`)
    await expect(freepbx.provide(order)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Can not add extension beyond the limit of [struck]'),
    })
    expect(pbx.heard.addExtension).toBe(1)
  })

  test('one that somebody else makes at the same moment is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.meanwhile.set('addExtension', () => pbx.extensions.set('1001', another))
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'taken' })
  })

  test('one that is in use and yet not shown is taken', async () => {
    const { pbx, freepbx } = await open()
    pbx.refusals.push('This device id is already in use')
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'taken' })
  })

  test.each([
    ['an extension that is no number', { extension: '10;1' }],
    ['an address with a comma, which ends a field of voicemail.conf', { email: 'a,b@example.com' }],
    ['an address with a line break', { email: 'a@example.com\nx=y' }],
    ['a mark with a blank', { mark: 'a b' }],
  ])('%s never reaches FreePBX', async (_, flaw) => {
    const { pbx, freepbx } = await open()
    await expect(freepbx.provide({ ...order, ...flaw })).rejects.toMatchObject({ code: 'refused' })
    expect(pbx.heard).toEqual({})
  })
})

describe('reloading', () => {
  test('is waited for, however long it takes', async () => {
    const { pbx, freepbx } = await open()
    pbx.reloadLooks = 5
    await freepbx.provide(order)
    expect(pbx.extensions.get('1001')?.isApplied).toBe(true)
    expect(pbx.heard.fetchApiStatus).toBe(6)
  })

  test('that fails is told to the operator, and done again with the next try', async () => {
    const { pbx, freepbx } = await open()
    pbx.reloadEnds.push('Failed')
    await expect(freepbx.provide(order)).rejects.toMatchObject({
      code: 'unconfirmed',
      message: expect.stringContaining('Apply Config'),
    })
    expect(await freepbx.provide(order)).toMatchObject({ extension: '1001' })
    expect(pbx.made).toEqual(['1001'])
    expect(pbx.extensions.get('1001')?.isApplied).toBe(true)
  })

  test('that takes too long is given up as away', async () => {
    const { pbx, freepbx } = await open({ limits: { ...quick, pollMs: 5, reloadMs: 100, gatherMs: 50 } })
    pbx.reloadLooks = 1_000_000
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'away' })
  })

  test('is given up by a call whose own time is over', async () => {
    const limits = { ...quick, callMs: 150, pollMs: 5, reloadMs: 2_000, gatherMs: 50 }
    const { pbx, freepbx } = await open({ limits })
    pbx.reloadLooks = 1_000_000
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'away' })
  })

  test('is shared by extensions that are made at once, after all of them', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: '500 before' })
    const numbers = Array.from({ length: 8 }, (_, at) => String(2000 + at))
    await Promise.all(
      numbers.map((extension) => freepbx.provide({ ...order, extension, mark: `m${extension}` })),
    )
    expect(pbx.heard.doreload).toBe(1)
    expect([...pbx.extensions.values()].every((one) => one.isApplied)).toBe(true)
    expect(pbx.made.toSorted()).toEqual(numbers)
  })

  test('does not wait for ever for one that is slow to be made', async () => {
    const limits = { ...quick, requestMs: 2_000, pollMs: 5, reloadMs: 2_000, gatherMs: 20 }
    const { pbx, freepbx } = await open({ limits })
    pbx.faults.push({ on: 'addExtension', kind: 'silent after' })
    const slow = freepbx.provide({ ...order, extension: '2000', mark: 'slow' })
    await expect.poll(() => pbx.heard.addExtension).toBe(1)
    await freepbx.provide(order)
    expect(pbx.heard.doreload).toBe(1)
    await slow
    expect(pbx.heard.doreload).toBe(2)
  })
})

describe('removing', () => {
  test('takes it away and reloads', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provide(order)
    await freepbx.remove('1001', order)
    expect(pbx.extensions.size).toBe(0)
    expect(pbx.heard.doreload).toBe(2)
  })

  test('one that is not there is no fault, and yet reloaded: an earlier try may have been cut short', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.remove('1001', order)
    expect(pbx.heard.deleteExtension).toBeUndefined()
    expect(pbx.heard.doreload).toBe(1)
  })

  test.each(['silent after', 'silent before', '500 after', 'html', 'expired'] as const)(
    'ends with it gone after %s',
    async (kind) => {
      const { pbx, freepbx } = await open()
      await freepbx.provide(order)
      pbx.faults.push({ on: 'deleteExtension', kind })
      await freepbx.remove('1001', order)
      expect(pbx.extensions.size).toBe(0)
    },
  )

  test('one that is another’s by now is left alone', async () => {
    const { pbx, freepbx } = await open()
    pbx.extensions.set('1001', another)
    await expect(freepbx.remove('1001', order)).rejects.toMatchObject({ code: 'taken' })
    expect(pbx.extensions.size).toBe(1)
  })

  test('one that an operator has renamed is known by the secret that FreePBX made', async () => {
    const { pbx, freepbx } = await open()
    const { secret } = await freepbx.provide(order)
    const there = pbx.extensions.get('1001')
    if (there !== undefined) there.name = 'Alice'
    await freepbx.remove('1001', { ...order, secret })
    expect(pbx.extensions.size).toBe(0)
  })

  test('is not believed when it is still there', async () => {
    const { pbx, freepbx } = await open()
    await freepbx.provide(order)
    pbx.faults.push({ on: 'deleteExtension', kind: 'lie' })
    await expect(freepbx.remove('1001', order)).rejects.toMatchObject({ code: 'unconfirmed' })
  })
})

describe('access', () => {
  test('one token serves many calls, until a minute before its end', async () => {
    let now = 0
    const { pbx, freepbx } = await open({ now: () => now })
    await Promise.all([freepbx.remove('1'.repeat(4), order), freepbx.remove('2'.repeat(4), order)])
    now = 3_539_000
    await freepbx.remove('1111', order)
    expect(pbx.heard.token).toBe(1)
    now = 3_541_000
    await freepbx.remove('1111', order)
    expect(pbx.heard.token).toBe(2)
  })

  test('a token that is over is renewed once, and the request sent again', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'addExtension', kind: 'expired' })
    await freepbx.provide(order)
    expect(pbx.heard).toMatchObject({ token: 2, addExtension: 2 })
    expect(pbx.made).toEqual(['1001'])
  })

  test('tokens that are never taken are an operator’s matter', async () => {
    const { pbx, freepbx } = await open()
    pbx.faults.push({ on: 'fetchExtension', kind: 'expired' }, { on: 'fetchExtension', kind: 'expired' })
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'denied' })
  })

  test('a client it does not know is denied, and it is not asked again at once', async () => {
    const { pbx, freepbx, written } = await open({ clientSecret: 'wrong-client-secret' })
    const err = await freepbx.provide(order).catch((err) => err)
    expect(err).toMatchObject({ code: 'denied' })
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'denied' })
    expect(pbx.heard.token).toBe(1)
    expect(`${err.message}${written()}`).not.toContain('wrong-client-secret')
  })

  test.each(['fetchExtension', 'addExtension', 'doreload'])(
    'without the scope for %s the error names the scopes',
    async (member) => {
      const { pbx, freepbx } = await open()
      pbx.hidden.add(member)
      const err = await freepbx.provide(order).catch((err) => err)
      expect(err).toMatchObject({ code: 'denied', message: expect.stringContaining('gql:framework:read') })
    },
  )

  test('an address without the API is an operator’s matter', async () => {
    const pbx = await startFreepbx()
    const { freepbx } = await open({ baseUrl: `${pbx.url}/elsewhere/` }, pbx)
    await expect(freepbx.provide(order)).rejects.toMatchObject({ code: 'denied' })
  })

  test('neither tokens nor secrets are ever logged', async () => {
    const { pbx, freepbx, written } = await open({ allowSelfSigned: true })
    pbx.faults.push({ on: 'doreload', kind: '500 before' })
    const { secret } = await freepbx.provide(order)
    expect(written()).toContain('pbx_reloaded')
    for (const hidden of [secret, CLIENT.clientSecret, order.secret, 'eyJ']) {
      expect(written()).not.toContain(hidden)
    }
  })
})

describe('over TLS', () => {
  const made = selfSigned()

  test('a certificate that nobody we trust has signed is refused', async () => {
    const { pbx, freepbx } = await open({}, await startFreepbx(made))
    await expect(freepbx.provide(order)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('certificate'),
    })
    expect(pbx.heard).toEqual({})
  })

  test.each([
    ['whose signer is named', { ca: made.cert }],
    ['that is allowed to be anybody’s', { allowSelfSigned: true }],
  ])('a certificate %s is taken', async (_, how) => {
    const { freepbx } = await open(how, await startFreepbx(made))
    expect(await freepbx.provide(order)).toMatchObject({ extension: '1001' })
  })
})

test('after any faults there is one extension with its true secret, or an error that says what to do', async () => {
  let now = 0
  const { pbx, freepbx } = await open({
    // A refusal of our credentials stands for a minute: each try comes later than that.
    now: () => now,
    limits: { ...quick, requestMs: 60, pollMs: 2, pauseMs: 1, reloadMs: 2_000, gatherMs: 20 },
  })
  let number = 3000
  const operations = ['token', 'fetchExtension', 'addExtension', 'doreload', 'fetchApiStatus']
  await fc.assert(
    fc.asyncProperty(faultsOn(operations), async (faults: Fault[]) => {
      number += 1
      const wanted = { ...order, extension: String(number), mark: `mark-${number}` }
      pbx.faults.push(...faults)
      for (let tries = 0; ; tries += 1) {
        const made = await freepbx.provide(wanted).catch((err) => err)
        expect(pbx.made.filter((one) => one === wanted.extension).length).toBeLessThanOrEqual(1)
        if (!(made instanceof Error)) {
          expect(made.secret).toBe(pbx.extensions.get(wanted.extension)?.secret)
          expect(pbx.extensions.get(wanted.extension)?.isApplied).toBe(true)
          break
        }
        expect(made).toBeInstanceOf(ProvisioningError)
        expect(made).toMatchObject({ code: expect.stringMatching(/^(away|denied|unconfirmed)$/) })
        // Each try meets at least one fault, or there would have been no error.
        expect(tries).toBeLessThan(40)
        now += 100_000
      }
      pbx.faults.length = 0
    }),
    { numRuns: 60 },
  )
})
