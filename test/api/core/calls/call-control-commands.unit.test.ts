import { describe, expect, test } from 'vitest'
import { admin, createFixture, ID, ofSales, ofSupport, user1, user2 } from './fixtures/call-control.ts'

describe('a call command', () => {
  test('hangs up the own phone alone', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.2', 'normal']])
  })
  test('that hangs up resolves when the call has ended, if the PBX hangs up an end that is left alone', async () => {
    const { calls, tracker, gone } = createFixture({
      async hangup(channel) {
        gone(channel, 16)
        setTimeout(() => gone(ID, 16), 30)
      },
    })
    await calls.hangup(user2, ID)
    expect(tracker.find(ID)?.state).toBe('ended')
  })
  test('hangs up nothing for a user after their phone has left the call', async () => {
    const { calls, pbxCommands, gone } = createFixture()
    gone('1700000000.2', 16)
    await expect(calls.hangup(user2, ID)).rejects.toMatchObject({ code: 'conflict' })
    expect(pbxCommands).toEqual([])
  })
  test('of an admin hangs up all ends', async () => {
    const { calls, pbxCommands } = createFixture()
    await calls.hangup(admin, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test.each([
    ['the caller’s', ofSales, ID],
    ['the callee’s', ofSupport, '1700000000.2'],
  ])('of a supervisor of %s team acts on the phone of that team alone', async (_, actor, own) => {
    const { calls, pbxCommands, softphoneCommands, update } = createFixture()
    await calls.mute(actor, ID, true)
    await calls.sendDigits(actor, ID, '1')
    await calls.hold(actor, ID)
    const far = own === ID ? '1700000000.2' : ID
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([own, far])
    expect(softphoneCommands).toEqual([[own === ID ? '2' : '3', 'hold', ID]])
    update(ID, { recording: 'on' })
    await calls.pauseRecording(actor, ID, true)
    await calls.hangup(actor, ID)
    expect(pbxCommands.slice(3)).toEqual([['hangup', own, 'normal']])
  })
  test('of a supervisor hangs up the whole call if no phone of another team is in it', async () => {
    const { calls, pbxCommands, gone, update } = createFixture()
    gone('1700000000.2', 16)
    update('1700000000.3', { name: 'PJSIP/trunk-3', endpoint: 'trunk', callId: ID, state: 'up', bridge: 'b' })
    await calls.hangup(ofSales, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.3'])
  })
  test('of an actor who has left the call, with all of their team, is a conflict and does nothing', async () => {
    const { calls, pbxCommands, gone, update } = createFixture()
    update(ID, { recording: 'on' })
    gone('1700000000.2', 16)
    await expect(calls.hangup(ofSupport, ID)).rejects.toMatchObject({ code: 'conflict' })
    await expect(calls.mute(ofSupport, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    for (const actor of [user2, ofSupport]) {
      await expect(calls.pauseRecording(actor, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    }
    expect(pbxCommands).toEqual([])
  })
  test('declines a ringing phone with "busy"', async () => {
    const { calls, pbxCommands, update } = createFixture()
    update('1700000000.3', { name: 'PJSIP/1002-3', endpoint: '1002', callId: ID, state: 'ringing' })
    await calls.decline(user2, ID)
    expect(pbxCommands).toEqual([['hangup', '1700000000.3', 'busy']])
  })
  test.each(['hold', 'unhold'] as const)('%s is sent to the softphone', async (command) => {
    const { calls, softphoneCommands, update } = createFixture()
    update(ID, { holds: command === 'unhold' })
    await calls[command](user1, ID)
    expect(softphoneCommands).toEqual([['2', command, ID]])
  })
  test('hold is not supported without a connected softphone', async () => {
    const { calls } = createFixture({}, { listening: false })
    await expect(calls.hold(user1, ID)).rejects.toMatchObject({ code: 'not_supported' })
  })
  test('answer is a conflict if no phone rings', async () => {
    await expect(createFixture().calls.answer(user1, ID)).rejects.toMatchObject({ code: 'conflict' })
  })
  test('parks the other end, and returns the space', async () => {
    const { calls, pbxCommands } = createFixture()
    expect(await calls.park(user1, ID)).toEqual({ space: '701' })
    expect(pbxCommands).toEqual([['park', '1700000000.2', 'PJSIP/1001-00000001']])
  })
  test('pauses a recording, and is a conflict without one', async () => {
    const { calls, update } = createFixture()
    await expect(calls.pauseRecording(user1, ID, true)).rejects.toMatchObject({ code: 'conflict' })
    update(ID, { recording: 'on' })
    await calls.pauseRecording(user1, ID, true)
    expect(await calls.find(user1, ID)).toMatchObject({ call: { recording: 'paused' } })
  })
  test('pauses every recording of a call on any channel, and each that is still running', async () => {
    const { calls, update, pbxCommands } = createFixture()
    for (const id of [ID, '1700000000.2']) update(id, { recording: 'on' })
    update('1700000000.2', { recording: 'off' })
    await calls.pauseRecording(user1, ID, true)
    expect(pbxCommands).toEqual([['pauseRecording', ID, true]])
    update('1700000000.2', { recording: 'on' })
    await calls.pauseRecording(user1, ID, true)
    expect(
      pbxCommands
        .slice(1)
        .map(([, id]) => id)
        .sort(),
    ).toEqual([ID, '1700000000.2'])
    expect(await calls.find(user1, ID)).toMatchObject({ call: { recording: 'paused' } })
  })
})
