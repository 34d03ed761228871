import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { admin, ofLegal, ofNone, ofSales, ofSupport, user1, user3 } from '../fixtures/call-control.ts'
import { CALLEE_ID, createSupervisionFixture, ID, SUPERVISOR_CHANNEL } from './fixtures/supervision.ts'

const listen = { mode: 'listen', address: '10.0.0.1' } as const
const refused = (code: string) => ({ name: 'Refusal', code })

describe('a supervision begins', () => {
  test.each([
    ['a supervisor of the caller’s team', ofSales, ID],
    ['a supervisor of the callee’s team', ofSupport, CALLEE_ID],
    ['a supervisor of no team, with the one who called', ofNone, ID],
    ['an admin, with the one who called', admin, ID],
  ])(
    'for %s: the own phone rings, and listens to exactly the agent’s channel',
    async (_, actor, channelId) => {
      const { control, commands, logged } = createSupervisionFixture()
      const { id } = await control.supervise(actor, ID, listen)
      expect(id).toBe('hks_n1')
      expect(commands).toEqual([
        [
          'supervise',
          expect.objectContaining({ id, channelId, mode: 'listen', endpoint: actor.claims.extension }),
        ],
      ])
      expect(logged).toEqual([
        {
          event: 'call_supervision_started',
          userId: channelId === ID ? '2' : '3',
          target: channelId === ID ? 'user1' : 'user2',
          changes: `call=${ID} mode=listen`,
          actorId: actor.userId,
          address: '10.0.0.1',
        },
      ])
    },
  )

  test.each([
    ['another team’s supervisor', ofLegal, 'not_found'],
    ['a user who is not in the call', user3, 'not_found'],
    ['a user in the call', user1, 'forbidden'],
  ])('never for %s', async (_, actor, code) => {
    const { control, commands, store, logged } = createSupervisionFixture()
    await expect(control.supervise(actor, ID, listen)).rejects.toMatchObject(refused(code))
    await expect(control.takeOver(actor, ID)).rejects.toMatchObject(refused(code))
    expect([commands, [...store.rows], logged]).toEqual([[], [], []])
  })

  test('never for a supervisor’s own call', async () => {
    const { control, update } = createSupervisionFixture()
    update('1700000000.3', { name: 'PJSIP/1004-3', endpoint: '1004', callId: ID, state: 'up', bridge: 'b' })
    await expect(control.supervise(ofSales, ID, listen)).rejects.toMatchObject(refused('conflict'))
  })

  test.each(['112', '0112'])('never in an emergency call: %s', async (number) => {
    const { control, update, commands } = createSupervisionFixture()
    update(CALLEE_ID, { number })
    await expect(control.supervise(ofSales, ID, listen)).rejects.toMatchObject(refused('conflict'))
    expect(commands).toEqual([])
  })

  test('not while the agent talks with no other end', async () => {
    const { control, update } = createSupervisionFixture()
    update(CALLEE_ID, { bridge: undefined })
    await expect(control.supervise(ofSales, ID, listen)).rejects.toMatchObject(refused('conflict'))
  })

  test.each([
    ['off', 'listen'],
    ['listen', 'whisper'],
    ['listen', 'join'],
    ['whisper', 'join'],
  ] as const)('with the setting %s no supervisor may %s', async (level, mode) => {
    const { control, commands } = createSupervisionFixture({ level })
    await expect(control.supervise(ofSales, ID, { ...listen, mode })).rejects.toMatchObject(
      refused('not_supported'),
    )
    await expect(control.takeOver(ofSales, ID)).rejects.toMatchObject(refused('not_supported'))
    expect(commands).toEqual([])
  })

  test('once for one Idempotency-Key', async () => {
    const { control, commands } = createSupervisionFixture()
    const request = { ...listen, idempotencyKey: 'k' }
    const first = await control.supervise(ofSales, ID, request)
    expect(await control.supervise(ofSales, ID, request)).toMatchObject(first)
    expect(commands).toHaveLength(1)
    await expect(control.supervise(ofSales, ID, { ...request, device: 'browser' })).rejects.toMatchObject(
      refused('key_reused'),
    )
  })

  test('leaves nothing behind if the PBX refuses, and the key may be used again', async () => {
    let refusal: Refusal | undefined = new Refusal('unavailable')
    const { control, store, logged, live } = createSupervisionFixture({
      pbxChanges: {
        async supervise() {
          if (refusal !== undefined) throw refusal
        },
      },
    })
    const request = { ...listen, idempotencyKey: 'k' }
    await expect(control.supervise(ofSales, ID, request)).rejects.toMatchObject(refused('unavailable'))
    expect([[...store.rows], live.all(), logged]).toEqual([[], [], []])
    refusal = undefined
    await control.supervise(ofSales, ID, request)
    expect(store.rows.size).toBe(1)
  })
})

