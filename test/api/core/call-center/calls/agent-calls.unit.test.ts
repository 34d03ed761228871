import { beforeEach, describe, expect, test } from 'vitest'
import { aCall, aLeg } from '../../calls/fixtures/calls.ts'
import { actorOf, type Name } from './fixtures/actors.ts'
import { createFixture, refusal } from './fixtures/agent-calls.ts'

let fixture: Awaited<ReturnType<typeof createFixture>>
beforeEach(async () => {
  fixture = await createFixture()
})

describe('reading and controlling a call', () => {
  const internalCall = () => fixture.addLive(aCall()) // 1001 with 1002, both of sales
  const acrossTeams = () => fixture.addLive(aCall({ legs: [aLeg('1003'), aLeg('1001', { role: 'callee' })] }))

  const commands = [
    (name: Name, id: string) => fixture.agentCalls.hangup(actorOf(name), id),
    (name: Name, id: string) => fixture.agentCalls.hold(actorOf(name), id),
    (name: Name, id: string) => fixture.agentCalls.unhold(actorOf(name), id),
    (name: Name, id: string) => fixture.agentCalls.transfer(actorOf(name), id, { number: '1003' }),
  ]

  test.each<[string, Name]>([
    ['the caller', 'anna'],
    ['the called agent', 'bert'],
    ['a supervisor of their team', 'sven'],
    ['an admin', 'root'],
  ])('is allowed to %s', async (_, name) => {
    const id = internalCall()
    const { call } = await fixture.agentCalls.find(actorOf(name), id)
    expect(call).toMatchObject({ callId: id, status: 'bridged' })
    for (const command of commands) await command(name, id)
    expect(fixture.operations).toHaveLength(commands.length)
  })

  test.each<[string, Name]>([
    ['an agent who is not in the call', 'carl'],
    ['a supervisor of another team', 'tara'],
    ['a supervisor without a team', 'lone'],
  ])('is not found for %s', async (_, name) => {
    const id = internalCall()
    await expect(fixture.agentCalls.find(actorOf(name), id)).rejects.toEqual(refusal('not_found', 'Call'))
    for (const command of commands) {
      await expect(command(name, id)).rejects.toEqual(refusal('not_found', 'Call'))
    }
    expect(fixture.operations).toEqual([])
  })

  test('the first read stores the call with an id, for the called agent', async () => {
    const id = internalCall()
    const { call } = await fixture.agentCalls.find(actorOf('anna'), id)
    expect(call).toMatchObject({ id: '1', agentId: '3', direction: 'inbound' })
    expect((await fixture.agentCalls.find(actorOf('root'), call.id)).call).toMatchObject({ callId: id })
    expect(fixture.rows.size).toBe(1)
  })

  test('a call without an agent’s phone is not found, also for an admin', async () => {
    const id = fixture.addLive(aCall({ legs: [aLeg('trunk'), aLeg('2000')] }))
    await expect(fixture.agentCalls.find(actorOf('root'), id)).rejects.toEqual(refusal('not_found'))
  })

  test.each<[Name, string]>([
    ['sven', '2'],
    ['tara', '4'],
  ])('%s acts as the phone of an agent of their own team', async (name, userId) => {
    await fixture.agentCalls.hold(actorOf(name), acrossTeams())
    expect(fixture.operations).toEqual([['hold', userId, 'user', expect.any(String)]])
  })

  test('an agent who is in the call acts as themselves', async () => {
    await fixture.agentCalls.hold(actorOf('anna'), acrossTeams())
    expect(fixture.operations).toEqual([['hold', '2', 'user', expect.any(String)]])
  })

  test('a supervisor cannot control a call that the agent of their team has left', async () => {
    const id = fixture.addLive(aCall({ legs: [aLeg('1001', { state: 'ended' }), aLeg('1003')] }))
    await expect(fixture.agentCalls.hold(actorOf('sven'), id)).rejects.toEqual(
      refusal('conflict', 'no phone'),
    )
    expect(fixture.operations).toEqual([])
  })

  test('a call that is over can be read and hung up, but not held', async () => {
    const id = fixture.addLive(aCall({ state: 'ended', outcome: 'answered', endedAt: 1_700_000_009_000_000 }))
    expect((await fixture.agentCalls.hangup(actorOf('anna'), id)).call.status).toBe('completed')
    await expect(fixture.agentCalls.hold(actorOf('anna'), id)).rejects.toEqual(refusal('conflict', 'over'))
    expect(fixture.operations).toEqual([])
  })
})

describe('transfer', () => {
  const transfer = (name: Name, target: { agentId: string } | { number: string }) =>
    fixture.agentCalls.transfer(
      actorOf(name),
      fixture.addLive(aCall({ legs: [aLeg('1001'), aLeg('trunk')] })),
      target,
    )

  test('to an agent of the same team goes to their extension', async () => {
    await transfer('anna', { agentId: '3' })
    expect(fixture.operations).toEqual([['transfer', '2', 'user', expect.any(String), '1002']])
  })

  test.each<[string, Name, string, ReturnType<typeof refusal>]>([
    ['an agent of another team', 'anna', '4', refusal('not_found', 'Agent')],
    ['an agent who does not exist', 'anna', '99', refusal('not_found', 'Agent')],
    ['an agent without a phone', 'anna', '5', refusal('conflict', 'no extension')],
  ])('to %s is refused', async (_, name, agentId, expected) => {
    await expect(transfer(name, { agentId })).rejects.toEqual(expected)
    expect(fixture.operations).toEqual([])
  })

  test('to a number on the do-not-call list is refused', async () => {
    fixture.doNotCall.add('+4940')
    await expect(transfer('anna', { number: '+4940' })).rejects.toEqual(refusal('dial_denied'))
    expect(fixture.operations).toEqual([])
  })
})
