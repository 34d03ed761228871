import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { formatCallerId } from '../../../api/asterisk/validate-fields.ts'
import type { OriginateRequest, Pbx } from '../../../api/core/calls/pbx.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import { type AmiHandler, errorReply, successReply } from '../../support/ami-server.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'
import {
  COMMANDS,
  commands,
  extension,
  hint,
  list,
  newChannel,
  type ScriptedOptions,
  type ScriptedPbx,
  scriptedPbx,
} from './fixtures/scripted-pbx.ts'

const opened: ScriptedPbx[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const DONE: Record<string, AmiHandler> = Object.fromEntries(
  [...COMMANDS.slice(0, 9), 'MuteAudio', 'PJSIPNotify'].map((name) => [
    name,
    successReply('Message: queued'),
  ]),
)
async function online(options: ScriptedOptions = {}) {
  const scripted = await scriptedPbx({ ...options, answers: { ...DONE, ...options.answers } })
  opened.push(scripted)
  scripted.asterisk.open()
  await until(() => scripted.asterisk.pbx.state().online)
  return { ...scripted, pbx: scripted.asterisk.pbx }
}
const until = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 15_000, interval: 5 })

const silence: AmiHandler = () => {}
const gone = errorReply('No such channel')
const id = '1795218499.95'
const order: OriginateRequest = {
  callId: 'hk_01j',
  endpoint: '1001',
  number: clearedNumber('+4930123'),
  callerId: { name: 'Ada Łoś', number: '1001' },
  ringMs: 30_000,
}
const originated = {
  action: 'Originate',
  channel: 'PJSIP/1001',
  context: 'internal',
  exten: '+4930123',
  priority: '1',
  timeout: '30000',
  callerid: '"Ada Łoś" <1001>',
  async: 'true',
  channelid: 'hk_01j',
}
const SYSTEM = [...COMMANDS, 'MuteAudio', 'PJSIPNotify']

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
    opened.push(scripted)
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

describe('an Originate', () => {
  test('is unconfirmed and not sent again when the connection breaks', async () => {
    const { pbx, session, actionsNamed, published } = await online({ answers: { Originate: silence } })
    const placing = pbx.dial(order).catch((err) => err)
    await until(() => actionsNamed('Originate').length)
    session('control').socket.destroy()
    expect(await placing).toMatchObject({ name: 'Refusal', code: 'unconfirmed' })
    await until(() => published.includes('snapshot e2'))
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'conflict' })
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('is unconfirmed when the response is too late', async () => {
    const { pbx, actionsNamed } = await online({
      times: { actionTimeoutMs: 400 },
      answers: { Originate: silence },
    })
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'unconfirmed' })
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'conflict' })
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('may be sent later if it was never sent', async () => {
    const { pbx, session, actionsNamed, published } = await online({ times: { retryMinMs: 100 } })
    session('control').socket.destroy()
    await until(() => published.includes('offline'))
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'unavailable' })
    await until(() => pbx.state().online)
    await pbx.dial(order)
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('is sent once for two simultaneous requests with one id', async () => {
    const { pbx, actionsNamed } = await online()
    const outcomes = await Promise.allSettled([pbx.dial(order), pbx.dial(order)])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(actionsNamed('Originate')).toHaveLength(1)
  })
})

