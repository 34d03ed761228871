import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { extensionSpec, faultsOn, shortTimeouts } from './fixtures.ts'
import { open } from './open-mikopbx.ts'

test('after any faults there is one employee with the requested secret, or an error', async () => {
  let now = 0
  const timeouts = { ...shortTimeouts, requestMs: 60, pauseMs: 1 }
  const { pbx, mikopbx } = await open({ now: () => now, timeouts })
  let number = 3000
  await fc.assert(
    fc.asyncProperty(faultsOn(['login', 'available', 'default', 'add', 'show']), async (faults) => {
      number += 1
      const wanted = { ...extensionSpec, extension: String(number), ownershipTag: `mark-${number}` }
      pbx.faults.push(...faults)
      for (let tries = 0; ; tries += 1) {
        const made = await mikopbx.provision(wanted).catch((err) => err)
        expect(pbx.created.filter((one) => one === wanted.extension).length).toBeLessThanOrEqual(1)
        if (!(made instanceof Error)) {
          const there = [...pbx.employees.values()].filter((one) => one.number === wanted.extension)
          expect(there).toMatchObject([{ secret: made.secret }])
          break
        }
        expect(made).toBeInstanceOf(ProvisioningError)
        expect(made).toMatchObject({
          code: expect.stringMatching(/^(unreachable|unauthorized|unconfirmed)$/),
        })
        expect(tries).toBeLessThan(40)
        now += 100_000
      }
      pbx.faults.length = 0
    }),
    { numRuns: 60 },
  )
})
