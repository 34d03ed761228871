import { describe, expect, test } from 'vitest'
import { errorReply } from '../../support/ami-server.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'
import { id, online } from './fixtures/open-ami-pbx.ts'
import { commands, extension, hint, list } from './fixtures/scripted-pbx.ts'

describe('the lookup of a number in the dialplan', () => {
  test.each([
    ['finds an extension with a first priority', list(hint, extension), true],
    ['does not find one with only a hint', list(hint), false],
    ['does not find one without an extension', errorReply('Did not find extension 999@transfers'), false],
    ['has no result where the context is missing', errorReply('Did not find context transfers'), undefined],
  ])('%s', async (_, ShowDialPlan, known) => {
    const { pbx, actionsNamed } = await online({ answers: { ShowDialPlan } })
    expect(await pbx.extensionExists('1002')).toBe(known)
    expect(actionsNamed('ShowDialPlan')[0]).toMatchObject({ context: 'transfers', extension: '1002' })
  })

  test('has no result for a user without `reporting`, and transfers are sent', async () => {
    const { pbx, requestedActions } = await online({ answers: { ListCommands: commands('BlindTransfer') } })
    expect(await pbx.extensionExists('1002')).toBe(undefined)
    await pbx.transferBlind(id, clearedNumber('1002'))
    expect(requestedActions()).toMatchObject([{ action: 'BlindTransfer' }])
  })

  test.each(['transferBlind', 'transferAttended'] as const)(
    'prevents %s to an unknown number',
    async (command) => {
      const { pbx, requestedActions } = await online({
        answers: { ShowDialPlan: errorReply('Did not find extension 999@transfers') },
      })
      await expect(pbx[command](id, clearedNumber('999'))).rejects.toMatchObject({ code: 'unknown_number' })
      expect(requestedActions()).toMatchObject([{ action: 'ShowDialPlan' }])
    },
  )
})