describe('hanging up a channel that does not exist yet', () => {
  const hangups = ({ actionsNamed }: ScriptedPbx) =>
    actionsNamed('Hangup').map(({ channel, cause }) => [channel, cause])

  test('hangs it up once an event shows it', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'busy')
    scripted.server.script.handlers.Hangup = successReply()
    scripted.session('events').send(...newChannel('other'))
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => hangups(scripted).length === 2)
    expect(hangups(scripted)).toEqual([
      ['hk_01j', '17'],
      ['hk_01j', '17'],
    ])
    // Later events of the channel cause no further action.
    await until(() => scripted.published.includes('channel hk_01j'))
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 3)
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(2)
  })

  test('sends the action again if an event shows the channel before the response', async () => {
    let answer = () => {}
    const scripted = await online({
      answers: {
        Hangup: (session, action) => {
          answer = () => gone(session, action)
        },
      },
    })
    const hanging = scripted.pbx.hangup('hk_01j', 'normal')
    await until(() => hangups(scripted).length === 1)
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 1)
    scripted.server.script.handlers.Hangup = successReply()
    answer()
    await hanging
    expect(hangups(scripted)).toHaveLength(2)
  })

  test('hangs it up also when a snapshot after a disconnect shows it', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'normal')
    Object.assign(scripted.server.script.handlers, {
      Hangup: successReply(),
      CoreShowChannels: list(newChannel('hk_01j')),
    })
    scripted.session('control').socket.destroy()
    await until(() => scripted.published.includes('snapshot e2'))
    await until(() => hangups(scripted).length === 2)
  })

  test.each([
    ['a channel that ended in between', 'gone', 0],
    ['a channel that appears more than a minute later', 'late', 61_000],
  ])('sends nothing for %s', async (_, how, later) => {
    let clock = 1_700_000_000_000
    const scripted = await online({ now: () => clock, answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'normal')
    if (how === 'gone') scripted.session('events').send('Event: Hangup', 'Uniqueid: hk_01j')
    else clock += later
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.published.includes('channel hk_01j'))
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(1)
  })

  test('is unconfirmed without a response, and does not stay pending', async () => {
    const scripted = await online({ times: { actionTimeoutMs: 400 }, answers: { Hangup: silence } })
    await expect(scripted.pbx.hangup('hk_01j', 'normal')).rejects.toMatchObject({ code: 'unconfirmed' })
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 1)
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(1)
  })

  test('keeps a thousand pending hang-ups, and evicts the oldest', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    for (let at = 0; at <= 1_000; at += 100) {
      const ids = Array.from({ length: at === 1_000 ? 1 : 100 }, (_, one) => `c-${at + one}`)
      await Promise.all(ids.map((one) => scripted.pbx.hangup(one, 'normal')))
    }
    scripted.server.script.handlers.Hangup = successReply()
    for (const one of ['c-0', 'c-1', 'c-1000']) scripted.session('events').send(...newChannel(one))
    await until(() => hangups(scripted).length >= 1_003)
    expect(hangups(scripted).slice(1_001)).toEqual([
      ['c-1', '16'],
      ['c-1000', '16'],
    ])
  })
})

describe('digits', () => {
  const played = ({ actionsNamed }: ScriptedPbx, channel: string) =>
    actionsNamed('PlayDTMF')
      .filter((action) => action.channel === channel)
      .map(({ digit }) => digit)
      .join('')

  test('are played in order, also for two simultaneous requests', async () => {
    const scripted = await online()
    const { pbx } = scripted
    await Promise.all([pbx.sendDigits(id, '12#'), pbx.sendDigits(id, 'A*'), pbx.sendDigits('other', '9')])
    expect(played(scripted, id)).toBe('12#A*')
    expect(played(scripted, 'other')).toBe('9')
  })

  test('are unconfirmed when the connection breaks, and the rest is not played', async () => {
    const { pbx, session, actionsNamed } = await online()
    const playing = pbx.sendDigits(id, '123456789').catch((err) => err)
    await until(() => actionsNamed('PlayDTMF').length === 2)
    session('control').socket.destroy()
    expect(await playing).toMatchObject({ name: 'Refusal', code: 'unconfirmed' })
    await until(() => pbx.state().online)
    expect(actionsNamed('PlayDTMF')).toHaveLength(2)
  })

  test('are pressed only while `mayPress` returns true', async () => {
    const scripted = await online()
    const pressing = scripted.pbx.pressDigits(id, '1234', () => played(scripted, id).length < 2)
    await expect(pressing).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(played(scripted, id)).toBe('12')
    await expect(scripted.pbx.pressDigits(id, '1', () => false)).rejects.toMatchObject({ code: 'conflict' })
    expect(played(scripted, id)).toBe('12')
  })

  test('are refused when more than 64 are queued', async () => {
    const { pbx } = await online({ answers: { PlayDTMF: silence } })
    const first = pbx.sendDigits(id, '1'.repeat(60)).catch(() => {})
    await expect(pbx.sendDigits(id, '12345')).rejects.toMatchObject({ code: 'conflict' })
    await opened.at(-1)?.close()
    await first
  })
})

