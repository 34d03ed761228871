import { describe, expect, test } from 'vitest'
import { OAUTH_CLIENT } from '../../support/fake-freepbx.ts'
import { extensionSpec } from './fixtures.ts'
import { another, open } from './open-freepbx.ts'

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
    await expect(freepbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unreachable' })
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
