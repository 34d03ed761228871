import { describe, expect, test } from 'vitest'
import { createSipDialogs } from '../../../../../api/http/v1/phone/sip-dialogs.ts'
import { parseSipMessage, readPbxMessage } from '../../../../../api/http/v1/phone/sip-message.ts'
import { PBX_INVITE, sipRequest, sipResponse } from '../../../../support/sip-messages.ts'

const IN_CALL = { callId: '3e2d1c', to: '"Ольга" <sip:1001@pbx.example.org>;tag=8d7c' }
const ofPbx = (method: string) =>
  PBX_INVITE.replace('INVITE sip', `${method} sip`).replace('7 INVITE', `7 ${method}`)

const byeAnswer = (status: string, to: string) =>
  sipResponse(status)
    .replace('7 INVITE', '42 BYE')
    .replace(/^To: .*$/m, `To: ${to}`)

/** Plays `pbx` messages and `browser` messages in turn. */
function play(...messages: ['pbx' | 'browser', string][]) {
  const dialogs = createSipDialogs()
  for (const [side, text] of messages) {
    const read = side === 'pbx' ? readPbxMessage : parseSipMessage
    const message = read(Buffer.from(text))
    if (message === undefined) throw new Error(`malformed: ${text}`)
    if (side === 'pbx') dialogs.onPbxMessage(message)
    else dialogs.onBrowserMessage(message)
  }
  return dialogs.byes().map(String)
}
const answered = [
  ['pbx', PBX_INVITE],
  ['browser', sipResponse('SIP/2.0 180 Ringing')],
  ['browser', sipResponse()],
] as ['pbx' | 'browser', string][]

describe('calls of the PBX', () => {
  test('an answered one is ended by a BYE in the browser’s place, behind its last request', () => {
    const [bye = '', ...others] = play(
      ...answered,
      ['browser', sipRequest({ ...IN_CALL, method: 'INFO', cseq: '41 INFO' })],
      ['pbx', PBX_INVITE.replaceAll('7 INVITE', '8 INVITE')],
    )
    expect(others).toEqual([])
    expect(bye).toMatch(/^BYE sip:asterisk@127\.0\.0\.1:8088;transport=ws SIP\/2\.0\r\n/)
    expect(parseSipMessage(Buffer.from(bye))).toMatchObject({
      from: '<sip:k3j2h1@9f8e7d.invalid>;tag=j5k6',
      to: IN_CALL.to,
      callId: IN_CALL.callId,
      cseq: '42 BYE',
    })
  })

  test('a BYE goes by the route of the INVITE', () => {
    const route = '<sip:sbc.example.org;lr>'
    const invite = PBX_INVITE.replace('Call-ID', `Record-Route: ${route}\r\nCall-ID`)
    expect(play(['pbx', invite], ['browser', sipResponse()])).toEqual([
      expect.stringContaining(`\r\nRoute: ${route}\r\n`),
    ])
  })

  test.each([
    ['that rings', answered.slice(0, 2)],
    ['that was refused', [...answered.slice(0, 2), ['browser', sipResponse('SIP/2.0 486 Busy Here')]]],
    ['that was cancelled', [...answered.slice(0, 2), ['pbx', ofPbx('CANCEL')]]],
    ['that the PBX ended', [...answered, ['pbx', ofPbx('BYE')]]],
    [
      'that the browser ended',
      [
        ...answered,
        ['browser', sipRequest({ ...IN_CALL, method: 'BYE' })],
        ['pbx', byeAnswer('SIP/2.0 200 OK', IN_CALL.to)],
      ],
    ],
  ] as [string, typeof answered][])('one %s needs none', (_, messages) => {
    expect(play(...messages)).toEqual([])
  })

  test('a BYE that the PBX does not take ends nothing', () => {
    const bogus = '<sip:1001@pbx.example.org>;tag=bogus'
    const messages = [
      ...answered,
      ['browser', sipRequest({ ...IN_CALL, to: bogus, method: 'BYE' })],
      ['pbx', byeAnswer('SIP/2.0 481 Call/Transaction Does Not Exist', bogus)],
    ] as typeof answered
    expect(play(...messages)).toHaveLength(1)
  })

  test('a caller’s name in another coding hides no call, and comes back byte by byte', () => {
    const dialogs = createSipDialogs()
    const invite = Buffer.from(PBX_INVITE.replace('"Ольга"', '"J\xe9r\xf4me"'), 'latin1')
    const [asked, answer] = [readPbxMessage(invite), parseSipMessage(Buffer.from(sipResponse()))]
    if (asked === undefined || answer === undefined) throw new Error('malformed')
    dialogs.onPbxMessage(asked)
    dialogs.onBrowserMessage(answer)
    expect(dialogs.byes()[0]?.toString('latin1')).toContain('\r\nTo: "J\xe9r\xf4me" <sip:1001@')
  })

  test('a CANCEL that comes too late changes nothing', () => {
    expect(play(...answered, ['pbx', ofPbx('CANCEL')])).toHaveLength(1)
  })

  test('an answer to no call, or to another number of it, sets nothing up', () => {
    expect(play(['browser', sipResponse()])).toEqual([])
    expect(play(['pbx', PBX_INVITE.replace('7 INVITE', '6 INVITE')], ['browser', sipResponse()])).toEqual([])
  })
})