describe('hostile text', () => {
  const HOSTILE = [
    ['CR LF and an action', '1001\r\n\r\nAction: Command\r\nCommand: core stop now'],
    ['LF', '1001\n'],
    ['CR', '\r1001'],
    ['NUL', '10\u000001'],
    ['U+134A, CR LF to some', '1001\u134aAction: Command'],
    ['U+2028', '1001\u2028'],
    ['half a character', '1001\ud800'],
    ['a comma', '1001,1'],
    ['brackets', '100[1]'],
    ['quotes', '"1001"'],
    ['a pattern', '/regex/'],
    ['the pattern of all', '/.*/'],
    ['a Local channel', 'Local/x@y'],
    ['a SIP URI', '1001/sip:a@evil.example'],
    ['two phones', '1001&PJSIP/1002'],
    ['an expression', '\u0024{SHELL(id)}'],
    ['other figures', '١٢٣'],
    ['an empty text', ''],
    ['blanks', '   '],
    ['100 kB', '1'.repeat(100_000)],
    ['a number', 7 as unknown as string],
    ['an object', { toString: () => '1001' } as unknown as string],
  ] as const

  const FIELDS: readonly (readonly [string, (pbx: Pbx, text: string) => Promise<unknown>])[] = [
    ['dial, callId', (pbx, text) => pbx.dial({ ...order, callId: text })],
    ['dial, endpoint', (pbx, text) => pbx.dial({ ...order, endpoint: text })],
    ['dial, number', (pbx, text) => pbx.dial({ ...order, number: clearedNumber(text) })],
    ['dial, caller number', (pbx, number) => pbx.dial({ ...order, callerId: { name: 'Ada', number } })],
    ['hangup', (pbx, text) => pbx.hangup(text, 'normal')],
    ['transferBlind, channel', (pbx, text) => pbx.transferBlind(text, clearedNumber('1002'))],
    ['transferBlind, number', (pbx, text) => pbx.transferBlind(id, clearedNumber(text))],
    ['transferAttended, channel', (pbx, text) => pbx.transferAttended(text, clearedNumber('1002'))],
    ['transferAttended, number', (pbx, text) => pbx.transferAttended(id, clearedNumber(text))],
    ['cancelTransfer', (pbx, text) => pbx.cancelTransfer(text)],
    ['sendDigits, channel', (pbx, text) => pbx.sendDigits(text, '1')],
    ['sendDigits, digits', (pbx, text) => pbx.sendDigits(id, text)],
    ['park, channel', (pbx, text) => pbx.park(text, 'PJSIP/1001-0000002f')],
    ['park, by', (pbx, text) => pbx.park(id, text)],
    ['park, by after the technology', (pbx, text) => pbx.park(id, `PJSIP/${text}-0000002f`)],
    ['mute', (pbx, text) => pbx.mute(text, true)],
    ['pauseRecording', (pbx, text) => pbx.pauseRecording(text, true)],
    ['askToAnswer', (pbx, text) => pbx.requestAnswer(text)],
    ['knows', (pbx, text) => pbx.extensionExists(text)],
  ]

  test('shows only a name for a caller with an extension that is no number', async () => {
    const { pbx, session } = await online({ answers: { ListCommands: commands(...SYSTEM) } })
    await pbx.dial({ ...order, callerId: { name: 'Anna', number: undefined } })
    expect(session('control').actions.at(-1)).toMatchObject({ callerid: '"Anna" <>' })
  })

  test.each(FIELDS)('%s: is refused, and no byte of it is written', async (_, command) => {
    const { pbx, session } = await online({ answers: { ListCommands: commands(...SYSTEM) } })
    const { socket, actions } = session('control')
    let written = ''
    socket.on('data', (text) => {
      written += text
    })
    for (const [what, text] of HOSTILE) {
      // The template makes text of the two values that are none.
      if (typeof text !== 'string' && /after/.test(_)) continue
      const refusal = await command(pbx, text).catch((err) => err)
      expect(refusal, what).toBeInstanceOf(Refusal)
      expect(refusal, what).toMatchObject({
        code: 'input_invalid',
        detail: expect.stringMatching(/^not a [a-z ]{1,20}$/),
      })
    }
    // This action comes behind anything that was written before.
    await pbx.cancelTransfer(id)
    expect(actions.at(-1)?.action).toBe('CancelAtxfer')
    expect(written).toMatch(/^Action: CancelAtxfer\r\nActionID: \S+\r\nChannel: 1795218499\.95\r\n\r\n$/)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 600_001])(
    'refuses %s ms of ringing',
    async (ringMs) => {
      const { pbx, requestedActions } = await online()
      await expect(pbx.dial({ ...order, ringMs })).rejects.toMatchObject({ code: 'input_invalid' })
      expect(requestedActions()).toEqual([])
    },
  )

  test.each([
    [
      'Bob\r\n\r\nAction: Command\r\nCommand: core stop now',
      '"BobAction: CommandCommand: core stop now" <1001>',
    ],
    ['Ada" <911>,\\', '"Ada 911" <1001>'],
    ['\u0000\u2028\u202e\ud800"<>', '<1001>'],
    ['', '<1001>'],
    [' Ada ', '"Ada" <1001>'],
    ['😀'.repeat(100_000), `"${'😀'.repeat(40)}" <1001>`],
  ])('makes the name %j harmless', async (name, shown) => {
    const { pbx, requestedActions } = await online()
    await pbx.dial({ ...order, callerId: { name, number: '1001' } })
    expect(requestedActions().map(({ actionid, ...fields }) => fields)).toEqual([
      { ...originated, callerid: shown },
    ])
  })

  test('makes one name of at most 40 characters and one number of any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 90 }), (name) => {
        expect(formatCallerId({ name, number: '1001' })).toMatch(
          /^("[^"<>,\\\p{Cc}\p{Cs}\u2028\u2029]{1,40}" )?<1001>$/u,
        )
      }),
    )
  })
})
