import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, createStreamsFixture, type StreamsFixture } from './streams-fixture.ts'

/** A stream that comes at once, and whose hooks are neither lost nor late. */
const promptClient: Client = {
  user: 'u1',
  session: 's1',
  instance: 1,
  comesAfterMs: 0,
  openedHookMs: 0,
  closedHookMs: 0,
}
const sid = (key: string) => ({ kind: 'sid', key, generation: 0, until: 0 }) as const

async function admitAll(world: StreamsFixture, clients: readonly Client[]) {
  const conns: (string | undefined)[] = []
  for (const client of clients) {
    conns.push(world.admit(client))
    await world.time.advance(1)
  }
  return conns
}

describe('one stream more than a limit allows', () => {
  test('of a session cuts its oldest stream, and no other session’s', async () => {
    const world = createStreamsFixture({ maxPerSession: 2 })
    const other = { ...promptClient, session: 's2' }
    const [first, ...others] = await admitAll(world, [promptClient, other, promptClient, other, promptClient])
    await world.time.advance(100)
    expect(world.isOpen(first)).toBe(false)
    expect(others.every(world.isOpen)).toBe(true)
    expect(world.streams.count()).toBe(4)
  })

  test('of a user cuts their oldest stream of any session, and no other user’s', async () => {
    const world = createStreamsFixture({ maxPerUser: 3 })
    const other = { ...promptClient, user: 'u2', session: 's9' }
    const [first, second, ...others] = await admitAll(world, [
      other,
      promptClient,
      { ...promptClient, session: 's2' },
      { ...promptClient, session: 's3' },
      { ...promptClient, session: 's3' },
    ])
    await world.time.advance(100)
    expect(world.isOpen(first)).toBe(true)
    expect(world.isOpen(second)).toBe(false)
    expect(others.every(world.isOpen)).toBe(true)
  })

  test('of all is not let in, whoever asks', async () => {
    const world = createStreamsFixture({ maxStreams: 2, maxPerSession: 1 })
    const conns = await admitAll(world, [
      promptClient,
      { ...promptClient, user: 'u2', session: 's2' },
      promptClient,
    ])
    expect(conns[2]).toBeUndefined()
    expect(conns.slice(0, 2).every(world.isOpen)).toBe(true)
  })

  test('makes room before the oldest has even come', async () => {
    const world = createStreamsFixture({ maxPerSession: 1 })
    const [first, second] = await admitAll(world, [{ ...promptClient, comesAfterMs: 300 }, promptClient])
    await world.time.advance(1_000)
    expect([world.isOpen(first), world.isOpen(second)]).toEqual([false, true])
  })

  test('never leaves more open than the limits allow', async () => {
    const openings = fc.array(
      fc.record({
        user: fc.constantFrom('u1', 'u2'),
        session: fc.nat(2),
        instance: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 20 },
    )
    const limit = fc.integer({ min: 1, max: 4 })
    await fc.assert(
      fc.asyncProperty(openings, limit, limit, async (all, maxPerSession, maxPerUser) => {
        const world = createStreamsFixture({ maxPerSession, maxPerUser })
        await admitAll(
          world,
          all.map(({ user, session, instance }) => ({
            ...promptClient,
            user,
            session: `${user}-${session}`,
            instance,
          })),
        )
        await world.time.advance(1_000)
        const left = world.openClients()
        for (const { user, session } of left) {
          expect(left.filter((one) => one.session === session).length).toBeLessThanOrEqual(maxPerSession)
          expect(left.filter((one) => one.user === user).length).toBeLessThanOrEqual(maxPerUser)
        }
        // The latest of each session that its user's limit leaves room for is open.
        const last = all.at(-1)
        if (last !== undefined) expect(left.some(({ user }) => user === last.user)).toBe(true)
        expect(world.streams.count()).toBe(left.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a stream', () => {
  test('to an instance that does not exist is not let in', () => {
    const world = createStreamsFixture({ instances: 2 })
    for (const instance of [0, 3, Number.NaN])
      expect(world.admit({ ...promptClient, instance })).toBeUndefined()
    expect(world.streams.count()).toBe(0)
  })

  test('that is not known is cut as soon as Nchan has it', async () => {
    const world = createStreamsFixture()
    const conn = world.admit({ ...promptClient, comesAfterMs: 200 })
    world.streams.closed(String(conn))
    await world.time.advance(150)
    expect(world.cuts).toEqual([])
    await world.time.advance(100)
    expect(world.cuts).toContain(`conn/${conn}`)
    expect(world.isOpen(conn)).toBe(false)
  })

  test('of a session that ends between the question and Nchan is cut', async () => {
    const world = createStreamsFixture()
    const conn = world.admit({ ...promptClient, comesAfterMs: 200, openedHookMs: undefined })
    world.streams.revoke(sid('s1'))
    await world.time.advance(600)
    expect(world.isOpen(conn)).toBe(false)
  })

  test.each([
    ['their session', sid('s1'), ['s2', 's3']],
    ['their token', { kind: 'jti', key: 's1-token', generation: 0, until: 0 } as const, ['s2', 's3']],
    ['their user', { kind: 'user', key: 'u1', generation: 1, until: 0 } as const, ['s3']],
    [
      'an earlier generation of their user',
      { kind: 'user', key: 'u1', generation: 0, until: 0 } as const,
      ['s1', 's2', 's3'],
    ],
    [
      'another user of a session’s name',
      { kind: 'user', key: 's1', generation: 1, until: 0 } as const,
      ['s1', 's2', 's3'],
    ],
  ])('is cut with %s, and others stay', async (_, revocation, left) => {
    const world = createStreamsFixture()
    await admitAll(world, [
      promptClient,
      { ...promptClient, session: 's2' },
      { ...promptClient, user: 'u2', session: 's3' },
    ])
    world.streams.revoke(revocation)
    await world.time.advance(1_000)
    expect(world.openClients().map(({ session }) => session)).toEqual(left)
    expect(world.streams.count()).toBe(left.length)
  })

  test('whose claims are no longer good is cut unless its session was renewed', async () => {
    const world = createStreamsFixture()
    await admitAll(world, [promptClient, { ...promptClient, session: 's2' }])
    world.streams.renew('s2', 500)
    world.streams.closeExpired(({ exp }) => exp <= 100)
    await world.time.advance(1_000)
    expect(world.openClients().map(({ session }) => session)).toEqual(['s2'])
  })
})

describe('the reason for the end of a stream', () => {
  test('is that its session ended, or that a newer stream replaced it', async () => {
    const world = createStreamsFixture({ maxPerSession: 1 })
    const [replaced, signedOut] = await admitAll(world, [promptClient, promptClient])
    world.streams.revoke(sid('s1'))
    await world.time.advance(1_000)
    expect(world.openConnections()).toEqual([])
    expect([replaced, signedOut].map((conn) => world.streams.endReasonOf(String(conn)))).toEqual([
      'replaced',
      'signed_out',
    ])
  })

  test('is unknown if the client left, or all streams were cut', async () => {
    const world = createStreamsFixture()
    const [left, cut] = await admitAll(world, [promptClient, promptClient])
    world.leave(String(left))
    await world.time.advance(1)
    void world.streams.cutAll()
    await world.time.advance(5_000)
    expect([left, cut].map((conn) => world.streams.endReasonOf(String(conn)))).toEqual([undefined, undefined])
  })
})

describe('the users who are online', () => {
  test('are those whose streams Nchan has', async () => {
    const world = createStreamsFixture()
    world.admit(promptClient)
    world.admit({ ...promptClient, user: 'u2', comesAfterMs: undefined })
    const own = world.admit({ ...promptClient, user: 'u3', isPrivate: true, comesAfterMs: 100 })
    await world.time.advance(50)
    expect(world.streams.count()).toBe(3)
    expect(world.streams.onlineReport()).toEqual({ online: ['u1'], listening: [] })
    expect(world.opens()).toBe(1)
    await world.time.advance(100)
    expect(world.streams.onlineReport()).toEqual({ online: ['u1', 'u3'], listening: ['u3'] })
    world.leave(String(own))
    await world.time.advance(1)
    expect(world.streams.onlineReport()).toEqual({ online: ['u1'], listening: [] })
  })

  test('are each named once', async () => {
    const world = createStreamsFixture()
    await admitAll(world, [
      promptClient,
      { ...promptClient, isPrivate: true },
      { ...promptClient, isPrivate: true },
    ])
    expect(world.streams.onlineReport()).toEqual({ online: ['u1'], listening: ['u1'] })
  })

  test('include those of whom the hook was lost, once an audit has found their stream', async () => {
    const world = createStreamsFixture()
    world.admit({ ...promptClient, openedHookMs: undefined })
    await world.time.advance(11_000)
    expect(world.streams.onlineReport().online).toEqual(['u1'])
    expect(world.opens()).toBe(1)
  })
})

describe('the audit', () => {
  test('drops a stream that never came after 10 s, and not before', async () => {
    const world = createStreamsFixture()
    world.admit({ ...promptClient, comesAfterMs: undefined })
    await world.time.advance(9_900)
    expect(world.streams.count()).toBe(1)
    await world.time.advance(1_200)
    expect(world.streams.count()).toBe(0)
  })

  test('drops a stream of whose end the hook was lost', async () => {
    const world = createStreamsFixture()
    const conn = world.admit({ ...promptClient, closedHookMs: undefined })
    await world.time.advance(20_000)
    expect(world.streams.count()).toBe(1)
    world.leave(String(conn))
    await world.time.advance(1_200)
    expect(world.streams.count()).toBe(0)
  })

  test('drops all streams of an instance’s earlier life at once, and none of another instance', async () => {
    const world = createStreamsFixture()
    await admitAll(world, [promptClient, promptClient, { ...promptClient, instance: 2 }])
    await world.time.advance(2_000)
    world.restart(1, 100)
    await world.time.advance(1_100)
    expect(world.streams.count()).toBe(1)
    expect(world.openConnections()).toHaveLength(1)
  })

  test('drops no stream that was let in before a restart and came after it', async () => {
    const world = createStreamsFixture()
    const conn = world.admit({ ...promptClient, comesAfterMs: 1_400 })
    await world.time.advance(1_100)
    world.restart(1, 200)
    await world.time.advance(2_000)
    expect(world.isOpen(conn)).toBe(true)
    expect(world.streams.count()).toBe(1)
    world.streams.revoke(sid('s1'))
    await world.time.advance(1_000)
    expect(world.isOpen(conn)).toBe(false)
  })

  test('keeps what an instance that does not answer may still have', async () => {
    const world = createStreamsFixture()
    world.admit(promptClient)
    await world.time.advance(15_000)
    world.restart(1, 60_000)
    await world.time.advance(30_000)
    expect(world.streams.count()).toBe(1)
    await world.time.advance(32_000)
    expect(world.streams.count()).toBe(0)
  })

  test('goes through more streams than it looks up at once', async () => {
    const world = createStreamsFixture()
    for (let n = 0; n < 90; n += 1)
      world.admit({ ...promptClient, comesAfterMs: n % 3 === 0 ? 0 : undefined })
    await world.time.advance(14_000)
    expect(world.streams.count()).toBe(30)
  })
})

describe('a cut of every stream', () => {
  test('leaves what is let in after it, and takes what comes late from before it', async () => {
    const world = createStreamsFixture()
    const [open] = await admitAll(world, [promptClient])
    const late = world.admit({ ...promptClient, comesAfterMs: 300 })
    const old = world.streams.cohort()
    void world.streams.cutAll()
    expect(world.streams.cohort()).not.toBe(old)
    const after = world.admit(promptClient)
    await world.time.advance(5_000)
    expect([open, late, after].map(world.isOpen)).toEqual([false, false, true])
    expect(world.streams.count()).toBe(1)
  })

  test('of one instance leaves the others, and clients that come back at once stay', async () => {
    const world = createStreamsFixture()
    const [first, second] = await admitAll(world, [promptClient, { ...promptClient, instance: 2 }])
    void world.streams.cutInstance(1)
    await world.time.advance(100)
    const back = world.admit(promptClient)
    await world.time.advance(5_000)
    expect([first, second, back].map(world.isOpen)).toEqual([false, true, true])
    expect(world.streams.count()).toBe(2)
    expect(world.streams.stuckInstances()).toEqual([])
    world.streams.revoke(sid('s1'))
    await world.time.advance(1_000)
    expect(world.openConnections()).toEqual([])
  })
})

type Step =
  | { do: 'let in'; client: Client }
  | { do: 'leave'; at: number }
  | { do: 'restart'; instance: number; downMs: number }
  | { do: 'revoke'; session: string }
  | { do: 'cut instance'; instance: number }
  | { do: 'pass'; ms: number }

const someInstance = fc.integer({ min: 1, max: 2 })
const someSession = fc.constantFrom('u1-a', 'u1-b', 'u2-a', 'u3-a')
/** Lost, prompt, or late. */
const someHook = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
)
const someClient = fc
  .record({
    session: someSession,
    instance: someInstance,
    isPrivate: fc.boolean(),
    comesAfterMs: fc.oneof(fc.constant(0), fc.constant(undefined), fc.integer({ min: 1, max: 3_000 })),
    openedHookMs: someHook,
    closedHookMs: someHook,
  })
  .map((client): Client => ({ ...client, user: client.session.slice(0, 2) }))
const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: someClient.map((client): Step => ({ do: 'let in', client })) },
  { weight: 2, arbitrary: fc.nat(30).map((at): Step => ({ do: 'leave', at })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ instance: someInstance, downMs: fc.integer({ min: 0, max: 2_500 }) })
      .map((one): Step => ({ do: 'restart', ...one })),
  },
  { weight: 1, arbitrary: someSession.map((session): Step => ({ do: 'revoke', session })) },
  { weight: 1, arbitrary: someInstance.map((instance): Step => ({ do: 'cut instance', instance })) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 3_000 }).map((ms): Step => ({ do: 'pass', ms })) },
)

async function perform(world: StreamsFixture, step: Step): Promise<void> {
  const { streams, time } = world
  if (step.do === 'let in') world.admit(step.client)
  else if (step.do === 'leave') world.leave(world.openConnections()[step.at] ?? '')
  else if (step.do === 'restart') world.restart(step.instance, step.downMs)
  else if (step.do === 'revoke') streams.revoke(sid(step.session))
  else if (step.do === 'cut instance') void streams.cutInstance(step.instance)
  else await time.advance(step.ms)
}

describe('whatever is lost, late or restarted', () => {
  const someLatencies = fc.array(fc.nat(400), { minLength: 1, maxLength: 5 })
  const someSteps = fc.array(someStep, { maxLength: 40 })

  test('the streams that are known are in the end those that are open, and those younger than 10 s', async () => {
    await fc.assert(
      fc.asyncProperty(someLatencies, someSteps, fc.nat(3), async (latencies, steps, young) => {
        const world = createStreamsFixture({ latencies })
        for (const step of steps) await perform(world, step)
        await world.time.advance(30_000)
        for (let n = 0; n < young; n += 1) world.admit({ ...promptClient, comesAfterMs: undefined })
        await world.time.advance(9_000)
        expect(world.streams.count()).toBe(world.openConnections().length + young)
        const users = (clients: readonly Client[]) => [...new Set(clients.map(({ user }) => user))].sort()
        const { online, listening } = world.streams.onlineReport()
        expect(online.sort()).toEqual(users(world.openClients()))
        expect(listening.sort()).toEqual(users(world.openClients().filter(({ isPrivate }) => isPrivate)))
      }),
      { numRuns: 150 },
    )
  })

  test('no stream stays open whose session was revoked', async () => {
    await fc.assert(
      fc.asyncProperty(someLatencies, someSteps, async (latencies, steps) => {
        const world = createStreamsFixture({ latencies })
        for (const step of steps) await perform(world, step)
        for (const session of ['u1-a', 'u1-b', 'u2-a', 'u3-a']) world.streams.revoke(sid(session))
        await world.time.advance(20_000)
        expect(world.openClients()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})
