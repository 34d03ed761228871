import { describe, expect, test } from 'vitest'
import { parseSipMessage } from '../../../../../api/http/v1/phone/sip-message.ts'
import { sipRequest, sipResponse } from '../../../../support/sip-messages.ts'
import { outcomeOf } from './sip-fixture.ts'

describe('closes the socket', () => {
  const line = (text: string) => sipRequest({ more: [text] })
  test.each([
    ['nothing', ''],
    ['words', 'hello'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a head without end', sipRequest().slice(0, -4)],
    ['a blank line first', `\r\n${sipRequest()}`],
    ['a mark of UTF-8 first', `\ufeff${sipRequest()}`],
    ['LF alone', sipRequest().replaceAll('\r\n', '\n')],
    ['one LF alone', line('Subject: a\nFrom: <sip:1002-web@pbx>;tag=1')],
    ['one CR alone', line('Subject: a\rFrom: <sip:1002-web@pbx>;tag=1')],
    ['a NUL', line('Subject: a\0b')],
    ['a NUL in a name', line('From\0: <sip:1002-web@pbx>')],
    ['a control character in the start line', sipRequest({ uri: 'sip:\x01x' })],
    ['a folded line', line('Subject: a\r\n b')],
    ['a line folded by a tab', line('Subject: a\r\n\tb')],
    ['a folded From', sipRequest({ from: '\r\n <sip:1003-web@pbx>;tag=1' })],
    ['a blank before the colon', line('From : <sip:1002-web@pbx>;tag=1')],
    ['a line without a colon', line('From')],
    ['a line without a name', line(': x')],
    ['two Froms', line('From: <sip:1002-web@pbx>;tag=1')],
    ['two Froms, one compact', line('f: <sip:1003-web@pbx>;tag=1')],
    ['two Tos', line('t: <sip:1003-web@pbx>')],
    ['two Call-IDs', line('i: other')],
    ['two CSeqs', line('CSEQ: 2 REGISTER')],
    ['two Contacts', line('m: <sip:x@evil.example>')],
    ['two credentials', sipRequest({ more: ['Authorization: Digest a="b"', 'Authorization: Digest a="b"'] })],
    ['two lengths', line('l: 0')],
    ['no length', sipRequest().replace(/Content-Length: 0\r\n/, '')],
    ['a negative length', sipRequest().replace('Content-Length: 0', 'Content-Length: -0')],
    ['a hexadecimal length', sipRequest().replace('Content-Length: 0', 'Content-Length: 0x0')],
    ['a second message behind the first', sipRequest() + sipRequest({ from: '<sip:1002-web@pbx>;tag=1' })],
    [
      'a length that hides a second message',
      sipRequest({ body: 'v=0\r\n' }).replace('Content-Length: 5', 'Content-Length: 0'),
    ],
    [
      'a length beyond the body',
      sipRequest({ body: 'v=0' }).replace('Content-Length: 3', 'Content-Length: 9'),
    ],
    ['the method of another CSeq', sipRequest({ cseq: '1 INVITE' })],
    ['a method in small letters', sipRequest({ method: 'register' })],
    ['another version', sipRequest().replace('SIP/2.0\r\n', 'SIP/3.0\r\n')],
    ['two blanks in the start line', sipRequest().replace('REGISTER sip', 'REGISTER  sip')],
    ['a URI of another scheme', sipRequest({ uri: 'http://127.0.0.1/ari' })],
    ['no Via', sipRequest().replace(/Via:.*\r\n/, '')],
    ['two Vias', line('Via: SIP/2.0/WS evil;branch=z9hG4bK1')],
    ['two Vias in one line', sipRequest({ via: 'SIP/2.0/WS a;branch=1, SIP/2.0/UDP evil;branch=2' })],
    ['a Via by UDP', sipRequest({ via: 'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1' })],
    ['a head of 17 kB', line(`Subject: ${'x'.repeat(17_000)}`)],
    ['200 headers', sipRequest({ more: Array(200).fill('Subject: a') })],
    ['a redirection', sipResponse('SIP/2.0 302 Moved', ['Contact: <sip:0900123@pbx>'])],
    ['a redirection without a Contact', sipResponse('SIP/2.0 300 Choices')],
    [
      'a response with another identity',
      sipResponse('SIP/2.0 200 OK', ['P-Asserted-Identity: <sip:1000@pbx>']),
    ],
    [
      'a response with a target of another place',
      sipResponse('SIP/2.0 200 OK', ['Contact: <sip:x@10.0.0.1>']),
    ],
    ['a response without a Via', sipResponse().replace(/Via:.*\r\n/, '')],
  ])('for %s', (_, text) => {
    expect(['malformed', 'close']).toContain(outcomeOf(text))
  })

  test('for a head that is not UTF-8', () => {
    const bytes = Buffer.from(sipRequest({ more: ['Subject: é'] }), 'latin1')
    expect(parseSipMessage(bytes)).toBeUndefined()
  })
})
