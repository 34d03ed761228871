import fc, { type Scheduler } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleUser } from '../../../support/sample-user.ts'
import { createModel, mustBeAlive } from '../../../support/sessions/model.ts'
import { createOperations, type SessionCommand } from '../../../support/sessions/operations.ts'
import { createSimulation, type Lifetimes } from '../../../support/sessions/simulation.ts'

const USERS = ['1', '2']
const people = USERS.map((id) => sampleUser({ id, username: `name-${id}`, passwordHash: 'first password' }))

const GRACE = 10
const usual: Lifetimes = { access: 60, refresh: 300, session: 900, graceMs: GRACE * 1000 }
/** Lifetimes with which an access token could outlive its refresh token. */
const longAccess: Lifetimes = { ...usual, access: 400 }

const user = fc.constantFrom(...USERS)
const session = fc.nat(7)
const pick = fc.constantFrom('newest' as const, 'newest' as const, 'parent' as const, 'older' as const)
/** A moment, and the lifetimes: grace period, access token, idle time, session. */
const seconds = fc.constantFrom(1, GRACE - 1, GRACE, GRACE + 1, 61, 200, 301, 901)
const failure = fc.record({
  call: fc.integer({ min: 1, max: 8 }),
  when: fc.constantFrom('before' as const, 'after' as const),
})
const failures = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(failure, { minLength: 1, maxLength: 2 }) },
)
const does = <T extends string>(what: T) => fc.constant(what)

const command: fc.Arbitrary<SessionCommand> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: does('login'),
      user,
      kind: fc.constantFrom('jwt' as const, 'opaque' as const),
      failures,
    }),
  },
  { weight: 10, arbitrary: fc.record({ do: does('rotate'), session, pick, failures }) },
  { weight: 4, arbitrary: fc.record({ do: does('refresh'), session, failures }) },
  { weight: 3, arbitrary: fc.record({ do: does('pass'), seconds, failures: fc.constant([]) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: does('garbage'),
      session,
      garbage: fc.constantFrom('noise' as const, 'mutated' as const, 'foreign' as const),
      failures: fc.constant([]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('logout' as const, 'end' as const, 'endAsStranger' as const, 'endOthers' as const),
      session,
      failures,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: does('logoutBySecret'), session, pick, failures }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'endAll' as const,
        'setPassword' as const,
        'promote' as const,
        'disable' as const,
        'enable' as const,
      ),
      user,
      failures,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: does('remove'), user: fc.constant('2'), failures }) },
  { weight: 1, arbitrary: fc.record({ do: does('tend'), failures }) },
)

/** Groups of concurrent commands, one group after the other. */
const waves = fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { maxLength: 12 })

/** A scheduler that picks the next task only when all others wait for it. */
function drawn() {
  let quiet = async () => {}
  const scheduler = fc.scheduler({
    act: async (proceed) => {
      await proceed()
      await quiet()
    },
  })
  return { scheduler, waitOn: (until: () => Promise<void>) => (quiet = until) }
}

/** Runs the groups, each to its end, and then checks every session. */
async function live(
  scheduler: Scheduler,
  waitOn: (until: () => Promise<void>) => void,
  lifetimes: Lifetimes,
  all: SessionCommand[][],
) {
  const world = createSimulation(scheduler, people, lifetimes)
  waitOn(world.whenIdle)
  const model = createModel(world)
  const operations = createOperations(world, model)
  const settled = <T>(work: Promise<T>) => scheduler.waitFor(work)

  for (const [n, wave] of all.entries()) {
    await settled(Promise.all(wave.map((one, m) => operations.perform(one, `${n}.${m}`))))
    for (const one of model.sessions) {
      if (!operations.isOver(one)) continue
      operations.expectRejected(one)
      expect(await settled(operations.refreshNewest(one)), `${one.id} stays over`).toBe('refused')
    }
  }

  await settled(world.publishPending())
  for (const one of model.sessions) {
    const outcome = await settled(operations.refreshNewest(one))
    if (mustBeAlive(one)) expect(outcome, `${one.id} goes on`).toBe('refreshed')
    // Every session is either active or ended completely.
    else if (outcome === 'refused' && !one.hasExpired) operations.expectRejected(one)
    expect(model.violations).toEqual([])
  }
  return model
}

const fine = { failures: [] }
const logIn = (kind: 'jwt' | 'opaque'): SessionCommand => ({ do: 'login', user: '1', kind, ...fine })

describe('sessions, with any commands in any order, and any failures', () => {
  const { scheduler, waitOn } = drawn()

  test.each([
    ['usual lifetimes', usual, 1_000],
    ['access tokens that are to live longer than what refreshes them', longAccess, 500],
  ])(
    'end once a client was notified of the end, and otherwise continue: %s',
    async (_, lifetimes, numRuns) => {
      const property = fc.asyncProperty(scheduler, waves, async (drawnScheduler, all) => {
        await live(drawnScheduler, waitOn, lifetimes, all)
      })
      await fc.assert(property, { numRuns })
    },
  )

  test('get one child of one secret, however many requests present it at once', async () => {
    const fifty = fc.array(failures, { minLength: 50, maxLength: 50 })
    const property = fc.asyncProperty(scheduler, fifty, async (drawnScheduler, all) => {
      const rotations = all.map(
        (some): SessionCommand => ({ do: 'rotate', session: 0, pick: 'first', failures: some }),
      )
      const model = await live(drawnScheduler, waitOn, usual, [[logIn('opaque')], rotations])
      // The first secret, its child, and the child's child, which the end of the test requests.
      expect([...(model.sessions[0]?.secrets.keys() ?? [])]).toEqual([0, 1, 2])
    })
    await fc.assert(property, { numRuns: 50 })
  })

  test.each([
    ['logged out', [0, 1].map((session): SessionCommand => ({ do: 'logout', session, ...fine }))],
    ['ended by an administrator', [0, 1].map((session): SessionCommand => ({ do: 'end', session, ...fine }))],
    ['logged out everywhere', [{ do: 'endAll', user: '1', ...fine }] satisfies SessionCommand[]],
    ['given another password', [{ do: 'setPassword', user: '1', ...fine }] satisfies SessionCommand[]],
    ['given another role', [{ do: 'promote', user: '1', ...fine }] satisfies SessionCommand[]],
    ['disabled', [{ do: 'disable', user: '1', ...fine }] satisfies SessionCommand[]],
    ['removed', [{ do: 'remove', user: '1', ...fine }] satisfies SessionCommand[]],
  ])('leave nothing alive when they are refreshed while their user is %s', async (_, endings) => {
    const refreshes = [0, 1, 2].flatMap((): SessionCommand[] => [
      { do: 'rotate', session: 0, pick: 'newest', ...fine },
      { do: 'refresh', session: 1, ...fine },
    ])
    const property = fc.asyncProperty(scheduler, async (drawnScheduler) => {
      const all = [[logIn('opaque')], [logIn('jwt')], [...refreshes, ...endings]]
      const model = await live(drawnScheduler, waitOn, usual, all)
      expect(model.sessions.map(({ ended }) => ended)).toEqual(['yes', 'yes'])
    })
    await fc.assert(property, { numRuns: 100 })
  })
})
