import { beforeEach, describe, expect, test } from 'vitest'
import type { Call } from '../../../../../api/core/calls/call.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { aCall } from '../../calls/fixtures/calls.ts'
import { actorOf, lead, type Name } from './fixtures/actors.ts'
import { createFixture, refusal } from './fixtures/agent-calls.ts'

let fixture: Awaited<ReturnType<typeof createFixture>>
beforeEach(async () => {
  fixture = await createFixture()
})

describe('dialLead', () => {
  const dial = (name: Name, order: { agentId?: string; idempotencyKey?: string } = {}) =>
    fixture.agentCalls.dialLead(actorOf(name), { leadId: lead.id, ...order })

  test('claims the lead, stores an agent call and dials the lead’s number, all with one call id', async () => {
    const agentCall = await dial('anna')
    expect(agentCall).toMatchObject({
      callId: 'hk_1',
      agentId: '2',
      leadId: '9',
      campaignId: '1',
      number: '+49301',
    })
    expect(fixture.operations).toEqual([['dial', '2', { callId: 'hk_1', number: '+49301', userId: '2' }]])
    expect(fixture.claim()).toBe('hk_1')
  })

  test.each<[string, Name, string | undefined, ReturnType<typeof refusal>]>([
    ['another agent’s lead', 'bert', undefined, refusal('not_found', 'Lead')],
    ['a call for another agent, by an agent', 'anna', '3', refusal('forbidden')],
    ['a call for an agent of another team', 'sven', '4', refusal('not_found', 'Agent')],
    ['a call by a supervisor without a phone', 'sven', undefined, refusal('conflict', 'no extension')],
    ['a call for an agent without a phone', 'root', '5', refusal('conflict', 'no extension')],
    ['a call for an agent who does not exist', 'root', '99', refusal('not_found', 'Agent')],
  ])('refuses %s, and claims nothing', async (_, name, agentId, expected) => {
    await expect(dial(name, agentId === undefined ? {} : { agentId })).rejects.toEqual(expected)
    expect([fixture.operations, fixture.rows.size, fixture.claim()]).toEqual([[], 0, undefined])
  })

  test.each<[string, Name]>([
    ['a supervisor', 'sven'],
    ['an admin', 'root'],
  ])('lets %s dial for an agent: the agent’s phone rings', async (_, name) => {
    expect(await dial(name, { agentId: '2' })).toMatchObject({ agentId: '2' })
    expect(fixture.operations).toEqual([
      ['dial', actorOf(name).actor.userId, expect.objectContaining({ userId: '2' })],
    ])
  })

  test('refuses a lead on the do-not-call list, and claims nothing', async () => {
    fixture.doNotCall.add(lead.number)
    await expect(dial('anna')).rejects.toEqual(refusal('dial_denied', 'do-not-call'))
    expect([fixture.operations, fixture.rows.size, fixture.claim()]).toEqual([[], 0, undefined])
  })

  test('waits while the previous call is over but its attempt is not completed', async () => {
    fixture.addLive(aCall({ id: 'hk_0', state: 'ended' }))
    fixture.setClaim('hk_0', 3)
    expect(await dial('anna')).toMatchObject({ callId: 'hk_1' })
    expect(fixture.pauses()).toBe(3)
  })

  test('gives up after 30 retries if the previous attempt is never completed', async () => {
    fixture.addLive(aCall({ id: 'hk_0', state: 'ended' }))
    fixture.setClaim('hk_0', 1_000)
    await expect(dial('anna')).rejects.toEqual(refusal('conflict'))
    expect(fixture.pauses()).toBe(30)
  })

  test.each<[string, Call | undefined]>([
    ['that is in progress', aCall({ id: 'hk_0' })],
    ['that the PBX has not reported yet', undefined],
  ])('refuses at once during a call of the lead %s', async (_, call) => {
    if (call !== undefined) fixture.addLive(call)
    fixture.setClaim('hk_0', 1)
    await expect(dial('anna')).rejects.toEqual(refusal('conflict'))
    expect([fixture.pauses(), fixture.operations]).toEqual([0, []])
  })

  test.each([
    ['the campaign’s number if the agent may show it', '+4911', { callerNumber: '+4911' }],
    ['the agent’s extension if they may not show the campaign’s number', '+4922', {}],
  ])('shows %s', async (_, number, shown) => {
    fixture.setCallerId(number)
    await dial('anna')
    expect(fixture.operations).toEqual([
      ['dial', '2', { callId: 'hk_1', number: '+49301', userId: '2', ...shown }],
    ])
  })

  test('releases lead, key and agent call if the PBX does not dial, so that the same key can be used again', async () => {
    fixture.failDialWith(new Refusal('unavailable'))
    await expect(dial('anna', { idempotencyKey: 'k' })).rejects.toEqual(refusal('unavailable'))
    expect(fixture.operations.at(-1)).toEqual([
      'complete',
      { outcome: null, isAttempt: false, nextState: 'waiting', nextTryAt: 77 },
    ])
    expect([fixture.rows.size, fixture.keys.size, fixture.claim()]).toEqual([0, 0, undefined])
    fixture.failDialWith(undefined)
    expect(await dial('anna', { idempotencyKey: 'k' })).toMatchObject({ callId: 'hk_2' })
  })

  test.each([1, 2, 3, 4, 9])(
    'rolls back a call that the PBX does not dial, also if the rollback fails %i times',
    async (times) => {
      fixture.failDialWith(new Refusal('unavailable'))
      fixture.undoFails(times)
      await expect(dial('anna', { idempotencyKey: 'k' })).rejects.toEqual(refusal('unavailable'))
      expect(fixture.failures).not.toEqual([])
      await expect
        .poll(() => [fixture.rows.size, fixture.keys.size, fixture.claim()])
        .toEqual([0, 0, undefined])
      fixture.failDialWith(undefined)
      expect(await dial('anna', { idempotencyKey: 'k' })).toMatchObject({ callId: 'hk_2' })
      expect(fixture.failures.join()).not.toContain('not tried any more')
    },
  )

  test('retries a rollback some times, and reports the first and the last failure', async () => {
    fixture.failDialWith(new Refusal('unavailable'))
    fixture.undoFails(1_000)
    await expect(dial('anna')).rejects.toEqual(refusal('unavailable'))
    const lost = 'a lead that was not dialed could not be released'
    await expect.poll(() => fixture.failures).toContain(`Error: ${lost}, and is not tried any more`)
    expect(fixture.failures.filter((one) => one.endsWith(`: ${lost}`)).length).toBeLessThanOrEqual(3)
  })

  test('returns the same call for the same key, and refuses another key for a claimed lead', async () => {
    const first = await dial('anna', { idempotencyKey: 'k' })
    expect(await dial('anna', { idempotencyKey: 'k' })).toEqual(first)
    expect(fixture.operations).toHaveLength(1)
    await expect(dial('anna', { idempotencyKey: 'l' })).rejects.toEqual(refusal('conflict'))
    await expect(
      fixture.agentCalls.dialNumber(actorOf('anna'), { number: '1002', idempotencyKey: 'k' }),
    ).rejects.toEqual(refusal('key_reused'))
  })
})

