import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import type { InjectedCrash } from '../../../../support/crash-injection.ts'
import { type Command, createSimulation, OUTCOMES, REFUSALS } from './fixtures/dialer-simulation.ts'

const crash = fc.option(
  fc.record({
    step: fc.nat(25),
    after: fc.boolean(),
    kind: fc.constantFrom('dies' as const, 'sleeps' as const),
  }),
  { nil: undefined, freq: 2 },
)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    does: fc.constant('round' as const),
    who: fc.constantFrom(0 as const, 1 as const),
    crash,
    refusal: fc.option(fc.constantFrom(...REFUSALS), { nil: undefined, freq: 4 }),
  }),
  fc.record({ does: fc.constant('both' as const) }),
  fc.record({ does: fc.constant('end' as const), which: fc.nat(9), outcome: fc.constantFrom(...OUTCOMES) }),
  fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 5, 31, 61, 400) }),
  fc.record({ does: fc.constant('wake' as const) }),
)
interface Situation {
  /** The last digit of each lead's number: leads may share a number. */
  leads: number[]
  agents: number
  maxAttempts: number
  commands: Command[]
}
const situation: fc.Arbitrary<Situation> = fc.record({
  leads: fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }),
  agents: fc.integer({ min: 1, max: 3 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  commands: fc.array(command, { maxLength: 25 }),
})

describe('a campaign dialed by two APIs that may crash or stall at any step', () => {
  let folder: string
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dialer-'))
    const url = `sqlite:${join(folder, 'test.db')}`
    await migrate(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })

  test('calls no lead twice if an API crashes or stalls at any step of a tick and continues later', async () => {
    const round = { does: 'round', crash: undefined, refusal: undefined } as const
    let tried = 0
    for (const crash of CRASHES) {
      const simulation = await createSimulation(db, { leads: [1, 2], agents: 2, maxAttempts: 2 })
      await simulation.run({ ...round, who: 0, crash })
      // After the claim timeout, a lead that was not dialed is released and claimed by the other API.
      await simulation.run({ does: 'wait', seconds: 31 })
      await simulation.run({ ...round, who: 1 })
      await simulation.run({ ...round, who: 1 })
      // A lead that may have been dialed is called again only when its call counts as lost and its next attempt is due.
      await simulation.run({ does: 'wait', seconds: 31 })
      await simulation.run({ ...round, who: 1 })
      await simulation.run({ does: 'wait', seconds: 61 })
      await simulation.run({ ...round, who: 1 })
      await simulation.run({ does: 'wake' })
      await simulation.finish()
      expect(simulation.violations, JSON.stringify(crash)).toEqual([])
      expect((await simulation.leads()).map(({ dial_state, attempts }) => [dial_state, attempts])).toEqual([
        ['done', 2],
        ['done', 2],
      ])
      // A tick has no more steps.
      if (simulation.crashes() === 0) break
      tried += 1
    }
    expect(tried).toBeGreaterThan(40)
    expect(tried).toBeLessThan(CRASHES.length)
  }, 120_000)

  test('never has a lead, number or agent in two calls, exceeds no limit of attempts, and finishes all leads', async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ({ leads, agents, maxAttempts, commands }) => {
        const simulation = await createSimulation(db, { leads, agents, maxAttempts })
        for (const one of commands) await simulation.run(one)
        await simulation.finish()
        expect(simulation.violations).toEqual([])
        for (const { dial_state, attempts, number } of await simulation.leads()) {
          expect(dial_state, number).toBe('done')
          expect(attempts).toBeLessThanOrEqual(maxAttempts)
        }
        expect(await simulation.attempts()).toBeGreaterThanOrEqual(simulation.tried())
      }),
      { numRuns: 60, examples: [[STALLED_BEFORE_ORIGINATE]] },
    )
  }, 120_000)
})

/** An API stalls between the stored request and its Originate, until the call counts as lost and the lead is due again. */
const STALLED_BEFORE_ORIGINATE: Situation = {
  ...{ leads: [0], agents: 1, maxAttempts: 2 },
  commands: [
    { does: 'round', who: 0, crash: { step: 7, after: true, kind: 'sleeps' }, refusal: undefined },
    { does: 'wait', seconds: 31 },
    { does: 'wait', seconds: 31 },
    { does: 'both' },
    { does: 'wait', seconds: 61 },
  ],
}

/** Each way to crash or stall in a tick, at more steps than a tick has. */
const CRASHES = Array.from({ length: 30 }, (_, step) =>
  ([true, false] as const).flatMap((after) =>
    (['dies', 'sleeps'] as const).map((kind): InjectedCrash => ({ step, after, kind })),
  ),
).flat()
