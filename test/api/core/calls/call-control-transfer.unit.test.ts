import { describe, expect, test } from 'vitest'
import type { CallControl } from '../../../../api/core/calls/call-control.ts'
import { createFixture, ID, user1, user2 } from './fixtures/call-control.ts'

describe('a call command', () => {
  test('transfers according to the dial policy', async () => {
    const { calls, pbxCommands } = createFixture()
    await expect(calls.transfer(user1, ID, '+33123')).rejects.toMatchObject({ code: 'dial_denied' })
    expect(pbxCommands).toEqual([])
    await calls.transfer(user1, ID, '1003')
    expect(pbxCommands).toEqual([['transferBlind', ID, '1003']])
  })
  test.each<[string, (calls: CallControl, number: string) => Promise<unknown>]>([
    ['dial', (calls, number) => calls.dial(user1, { number })],
    ['transfer', (calls, number) => calls.transfer(user1, ID, number)],
    ['startTransfer', (calls, number) => calls.startTransfer(user1, ID, number)],
  ])(
    '%s reaches no number on the do-not-call list, and none while the list is unavailable',
    async (_, command) => {
      const { calls, pbxCommands } = createFixture()
      await expect(command(calls, '1009')).rejects.toMatchObject({
        code: 'dial_denied',
        detail: expect.stringContaining('do-not-call'),
      })
      expect(pbxCommands).toEqual([])
      const away = createFixture({}, { storesAway: true })
      await expect(command(away.calls, '1003')).rejects.toMatchObject({ code: 'unavailable' })
      expect(away.pbxCommands).toEqual([])
    },
  )
  test.each(['completeTransfer', 'cancelTransfer'] as const)(
    '%s ends no call if no transfer is under way',
    async (command) => {
      const { calls, pbxCommands } = createFixture()
      await expect(calls[command](user1, ID)).rejects.toMatchObject({ code: 'conflict' })
      expect(pbxCommands).toEqual([])
    },
  )
  test('completes a transfer while the other end waits in another bridge', async () => {
    const { calls, pbxCommands, update } = createFixture()
    update(ID, { bridge: 'consultation' })
    await calls.completeTransfer(user1, ID)
    expect(pbxCommands).toEqual([['hangup', ID, 'normal']])
  })
  test.each(['completeTransfer', 'cancelTransfer'] as const)(
    'orders nothing for %s where a Local channel joins the bridges of the two ends: they talk',
    async (command) => {
      const { calls, pbxCommands, update } = createFixture()
      const half = (n: number, bridge: string) =>
        update(`1700000000.${n + 2}`, {
          ...{
            name: `Local/1002@from-queue-00000001;${n}`,
            endpoint: undefined,
            callId: ID,
            state: 'up',
            bridge,
          },
        })
      half(1, 'b')
      half(2, 'b2')
      update('1700000000.2', { bridge: 'b2' })
      await expect(calls[command](user2, ID)).rejects.toMatchObject({
        code: 'conflict',
        detail: 'no transfer is under way',
      })
      expect(pbxCommands).toEqual([])
    },
  )
})
