import { describe, expect, test } from 'vitest'
import { extensionSpec, shortTimeouts } from './fixtures.ts'
import { open } from './open-freepbx.ts'

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
