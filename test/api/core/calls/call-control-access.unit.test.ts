import { describe, expect, test } from 'vitest'
import type { CallControl } from '../../../../api/core/calls/call-control.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import {
  admin,
  createFixture,
  directory,
  ID,
  ofLegal,
  ofNone,
  ofSales,
  ofSupport,
  user1,
  user2,
  user3,
} from './fixtures/call-control.ts'
import { findReachIn } from './fixtures/calls.ts'

describe('access to a call', () => {
  test.each<[string, typeof user1, number]>([
    ['the caller sees it', user1, 1],
    ['the callee sees it', user2, 1],
    ['a third user sees nothing', user3, 0],
    ['an admin sees it', admin, 1],
    ['a supervisor of the caller’s team sees it', ofSales, 1],
    ['a supervisor of the callee’s team sees it', ofSupport, 1],
    ['a supervisor of another team sees nothing', ofLegal, 0],
    ['a supervisor of no team sees it', ofNone, 1],
  ])('%s', async (_, actor, count) => {
    expect(await createFixture().calls.list(actor)).toHaveLength(count)
  })

  const commands: [string, (calls: CallControl, actor: typeof user1) => Promise<unknown>][] = [
    ['find', (calls, actor) => calls.find(actor, ID)],
    ['answer', (calls, actor) => calls.answer(actor, ID)],
    ['hangup', (calls, actor) => calls.hangup(actor, ID)],
    ['decline', (calls, actor) => calls.decline(actor, ID)],
    ['hold', (calls, actor) => calls.hold(actor, ID)],
    ['unhold', (calls, actor) => calls.unhold(actor, ID)],
    ['transfer', (calls, actor) => calls.transfer(actor, ID, '1003')],
    ['startTransfer', (calls, actor) => calls.startTransfer(actor, ID, '1003')],
    ['completeTransfer', (calls, actor) => calls.completeTransfer(actor, ID)],
    ['cancelTransfer', (calls, actor) => calls.cancelTransfer(actor, ID)],
    ['sendDigits', (calls, actor) => calls.sendDigits(actor, ID, '1')],
    ['park', (calls, actor) => calls.park(actor, ID)],
    ['mute', (calls, actor) => calls.mute(actor, ID, true)],
    ['pauseRecording', (calls, actor) => calls.pauseRecording(actor, ID, true)],
  ]
  test.each(commands)(
    'to a third user and another team’s supervisor there is no such call: %s',
    async (_, command) => {
      for (const actor of [user3, ofLegal]) {
        const { calls, pbxCommands, softphoneCommands } = createFixture()
        await expect(command(calls, actor)).rejects.toMatchObject({ code: 'not_found' })
        expect([...pbxCommands, ...softphoneCommands]).toEqual([])
      }
    },
  )
  test('includes a supervisor of another team if supervisors reach all', async () => {
    const { calls, pbxCommands } = createFixture({}, { reachOf: findReachIn(directory, 'all') })
    expect(await calls.list(ofLegal)).toHaveLength(1)
    await calls.hangup(ofLegal, ID)
    expect(pbxCommands.map(([, channel]) => channel)).toEqual([ID, '1700000000.2'])
  })
  test('to one’s own call works while the database is unavailable', async () => {
    const reachOf = async () => {
      throw new Refusal('unavailable')
    }
    const { calls, pbxCommands, update } = createFixture({}, { reachOf })
    update('1700000000.3', { name: 'PJSIP/1006-3', endpoint: '1006', callId: ID, state: 'up', bridge: 'b' })
    await calls.mute(ofLegal, ID, true)
    await calls.hangup(ofLegal, ID)
    expect(pbxCommands.map(([name, channel]) => [name, channel])).toEqual([
      ['mute', '1700000000.3'],
      ['hangup', '1700000000.3'],
    ])
    await expect(createFixture({}, { reachOf }).calls.hangup(ofLegal, ID)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
  test.each(commands.filter(([name]) => name !== 'find' && name !== 'hangup'))(
    'on a call that is over is a conflict: %s',
    async (_, command) => {
      const { calls, gone } = createFixture()
      gone(ID, 16)
      gone('1700000000.2', 16)
      await expect(command(calls, user1)).rejects.toMatchObject({ code: 'conflict' })
    },
  )
})
