import { describe, expect, test } from 'vitest'
import { admitAll, createStreamsFixture, promptClient, revocationOf } from './streams-fixture.ts'

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
    fixture.streams.revoke(revocationOf('s1'))
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
