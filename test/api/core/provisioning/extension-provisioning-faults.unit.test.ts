import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProvisioningErrorCode } from '../../../../api/core/provisioning/provisioner.ts'
import { until } from '../../../support/fixtures/users.ts'
import { createProvisioningFixture, type PbxFailure } from '../../../support/provisioning-fixture.ts'
import { createWorldOpener, tickAfter } from './fixtures/provisioning-worlds.ts'

const open = createWorldOpener()

test('of two APIs that tick at the same time, one provisions the extension', async () => {
  const one = await open()
  const two = await open({ url: one.url, pbx: one.pbx })
  one.pbx.faults.push({ code: 'unreachable' })
  await one.register()
  await Promise.all([tickAfter(one, 5), tickAfter(two, 5)])
  expect(one.pbx.asked).toEqual(['provide 2000', 'provide 2000'])
})

test('with any faults, each extension is created once with the same data here and on the PBX, or nothing is left', async () => {
  const code = fc.constantFrom<ProvisioningErrorCode>('unreachable', 'unauthorized', 'refused', 'unconfirmed')
  const fault: fc.Arbitrary<PbxFailure> = fc.option(
    fc.oneof(
      code.map((one) => ({ code: one })),
      fc.constant({ code: 'unreachable' as const, isDone: true }),
    ),
    { nil: undefined },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.array(fc.boolean(), { maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom('2000', '2001', '2002')),
      async (faults, leaves, others) => {
        const world = await createProvisioningFixture()
        for (const number of others) world.pbx.extensions.set(number, { mark: 'other', secret: 'theirs' })
        try {
          world.pbx.faults.push(...faults)
          for (const [n, isLeaving] of [false, ...leaves].entries()) {
            const made = await world.register(`p${n}@example.org`).catch(() => undefined)
            if (isLeaving && made !== undefined) await world.users.remove(made.user.id, until).catch(() => {})
          }
          for (let run = 0; run < 12; run += 1) await tickAfter(world, 301)

          const people = await world.users.list({ limit: 100 })
          for (const { id, extension } of people) {
            const { username, password } = await world.credentials.read({ userId: id })
            expect([extension, password]).toEqual([username, world.pbx.extensions.get(username)?.secret])
          }
          const unsettled = await world.extensions.listUnfinished()
          expect(unsettled.filter(({ state }) => state !== 'external')).toEqual([])
          for (const number of others) expect(world.pbx.extensions.get(number)?.secret).toBe('theirs')
          expect(world.pbx.extensions.size).toBe(people.length + others.length)
        } finally {
          await world.close()
        }
      },
    ),
    { numRuns: 40 },
  )
})
