import { describe, expect, it } from 'vitest'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { createAssignableNumberCheck } from '../../../../api/core/provisioning/assignable-number.ts'
import { createExtensionMaintenance } from '../../../../api/core/provisioning/extension-maintenance.ts'

describe('an assignable number', () => {
  const policy = createDialPolicy(PolicyFile.parse({ country: 'DE', deny: ['1003'] }))
  const media = { hasFiles: async (extension: string) => extension === '1002' }
  const isAssignable = createAssignableNumberCheck(() => policy, media)

  it.each([
    ['can be dialed and has an empty media folder', '1001', true],
    ['has no files in its media folder', '1002', false],
    ['is not denied by the dial policy', '1003', false],
    ['is not an emergency number', '112', false],
  ])('%s: %s', async (_, number, expected) => {
    expect(await isAssignable(number)).toBe(expected)
  })
})

describe('a round of maintenance', () => {
  it('ends quarantines, then continues provisioning', async () => {
    const calls: unknown[] = []
    const { tick, intervalMs } = createExtensionMaintenance({
      store: { releaseQuarantined: async (before) => void calls.push(before) },
      provisioning: { tick: async () => void calls.push('tick') },
      quarantine: 600,
      now: () => 1_000_999,
    })
    await tick()
    expect([calls, intervalMs]).toEqual([[400, 'tick'], 5_000])
  })

  it('ends quarantines also without a provisioner, every 10 minutes', async () => {
    const calls: unknown[] = []
    const { tick, intervalMs } = createExtensionMaintenance({
      store: { releaseQuarantined: async (before) => void calls.push(before) },
      provisioning: undefined,
      quarantine: 0,
      now: () => 1_000_000,
    })
    await tick()
    expect([calls, intervalMs]).toEqual([[1_000], 600_000])
  })
})
