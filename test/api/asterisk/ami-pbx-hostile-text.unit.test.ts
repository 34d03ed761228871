import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatCallerId } from '../../../api/asterisk/validate-fields.ts'
import type { Pbx } from '../../../api/core/calls/pbx.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'
import { id, online, order, originated, SYSTEM } from './fixtures/open-ami-pbx.ts'
import { commands } from './fixtures/scripted-pbx.ts'

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
