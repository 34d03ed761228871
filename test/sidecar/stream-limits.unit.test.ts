import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admitAll, createStreamsFixture, promptClient } from './streams-fixture.ts'

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
