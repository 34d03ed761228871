import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import type { Fault } from '../../support/faulty-http.ts'
import { extensionSpec, faultsOn, shortTimeouts } from './fixtures.ts'
import { open } from './open-freepbx.ts'

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
