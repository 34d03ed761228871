import { describe, expect, test } from 'vitest'
import type { SuperviseRequest } from '../../../api/core/calls/pbx.ts'
import { online } from './fixtures/open-ami-pbx.ts'

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
    await expect(pbx.connect('hks_1', channelId)).rejects.toMatchObject({ code: 'input_invalid' })
    for (const name of ['Originate', 'Setvar', 'Redirect', 'Bridge']) expect(actionsNamed(name)).toEqual([])
  })
})
