import { describe, expect, test } from 'vitest'
import { admin, ofSales } from '../fixtures/call-control.ts'
import { CALLEE_ID, createStore, createSupervisionFixture, ID } from './fixtures/supervision.ts'

type Fixture = ReturnType<typeof createSupervisionFixture>

async function listening() {
  const fixture = createSupervisionFixture()
  const { id } = await fixture.control.supervise(ofSales, ID, { mode: 'listen', address: '10.0.0.1' })
  fixture.answer(id)
  return { ...fixture, id }
}

describe('a supervision ends, and its phone is hung up,', () => {
  test.each<[string, string, (fixture: Fixture & { id: string }) => unknown]>([
    ['when the agent hangs up', 'call_ended', ({ gone }) => gone(ID, 16)],
    ['when the other end hangs up', 'call_ended', ({ gone }) => gone(CALLEE_ID, 16)],
    ['when the agent asks a third first', 'call_moved', ({ update }) => update(ID, { bridge: 'c' })],
    [
      'when the other end is parked',
      'call_moved',
      ({ update }) => update(CALLEE_ID, { bridge: undefined, parkingSpace: '701' }),
    ],
    [
      'when the agent transfers the other end',
      'call_moved',
      ({ update, gone }) => {
        update(CALLEE_ID, { bridge: undefined, transferredTo: '1003' })
        gone(ID, 16)
      },
    ],
    [
      'when the session ends',
      'session_ended',
      ({ endedSessions, watch }) => {
        endedSessions.add('s')
        watch.checkSessions()
      },
    ],
    ['when the supervisor stops', 'stopped', ({ control }) => control.stop(ofSales, ID)],
    ['when the supervisor hangs up', 'hung_up', ({ hangUp, id }) => hangUp(id)],
    ['when the PBX has no such channel', 'hung_up', ({ watch }) => watch.reconcile(new Set())],
  ])('%s', async (_, reason, act) => {
    const fixture = await listening()
    await act(fixture)
    await fixture.settle()
    expect(fixture.hungUp()).toEqual([fixture.id])
    expect(fixture.store.rows.size).toBe(0)
    expect(fixture.logged.slice(1)).toEqual([
      expect.objectContaining({
        event: 'call_supervision_ended',
        changes: `call=${ID} mode=listen reason=${reason}`,
        actorId: ofSales.userId,
      }),
    ])
    expect(fixture.failures).toEqual([])
  })

  test('when its phone is not picked up', async () => {
    const { control, fails, logged, settle } = createSupervisionFixture()
    const { id } = await control.supervise(ofSales, ID, { mode: 'listen', address: '' })
    fails(id)
    await settle()
    expect(logged.at(-1)).toMatchObject({ changes: expect.stringContaining('reason=not_answered') })
  })

  test('when no event of its phone comes in time', async () => {
    const { control, watch, logged, pass } = createSupervisionFixture()
    await control.supervise(ofSales, ID, { mode: 'listen', address: '' })
    await watch.refresh()
    expect(logged).toHaveLength(1)
    pass(41_000)
    await watch.refresh()
    expect(logged.at(-1)).toMatchObject({ changes: expect.stringContaining('reason=not_answered') })
  })

  test('also while the database is away', async () => {
    const { gone, store, settle, hungUp, id } = await listening()
    store.isAway = true
    gone(ID, 16)
    await settle()
    expect(hungUp()).toContain(id)
  })
})

describe('a supervision goes on', () => {
  test('while an end is on hold, and when the call is renamed', async () => {
    const { update, settle, hungUp, watch } = await listening()
    update(CALLEE_ID, { holds: true })
    update(ID, { connectedName: 'Bob' })
    await settle()
    await watch.refresh()
    watch.checkSessions()
    expect(hungUp()).toEqual([])
  })
})

describe('of two API processes', () => {
  test('the other one shows a supervision too, and one of them ends it', async () => {
    const store = createStore()
    const [first, second] = [createSupervisionFixture({ store }), createSupervisionFixture({ store })]
    const { id } = await first.control.supervise(admin, ID, { mode: 'listen', address: '' })
    for (const one of [first, second]) one.answer(id)
    await second.watch.refresh()
    expect(second.live.find(id)).toMatchObject({ state: 'up', mode: 'listen' })
    await first.control.supervise(admin, ID, { mode: 'join', address: '' })
    await second.watch.refresh()
    expect(second.live.find(id)?.mode).toBe('join')
    for (const one of [first, second]) one.gone(ID, 16)
    await Promise.all([first.settle(), second.settle()])
    expect([...first.hungUp(), ...second.hungUp()]).toEqual([id])
    expect([...first.logged, ...second.logged].map(({ event }) => event)).toEqual([
      'call_supervision_started',
      'call_supervision_changed',
      'call_supervision_ended',
    ])
  })

  test('a call that one takes over is not ended by the other', async () => {
    const store = createStore()
    const [first, second] = [createSupervisionFixture({ store }), createSupervisionFixture({ store })]
    const { id } = await first.control.supervise(admin, ID, { mode: 'listen', address: '' })
    for (const one of [first, second]) one.answer(id)
    await second.watch.refresh()
    await first.control.takeOver(admin, ID)
    second.gone(ID, 16)
    await second.settle()
    expect(second.hungUp()).toEqual([])
  })

  test('what began while the store was read is not lost', async () => {
    const { control, watch, live } = createSupervisionFixture()
    const reading = watch.refresh()
    const { id } = await control.supervise(admin, ID, { mode: 'listen', address: '' })
    await reading
    expect(live.find(id)).toBeDefined()
  })
})
