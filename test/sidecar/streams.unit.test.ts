import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, createStreamsFixture, type StreamsFixture } from './streams-fixture.ts'

/** A stream that subscribes at once; Nchan's requests to the sidecar are neither lost nor late. */
const promptClient: Client = {
  user: 'u1',
  session: 's1',
  instance: 1,
  subscribesAfterMs: 0,
  openedRequestMs: 0,
  closedRequestMs: 0,
}
const sid = (key: string) => ({ kind: 'sid', key, generation: 0, until: 0 }) as const

async function admitAll(fixture: StreamsFixture, clients: readonly Client[]) {
  const conns: (string | undefined)[] = []
  for (const client of clients) {
    conns.push(fixture.admit(client))
    await fixture.time.advance(1)
  }
  return conns
}

describe('a stream beyond a limit', () => {
  test('of a session cuts the oldest stream of that session alone', async () => {
    const fixture = createStreamsFixture({ maxPerSession: 2 })
    const other = { ...promptClient, session: 's2' }
    const [first, ...others] = await admitAll(fixture, [
      promptClient,
      other,
      promptClient,
      other,
      promptClient,
    ])
    await fixture.time.advance(100)
    expect(fixture.isOpen(first)).toBe(false)
    expect(others.every(fixture.isOpen)).toBe(true)
    expect(fixture.streams.count()).toBe(4)
  })

  test('of a user cuts the oldest stream of that user alone, of any session', async () => {
    const fixture = createStreamsFixture({ maxPerUser: 3 })
    const other = { ...promptClient, user: 'u2', session: 's9' }
    const [first, second, ...others] = await admitAll(fixture, [
      other,
      promptClient,
      { ...promptClient, session: 's2' },
      { ...promptClient, session: 's3' },
      { ...promptClient, session: 's3' },
    ])
    await fixture.time.advance(100)
    expect(fixture.isOpen(first)).toBe(true)
    expect(fixture.isOpen(second)).toBe(false)
    expect(others.every(fixture.isOpen)).toBe(true)
  })

  test('of all streams is not admitted, for any user', async () => {
    const fixture = createStreamsFixture({ maxStreams: 2, maxPerSession: 1 })
    const conns = await admitAll(fixture, [
      promptClient,
      { ...promptClient, user: 'u2', session: 's2' },
      promptClient,
    ])
    expect(conns[2]).toBeUndefined()
    expect(conns.slice(0, 2).every(fixture.isOpen)).toBe(true)
  })

  test('cuts the oldest even before it has subscribed', async () => {
    const fixture = createStreamsFixture({ maxPerSession: 1 })
    const [first, second] = await admitAll(fixture, [
      { ...promptClient, subscribesAfterMs: 300 },
      promptClient,
    ])
    await fixture.time.advance(1_000)
    expect([fixture.isOpen(first), fixture.isOpen(second)]).toEqual([false, true])
  })

  test('never leaves more streams open than the limits allow', async () => {
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
        const fixture = createStreamsFixture({ maxPerSession, maxPerUser })
        await admitAll(
          fixture,
          all.map(({ user, session, instance }) => ({
            ...promptClient,
            user,
            session: `${user}-${session}`,
            instance,
          })),
        )
        await fixture.time.advance(1_000)
        const left = fixture.openClients()
        for (const { user, session } of left) {
          expect(left.filter((one) => one.session === session).length).toBeLessThanOrEqual(maxPerSession)
          expect(left.filter((one) => one.user === user).length).toBeLessThanOrEqual(maxPerUser)
        }
        // The user of the last stream has one open.
        const last = all.at(-1)
        if (last !== undefined) expect(left.some(({ user }) => user === last.user)).toBe(true)
        expect(fixture.streams.count()).toBe(left.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a stream', () => {
  test('of an instance that does not exist is not admitted', () => {
    const fixture = createStreamsFixture({ instances: 2 })
    for (const instance of [0, 3, Number.NaN])
      expect(fixture.admit({ ...promptClient, instance })).toBeUndefined()
    expect(fixture.streams.count()).toBe(0)
  })

  test('that is not registered is cut as soon as Nchan has it', async () => {
    const fixture = createStreamsFixture()
    const conn = fixture.admit({ ...promptClient, subscribesAfterMs: 200 })
    fixture.streams.closed(String(conn))
    await fixture.time.advance(150)
    expect(fixture.cuts).toEqual([])
    await fixture.time.advance(100)
    expect(fixture.cuts).toContain(`conn/${conn}`)
    expect(fixture.isOpen(conn)).toBe(false)
  })

  test('of a session that ends between the admission and the subscription is cut', async () => {
    const fixture = createStreamsFixture()
    const conn = fixture.admit({ ...promptClient, subscribesAfterMs: 200, openedRequestMs: undefined })
    fixture.streams.revoke(sid('s1'))
    await fixture.time.advance(600)
    expect(fixture.isOpen(conn)).toBe(false)
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
      'a user with the name of a session',
      { kind: 'user', key: 's1', generation: 1, until: 0 } as const,
      ['s1', 's2', 's3'],
    ],
  ])('is cut by a revocation of %s, and others stay', async (_, revocation, left) => {
    const fixture = createStreamsFixture()
    await admitAll(fixture, [
      promptClient,
      { ...promptClient, session: 's2' },
      { ...promptClient, user: 'u2', session: 's3' },
    ])
    fixture.streams.revoke(revocation)
    await fixture.time.advance(1_000)
    expect(fixture.openClients().map(({ session }) => session)).toEqual(left)
    expect(fixture.streams.count()).toBe(left.length)
  })

  test('with expired claims is cut unless its session was renewed', async () => {
    const fixture = createStreamsFixture()
    await admitAll(fixture, [promptClient, { ...promptClient, session: 's2' }])
    fixture.streams.renew('s2', 500)
    fixture.streams.closeExpired(({ exp }) => exp <= 100)
    await fixture.time.advance(1_000)
    expect(fixture.openClients().map(({ session }) => session)).toEqual(['s2'])
  })
})

describe('the reason for the end of a stream', () => {
  test('is that its session ended, or that a newer stream replaced it', async () => {
    const fixture = createStreamsFixture({ maxPerSession: 1 })
    const [replaced, signedOut] = await admitAll(fixture, [promptClient, promptClient])
    fixture.streams.revoke(sid('s1'))
    await fixture.time.advance(1_000)
    expect(fixture.openConnections()).toEqual([])
    expect([replaced, signedOut].map((conn) => fixture.streams.endReasonOf(String(conn)))).toEqual([
      'replaced',
      'signed_out',
    ])
  })

  test('is unknown if the client left, or all streams were cut', async () => {
    const fixture = createStreamsFixture()
    const [left, cut] = await admitAll(fixture, [promptClient, promptClient])
    fixture.leave(String(left))
    await fixture.time.advance(1)
    void fixture.streams.cutAll()
    await fixture.time.advance(5_000)
    expect([left, cut].map((conn) => fixture.streams.endReasonOf(String(conn)))).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('the users who are online', () => {
  test('are those with a stream that Nchan has', async () => {
    const fixture = createStreamsFixture()
    fixture.admit(promptClient)
    fixture.admit({ ...promptClient, user: 'u2', subscribesAfterMs: undefined })
    const own = fixture.admit({ ...promptClient, user: 'u3', isPrivate: true, subscribesAfterMs: 100 })
    await fixture.time.advance(50)
    expect(fixture.streams.count()).toBe(3)
    expect(fixture.streams.onlineReport()).toEqual({ online: ['u1'], listening: [] })
    expect(fixture.opens()).toBe(1)
    await fixture.time.advance(100)
    expect(fixture.streams.onlineReport()).toEqual({ online: ['u1', 'u3'], listening: ['u3'] })
    fixture.leave(String(own))
    await fixture.time.advance(1)
    expect(fixture.streams.onlineReport()).toEqual({ online: ['u1'], listening: [] })
  })

  test('are each listed once', async () => {
    const fixture = createStreamsFixture()
    await admitAll(fixture, [
      promptClient,
      { ...promptClient, isPrivate: true },
      { ...promptClient, isPrivate: true },
    ])
    expect(fixture.streams.onlineReport()).toEqual({ online: ['u1'], listening: ['u1'] })
  })

  test('include those for whom the opened request was lost, after a reconciliation has found their stream', async () => {
    const fixture = createStreamsFixture()
    fixture.admit({ ...promptClient, openedRequestMs: undefined })
    await fixture.time.advance(11_000)
    expect(fixture.streams.onlineReport().online).toEqual(['u1'])
    expect(fixture.opens()).toBe(1)
  })
})

describe('a reconciliation', () => {
  test('removes a stream that has not subscribed within 10 s, and not before', async () => {
    const fixture = createStreamsFixture()
    fixture.admit({ ...promptClient, subscribesAfterMs: undefined })
    await fixture.time.advance(9_900)
    expect(fixture.streams.count()).toBe(1)
    await fixture.time.advance(1_200)
    expect(fixture.streams.count()).toBe(0)
  })

  test('removes a stream that ended while the closed request was lost', async () => {
    const fixture = createStreamsFixture()
    const conn = fixture.admit({ ...promptClient, closedRequestMs: undefined })
    await fixture.time.advance(20_000)
    expect(fixture.streams.count()).toBe(1)
    fixture.leave(String(conn))
    await fixture.time.advance(1_200)
    expect(fixture.streams.count()).toBe(0)
  })

  test('removes all streams of a restarted instance at once, and none of another instance', async () => {
    const fixture = createStreamsFixture()
    await admitAll(fixture, [promptClient, promptClient, { ...promptClient, instance: 2 }])
    await fixture.time.advance(2_000)
    fixture.restart(1, 100)
    await fixture.time.advance(1_100)
    expect(fixture.streams.count()).toBe(1)
    expect(fixture.openConnections()).toHaveLength(1)
  })

  test('keeps a stream that was admitted before a restart and subscribed after it', async () => {
    const fixture = createStreamsFixture()
    const conn = fixture.admit({ ...promptClient, subscribesAfterMs: 1_400 })
    await fixture.time.advance(1_100)
    fixture.restart(1, 200)
    await fixture.time.advance(2_000)
    expect(fixture.isOpen(conn)).toBe(true)
    expect(fixture.streams.count()).toBe(1)
    fixture.streams.revoke(sid('s1'))
    await fixture.time.advance(1_000)
    expect(fixture.isOpen(conn)).toBe(false)
  })

  test('keeps the streams of an instance that does not answer', async () => {
    const fixture = createStreamsFixture()
    fixture.admit(promptClient)
    await fixture.time.advance(15_000)
    fixture.restart(1, 60_000)
    await fixture.time.advance(30_000)
    expect(fixture.streams.count()).toBe(1)
    await fixture.time.advance(32_000)
    expect(fixture.streams.count()).toBe(0)
  })

  test('covers more streams than one run looks up', async () => {
    const fixture = createStreamsFixture()
    for (let n = 0; n < 90; n += 1)
      fixture.admit({ ...promptClient, subscribesAfterMs: n % 3 === 0 ? 0 : undefined })
    await fixture.time.advance(14_000)
    expect(fixture.streams.count()).toBe(30)
  })
})

describe('a cut of every stream', () => {
  test('leaves later streams, and ends those that were admitted before it and subscribe late', async () => {
    const fixture = createStreamsFixture()
    const [open] = await admitAll(fixture, [promptClient])
    const late = fixture.admit({ ...promptClient, subscribesAfterMs: 300 })
    const old = fixture.streams.cohort()
    void fixture.streams.cutAll()
    expect(fixture.streams.cohort()).not.toBe(old)
    const after = fixture.admit(promptClient)
    await fixture.time.advance(5_000)
    expect([open, late, after].map(fixture.isOpen)).toEqual([false, false, true])
    expect(fixture.streams.count()).toBe(1)
  })

  test('of one instance leaves the others, and clients that reconnect at once stay', async () => {
    const fixture = createStreamsFixture()
    const [first, second] = await admitAll(fixture, [promptClient, { ...promptClient, instance: 2 }])
    void fixture.streams.cutInstance(1)
    await fixture.time.advance(100)
    const back = fixture.admit(promptClient)
    await fixture.time.advance(5_000)
    expect([first, second, back].map(fixture.isOpen)).toEqual([false, true, true])
    expect(fixture.streams.count()).toBe(2)
    expect(fixture.streams.stuckInstances()).toEqual([])
    fixture.streams.revoke(sid('s1'))
    await fixture.time.advance(1_000)
    expect(fixture.openConnections()).toEqual([])
  })
})

type Step =
  | { do: 'admit'; client: Client }
  | { do: 'leave'; at: number }
  | { do: 'restart'; instance: number; downMs: number }
  | { do: 'revoke'; session: string }
  | { do: 'cut instance'; instance: number }
  | { do: 'pass'; ms: number }

const someInstance = fc.integer({ min: 1, max: 2 })
const someSession = fc.constantFrom('u1-a', 'u1-b', 'u2-a', 'u3-a')
/** Prompt, lost, or late. */
const someDelay = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
)
const someClient = fc
  .record({
    session: someSession,
    instance: someInstance,
    isPrivate: fc.boolean(),
    subscribesAfterMs: fc.oneof(fc.constant(0), fc.constant(undefined), fc.integer({ min: 1, max: 3_000 })),
    openedRequestMs: someDelay,
    closedRequestMs: someDelay,
  })
  .map((client): Client => ({ ...client, user: client.session.slice(0, 2) }))
const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: someClient.map((client): Step => ({ do: 'admit', client })) },
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

async function perform(fixture: StreamsFixture, step: Step): Promise<void> {
  const { streams, time } = fixture
  if (step.do === 'admit') fixture.admit(step.client)
  else if (step.do === 'leave') fixture.leave(fixture.openConnections()[step.at] ?? '')
  else if (step.do === 'restart') fixture.restart(step.instance, step.downMs)
  else if (step.do === 'revoke') streams.revoke(sid(step.session))
  else if (step.do === 'cut instance') void streams.cutInstance(step.instance)
  else await time.advance(step.ms)
}

describe('streams, whatever request is lost or late and whatever instance restarts', () => {
  const someLatencies = fc.array(fc.nat(400), { minLength: 1, maxLength: 5 })
  const someSteps = fc.array(someStep, { maxLength: 40 })

  test('are in the end registered exactly if they are open, or younger than 10 s', async () => {
    await fc.assert(
      fc.asyncProperty(someLatencies, someSteps, fc.nat(3), async (latencies, steps, young) => {
        const fixture = createStreamsFixture({ latencies })
        for (const step of steps) await perform(fixture, step)
        await fixture.time.advance(30_000)
        for (let n = 0; n < young; n += 1) fixture.admit({ ...promptClient, subscribesAfterMs: undefined })
        await fixture.time.advance(9_000)
        expect(fixture.streams.count()).toBe(fixture.openConnections().length + young)
        const users = (clients: readonly Client[]) => [...new Set(clients.map(({ user }) => user))].sort()
        const { online, listening } = fixture.streams.onlineReport()
        expect(online.sort()).toEqual(users(fixture.openClients()))
        expect(listening.sort()).toEqual(users(fixture.openClients().filter(({ isPrivate }) => isPrivate)))
      }),
      { numRuns: 150 },
    )
  })

  test('do not stay open after their session was revoked', async () => {
    await fc.assert(
      fc.asyncProperty(someLatencies, someSteps, async (latencies, steps) => {
        const fixture = createStreamsFixture({ latencies })
        for (const step of steps) await perform(fixture, step)
        for (const session of ['u1-a', 'u1-b', 'u2-a', 'u3-a']) fixture.streams.revoke(sid(session))
        await fixture.time.advance(20_000)
        expect(fixture.openClients()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})
