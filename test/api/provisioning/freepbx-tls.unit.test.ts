import { describe, expect, test } from 'vitest'
import { startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { extensionSpec } from './fixtures.ts'
import { open } from './open-freepbx.ts'
import { selfSigned } from './self-signed.ts'

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
