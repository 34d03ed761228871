import { describe, expect, test } from 'vitest'
import { createFixture, type Fixture, ID, user1 } from './fixtures/call-control.ts'

describe('a call command', () => {
  describe('digits', () => {
    const FAR = '1700000000.2'
    test('are sent to the other end, and not pressed while it is in the bridge', async () => {
      const { calls, pbxCommands } = createFixture()
      await calls.sendDigits(user1, ID, '#1630')
      expect(pbxCommands).toEqual([['sendDigits', FAR, '#1630']])
    })
    test('are sent to each other end of a call of three', async () => {
      const { calls, pbxCommands, update } = createFixture()
      update('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'up', bridge: 'b' })
      await calls.sendDigits(user1, ID, '1')
      expect(pbxCommands).toEqual([
        ['sendDigits', FAR, '1'],
        ['sendDigits', '1700000000.3', '1'],
      ])
    })
    test('are pressed while the dialplan handles the call, until another end joins it', async () => {
      const { calls, pbxCommands, update, gone } = createFixture()
      gone(FAR, 16)
      update(ID, { bridge: undefined })
      await calls.sendDigits(user1, ID, '12#')
      expect(pbxCommands).toEqual([['pressDigits', ID, '12#', expect.any(Function)]])
      const mayPress = pbxCommands[0]?.[3] as () => boolean
      expect(mayPress()).toBe(true)
      update('1700000000.3', { name: 'PJSIP/1003-3', endpoint: '1003', callId: ID, state: 'ringing' })
      expect(mayPress()).toBe(false)
    })
    test.each<[string, (it: Fixture) => void]>([
      ['another end rings', ({ update }) => update(FAR, { state: 'ringing', bridge: undefined })],
      ['the other end waits in another bridge', ({ update }) => update(FAR, { bridge: 'b2' })],
      ['the other end is hidden in the bridge', ({ gone }) => gone(FAR, 16)],
      ['the leg is parked', ({ update }) => update(ID, { bridge: undefined, parkingSpace: '701' })],
    ])('are refused while %s', async (_, happens) => {
      const it = createFixture()
      happens(it)
      await expect(it.calls.sendDigits(user1, ID, '#1630')).rejects.toMatchObject({ code: 'conflict' })
      expect(it.pbxCommands).toEqual([])
    })
    test('wait until an end that has answered enters the bridge', async () => {
      const { calls, pbxCommands, update } = createFixture()
      update(FAR, { bridge: undefined })
      const sending = calls.sendDigits(user1, ID, '1')
      setImmediate(() => update(FAR, { bridge: 'b' }))
      await sending
      expect(pbxCommands).toEqual([['sendDigits', FAR, '1']])
    })
  })
  test.each(['', 'x', '1,2', '1\r\n', '1'.repeat(33), '１'])('refuses %j as digits', async (digits) => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.sendDigits(user1, ID, digits)).rejects.toMatchObject({ code: 'input_invalid' })
    expect(pbxCommands).toEqual([])
  })
})
