import { describe, expect, test } from 'vitest'
import { admitAll, createStreamsFixture, promptClient, revocationOf } from './streams-fixture.ts'

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
    fixture.streams.revoke(revocationOf('s1'))
    await fixture.time.advance(600)
    expect(fixture.isOpen(conn)).toBe(false)
  })

  test.each([
    ['their session', revocationOf('s1'), ['s2', 's3']],
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
    fixture.streams.revoke(revocationOf('s1'))
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
    fixture.streams.revoke(revocationOf('s1'))
    await fixture.time.advance(1_000)
    expect(fixture.openConnections()).toEqual([])
  })
})
