import { describe, expect, test } from 'vitest'
import type { SuperviseRequest } from '../../../api/core/calls/pbx.ts'
import { errorReply, successReply } from '../../support/ami-server.ts'
import { online } from './fixtures/open-ami-pbx.ts'
import { list } from './fixtures/scripted-pbx.ts'

const order: SuperviseRequest = {
  id: 'hks_1',
  channelId: '1795218499.95',
  mode: 'listen',
  endpoint: '1000',
  isBrowser: false,
  callerId: { name: 'Ada', number: '1001' },
  ringMs: 30_000,
}

describe('a supervisor’s phone', () => {
  test.each([
    ['listen', 'uqES'],
    ['whisper', 'uqESw'],
    ['join', 'uqESB'],
  ] as const)('is rung once to %s to exactly one channel', async (mode, options) => {
    const { pbx, actionsNamed } = await online()
    await pbx.supervise({ ...order, mode })
    await expect(pbx.supervise({ ...order, mode })).rejects.toMatchObject({ code: 'conflict' })
    const [sent, ...more] = actionsNamed('Originate')
    expect(more).toEqual([])
    expect(sent).toMatchObject({
      channel: 'PJSIP/1000',
      application: 'ChanSpy',
      data: `1795218499.95,${options}`,
      channelid: 'hks_1',
      async: 'true',
    })
    expect(sent).not.toHaveProperty('exten')
  })

  test.each([
    'all',
    '1795218499.95,d',
    'PJSIP/1001-00000001',
    '',
    '1.2\r\nAction: Command',
    `\${SHELL(id)}`,
    '1.2&PJSIP/1',
  ])('never listens to %j', async (channelId) => {
    const { pbx, actionsNamed } = await online()
    await expect(pbx.supervise({ ...order, channelId })).rejects.toMatchObject({ code: 'input_invalid' })
    await expect(pbx.switchSupervision('hks_1', channelId, 'join')).rejects.toMatchObject({
      code: 'input_invalid',
    })
    for (const name of ['Originate', 'Setvar', 'Redirect', 'Bridge']) expect(actionsNamed(name)).toEqual([])
  })

  test('is connected with another channel by whole names, as Asterisk takes the beginning of one', async () => {
    const { pbx, actionsNamed } = await online({
      answers: { Bridge: successReply('Message: Channels have been bridged') },
    })
    await pbx.connect('Local/1000@hookswitch-ring-00000001;1', 'PJSIP/1003-0000000a')
    expect(actionsNamed('Bridge')).toMatchObject([
      { channel1: 'Local/1000@hookswitch-ring-00000001;1', channel2: 'PJSIP/1003-0000000a' },
    ])
    for (const name of ['1795218499.9', 'PJSIP/1003', 'PJSIP/1003-0000', '', '/.*/', 'hks_1'])
      await expect(pbx.connect('PJSIP/1003-0000000a', name)).rejects.toMatchObject({ code: 'input_invalid' })
    expect(actionsNamed('Bridge')).toHaveLength(1)
  })

  test('changes the mode by the dialplan, and stays as it is without its context', async () => {
    const none = await online({
      answers: { ShowDialPlan: errorReply('Did not find context hookswitch-supervise') },
    })
    await expect(none.pbx.switchSupervision('hks_1', '17.1', 'join')).rejects.toMatchObject({
      code: 'not_supported',
    })
    expect([...none.actionsNamed('Setvar'), ...none.actionsNamed('Redirect')]).toEqual([])

    const { pbx, actionsNamed } = await online({
      answers: {
        ShowDialPlan: list(['Event: ListDialplan', 'Context: hookswitch-supervise', 'Priority: 1']),
        Redirect: successReply('Message: Redirect successful'),
      },
    })
    await pbx.switchSupervision('hks_1', '17.1', 'join')
    expect(actionsNamed('Setvar')).toMatchObject([
      { channel: 'hks_1', variable: 'HOOKSWITCH_SPIED', value: '17.1' },
    ])
    expect(actionsNamed('Redirect')).toMatchObject([
      { channel: 'hks_1', context: 'hookswitch-supervise', exten: 'join', priority: '1' },
    ])
  })
})
