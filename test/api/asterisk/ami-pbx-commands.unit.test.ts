import { describe, expect, onTestFinished, test } from 'vitest'
import type { Pbx } from '../../../api/core/calls/pbx.ts'
import { errorReply } from '../../support/ami-server.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'
import { id, online, order, originated, SYSTEM } from './fixtures/open-ami-pbx.ts'
import { commands, type ScriptedOptions, scriptedPbx } from './fixtures/scripted-pbx.ts'

describe('each command is one action', () => {
  type Sent = Record<string, string>
  const transferred = { channel: id, context: 'transfers', exten: '1002' }
  const commandCases: [string, (pbx: Pbx) => Promise<void>, Sent, ScriptedOptions?][] = [
    ['placing a call', (pbx) => pbx.dial(order), originated],
    [
      'placing a call that rings all phones of the user',
      (pbx) => pbx.dial(order),
      { ...originated, channel: 'Local/1001@ring-all', otherchannelid: 'hk_01j-2' },
      { settings: { ringContext: 'ring-all' } },
    ],
    [
      'placing a call from the browsers of the user, with the id of the call',
      (pbx) => pbx.dial({ ...order, endpoint: '1001-web', isBrowser: true }),
      {
        ...originated,
        channel: 'PJSIP/1001-web',
        variable: 'PJSIP_HEADER(add,X-Hookswitch-Call)=hk_01j',
      },
    ],
    [
      'the same with a context that rings all of them, and adds the id',
      (pbx) => pbx.dial({ ...order, endpoint: '1001-web', isBrowser: true }),
      { ...originated, channel: 'Local/1001-web@ring-all', otherchannelid: 'hk_01j-2' },
      { settings: { ringContext: 'ring-all' } },
    ],
    ['hanging up', (pbx) => pbx.hangup(id, 'normal'), { action: 'Hangup', channel: id, cause: '16' }],
    ['declining', (pbx) => pbx.hangup(id, 'busy'), { action: 'Hangup', channel: id, cause: '17' }],
    [
      'a blind transfer',
      (pbx) => pbx.transferBlind(id, clearedNumber('1002')),
      { action: 'BlindTransfer', ...transferred },
    ],
    [
      'an attended transfer',
      (pbx) => pbx.transferAttended(id, clearedNumber('1002')),
      { action: 'Atxfer', ...transferred },
    ],
    [
      'cancelling an attended transfer',
      (pbx) => pbx.cancelTransfer(id),
      { action: 'CancelAtxfer', channel: id },
    ],
    [
      'a digit',
      (pbx) => pbx.sendDigits(id, '#'),
      { action: 'PlayDTMF', channel: id, digit: '#', receive: 'false' },
    ],
    [
      'a digit as if pressed there',
      (pbx) => pbx.pressDigits(id, '#', () => true),
      { action: 'PlayDTMF', channel: id, digit: '#', receive: 'true' },
    ],
    [
      'parking',
      (pbx) => pbx.park(id, 'PJSIP/1001-0000002f'),
      { action: 'Park', channel: id, timeoutchannel: 'PJSIP/1001-0000002f', timeout: '45000' },
    ],
    [
      'parking in a lot of its own',
      (pbx) => pbx.park(id, 'PJSIP/1001-0000002f'),
      {
        ...{ action: 'Park', channel: id, timeoutchannel: 'PJSIP/1001-0000002f', timeout: '45000' },
        parkinglot: 'sales',
      },
      { settings: { parkingLot: 'sales' } },
    ],
    [
      'muting with little rights',
      (pbx) => pbx.mute(id, true),
      { action: 'Setvar', channel: id, variable: 'MUTEAUDIO(in)', value: 'on' },
    ],
    [
      'unmuting with `system`',
      (pbx) => pbx.mute(id, false),
      { action: 'MuteAudio', channel: id, direction: 'in', state: 'off' },
      { answers: { ListCommands: commands(...SYSTEM) } },
    ],
    [
      'pausing a recording',
      (pbx) => pbx.pauseRecording(id, true),
      { action: 'MixMonitorMute', channel: id, direction: 'both', state: '1' },
    ],
    [
      'resuming a recording',
      (pbx) => pbx.pauseRecording(id, false),
      { action: 'MixMonitorMute', channel: id, direction: 'both', state: '0' },
    ],
    [
      'asking a phone to answer',
      (pbx) => pbx.requestAnswer(id),
      { action: 'PJSIPNotify', channel: id, variable: 'Event=talk' },
      { answers: { ListCommands: commands(...SYSTEM) } },
    ],
  ]
  test.each(commandCases)('%s', async (_, command, sent, options) => {
    const { pbx, requestedActions } = await online(options)
    await command(pbx)
    const actions = requestedActions().filter(({ action }) => action !== 'ShowDialPlan')
    expect(actions.map(({ actionid, ...fields }) => fields)).toEqual([sent])
  })
})

describe('a command that this AMI user may not send', () => {
  test('is reported by `can`, and refused without sending it', async () => {
    const { pbx, requestedActions } = await online({
      answers: { ListCommands: commands('Hangup', 'CoreShowChannels') },
    })
    expect(pbx.can('hangup')).toBe(true)
    expect(pbx.can('dial')).toBe(false)
    expect(pbx.can('mute')).toBe(false)
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'not_supported' })
    expect(requestedActions()).toEqual([])
  })

  test('is every command before the first connection', async () => {
    const scripted = await scriptedPbx()
    onTestFinished(() => scripted.close())
    expect(scripted.asterisk.pbx.can('hangup')).toBe(false)
    await expect(scripted.asterisk.pbx.dial(order)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a refusal of Asterisk', () => {
  test.each([
    ['Originate', 'Extension does not exist.', 'unknown_number'],
    ['Originate', 'Permission denied', 'not_supported'],
    ['Originate', 'Asterisk is shutting down', 'unavailable'],
    ['Originate', 'Originate failed', 'conflict'],
    ['BlindTransfer', 'Transfer invalid', 'conflict'],
    ['BlindTransfer', 'Channel specified does not exist', 'conflict'],
    ['MixMonitorMute', 'Cannot set mute flag', 'conflict'],
    ['Setvar', 'Variable not set', 'not_supported'],
    ['Park', 'Channel does not exist: p-9', 'conflict'],
  ])('%s: %s becomes `%s`, without Asterisk’s message', async (action, message, code) => {
    const { pbx } = await online({ answers: { [action]: errorReply(message) } })
    const commandCases: Record<string, () => Promise<void>> = {
      Originate: () => pbx.dial(order),
      BlindTransfer: () => pbx.transferBlind(id, clearedNumber('1002')),
      MixMonitorMute: () => pbx.pauseRecording(id, true),
      Setvar: () => pbx.mute(id, true),
      Park: () => pbx.park(id, 'PJSIP/1001-0000002f'),
    }
    const refusal = await commandCases[action]?.().catch((err) => err)
    expect(refusal).toMatchObject({ name: 'Refusal', code, cause: { code: 'ami_refused', message } })
    expect(refusal.detail ?? '').not.toContain(message)
  })
})
