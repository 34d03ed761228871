import { describe, expect, test } from 'vitest'
import { extensionSpec } from './fixtures.ts'
import { another, open } from './open-freepbx.ts'

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
