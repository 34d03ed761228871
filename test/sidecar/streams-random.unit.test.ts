import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Client,
  createStreamsFixture,
  promptClient,
  revocationOf,
  type StreamsFixture,
} from './streams-fixture.ts'

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
  else if (step.do === 'revoke') streams.revoke(revocationOf(step.session))
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
        for (const session of ['u1-a', 'u1-b', 'u2-a', 'u3-a']) fixture.streams.revoke(revocationOf(session))
        await fixture.time.advance(20_000)
        expect(fixture.openClients()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})