test('a second request with the same key is a conflict while the first is in progress', async () => {
  const request = { leadId: lead.id, idempotencyKey: 'k' }
  const [first, second] = await Promise.allSettled([
    fixture.agentCalls.dialLead(actorOf('anna'), request),
    fixture.agentCalls.dialLead(actorOf('anna'), request),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: refusal('conflict', 'under way') })
  expect(fixture.operations).toHaveLength(1)
})

describe('dialNumber', () => {
  const direct = (number: string, name: Name = 'anna') =>
    fixture.agentCalls.dialNumber(actorOf(name), { number })

  test('dials the number, and claims no lead', async () => {
    expect(await direct('1002')).toMatchObject({ leadId: null, number: '1002' })
    expect([fixture.operations, fixture.claim()]).toEqual([
      [['dial', '2', { callId: 'hk_1', number: '1002', userId: '2' }]],
      undefined,
    ])
  })

  test('claims the lead that has the number', async () => {
    expect(await direct('030 1')).toMatchObject({ leadId: '9', campaignId: '1' })
    expect(fixture.claim()).toBe('hk_1')
  })

  test.each([
    ['on the do-not-call list', '+4940', 'do-not-call'],
    ['that the dial policy denies', '0900123', 'premium'],
  ])('refuses a number %s', async (_, number, reason) => {
    fixture.doNotCall.add('+4940')
    await expect(direct(number)).rejects.toEqual(refusal('dial_denied', reason))
    expect([fixture.operations, fixture.rows.size]).toEqual([[], 0])
  })

  test('dials an emergency number also if it is on the do-not-call list', async () => {
    fixture.doNotCall.add('112')
    expect(await direct('112')).toMatchObject({ number: '112' })
  })
})