describe('during a supervision', () => {
  test('the mode changes on the same phone, once it is up', async () => {
    const { control, commands, answer, logged, views, tracker } = createSupervisionFixture()
    const { id } = await control.supervise(ofSales, ID, listen)
    const whisper = { ...listen, mode: 'whisper' } as const
    await expect(control.supervise(ofSales, ID, whisper)).rejects.toMatchObject(refused('conflict'))
    answer(id)
    expect(await control.supervise(ofSales, ID, whisper)).toMatchObject({ id, mode: 'whisper' })
    expect(commands.at(-1)).toEqual(['switchSupervision', id, ID, 'whisper'])
    expect(logged.at(-1)).toMatchObject({
      event: 'call_supervision_changed',
      changes: `call=${ID} mode=whisper`,
    })
    const call = tracker.find(ID)
    expect(call && views.forParties(call)).toMatchObject([{ name: 'ofSales', mode: 'whisper', state: 'up' }])
  })

  test('a change is refused, and not logged, once it has ended', async () => {
    const fixture = createSupervisionFixture({
      pbxChanges: {
        async switchSupervision() {
          fixture.update(ID, { bridge: 'c' })
          await fixture.settle()
        },
      },
    })
    const { control, answer, logged, live } = fixture
    const { id } = await control.supervise(ofSales, ID, listen)
    answer(id)
    await expect(control.supervise(ofSales, ID, { ...listen, mode: 'whisper' })).rejects.toMatchObject(
      refused('conflict'),
    )
    expect(live.find(id)).toBeUndefined()
    expect(logged.map(({ event }) => event)).toEqual(['call_supervision_started', 'call_supervision_ended'])
    expect(logged.at(-1)).toMatchObject({ changes: `call=${ID} mode=listen reason=call_moved` })
  })

  test('stopping for another call does nothing', async () => {
    const { control, live } = createSupervisionFixture()
    const { id } = await control.supervise(admin, ID, listen)
    expect(live.ofSupervisor(admin.userId)?.id).toBe(id)
    await control.stop(admin, 'another')
    expect(live.ofSupervisor(admin.userId)?.id).toBe(id)
  })

  test('with the notice off the agent is not shown it, and the supervisors are', async () => {
    const { control, answer, views, tracker } = createSupervisionFixture({ notice: false })
    const { id } = await control.supervise(ofSales, ID, listen)
    answer(id)
    const call = tracker.find(ID)
    if (call === undefined) throw new Error('no call')
    expect([views.forActor(user1, call), views.forParties(call)]).toEqual([[], []])
    expect(views.forActor(ofSupport, call)).toMatchObject([{ id, supervisorId: ofSales.userId }])
  })

  test('the agent is not shown a phone that still rings', async () => {
    const { control, views, tracker } = createSupervisionFixture()
    await control.supervise(ofSales, ID, listen)
    const call = tracker.find(ID)
    expect(call && views.forParties(call)).toEqual([])
  })

  test('it is no call: of no phone, in no list', async () => {
    const { control, answer, tracker, update } = createSupervisionFixture()
    const { id } = await control.supervise(ofSales, ID, listen)
    update(id, { name: 'PJSIP/1004-9', endpoint: '1004', callId: id, state: 'up' })
    answer(id)
    expect(tracker.live().map((call) => call.id)).toEqual([ID])
    expect(tracker.ofEndpoints(['1004'])).toEqual([])
    expect(tracker.find(id)).toBeUndefined()
  })
})

describe('taking a call over', () => {
  test('connects the phone that listens with the other end, and hangs the agent up', async () => {
    const { control, commands, answer, logged, hangUp, store } = createSupervisionFixture()
    const { id } = await control.supervise(ofSales, ID, listen)
    await expect(control.takeOver(ofSales, ID)).rejects.toMatchObject(refused('conflict'))
    answer(id)
    await control.takeOver(ofSales, ID)
    expect(commands.slice(1)).toEqual([
      ['connect', SUPERVISOR_CHANNEL, 'PJSIP/1002-00000002'],
      ['hangup', ID, 'normal'],
    ])
    hangUp(id)
    expect(store.rows.size).toBe(0)
    expect(logged.map(({ event }) => event)).toEqual(['call_supervision_started', 'call_taken_over'])
  })

  test('ends the supervision if the PBX cannot connect them', async () => {
    const { control, answer, hungUp } = createSupervisionFixture({
      pbxChanges: { connect: () => Promise.reject(new Refusal('conflict')) },
    })
    const { id } = await control.supervise(ofSales, ID, listen)
    answer(id)
    await expect(control.takeOver(ofSales, ID)).rejects.toMatchObject(refused('conflict'))
    expect(hungUp()).toEqual([id])
  })

  test('needs a call of two', async () => {
    const { control, answer, update } = createSupervisionFixture()
    const { id } = await control.supervise(ofSales, ID, listen)
    answer(id)
    update('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'up', bridge: 'b' })
    await expect(control.takeOver(ofSales, ID)).rejects.toMatchObject(refused('conflict'))
  })
})
