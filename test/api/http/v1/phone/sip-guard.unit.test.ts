import { describe, expect, test } from 'vitest'
import { createSipGuard } from '../../../../../api/http/v1/phone/sip-guard.ts'
import { parseSipMessage } from '../../../../../api/http/v1/phone/sip-message.ts'
import { refuseSipRequest } from '../../../../../api/http/v1/phone/sip-refusal.ts'
import { BROWSER_CONTACT, sipRequest, sipResponse } from '../../../../support/sip-messages.ts'
import { digest, IDENTITY, inDialog, outcomeOf } from './sip-fixture.ts'

describe('passes', () => {
  test.each([
    ['a REGISTER', sipRequest()],
    ['a REGISTER with credentials', sipRequest({ more: [`Authorization: ${digest('"1003-web"')}`] })],
    ['an unREGISTER of all', sipRequest({ contact: '*', more: ['Expires: 0'] })],
    [
      'compact forms',
      sipRequest()
        .replace('From:', 'f:')
        .replace('To:', 't:')
        .replace('Call-ID:', 'I:')
        .replace('Contact:', 'm:')
        .replace('Content-Length:', 'L:')
        .replace('Via:', 'V:'),
    ],
    ['a display name', sipRequest({ from: '"Анна <sip:1001@x>" <sip:1003-web@pbx>;tag=1' })],
    ['a name of SIP.js', sipRequest({ contact: '<sip:abc@192.0.2.44;transport=ws;ob>;expires=600' })],
    ['an OPTIONS', sipRequest({ method: 'OPTIONS', contact: undefined })],
    [
      'a re-INVITE with SDP',
      inDialog('INVITE', { more: ['Content-Type: application/sdp'], body: 'v=0\r\no=ü\r\n' }),
    ],
    ...['ACK', 'BYE', 'CANCEL', 'INFO', 'PRACK', 'UPDATE'].map((method) => [
      `${method} in a dialog`,
      inDialog(method),
    ]),
    [
      'a 200 with the PBX’s Record-Route',
      sipResponse('SIP/2.0 200 OK', ['Record-Route: <sip:sbc;lr>', `Contact: ${BROWSER_CONTACT}`]),
    ],
    ['a 486', sipResponse('SIP/2.0 486 Busy Here')],
  ] as [string, string][])('%s', (_, text) => {
    expect(outcomeOf(text)).toBe('pass')
  })

  test('a request of the registered contact, as PBXs address their INVITEs so, and of no other name', () => {
    const guard = createSipGuard(IDENTITY)
    const bye = (user: string) => inDialog('BYE', { from: `<sip:${user}>;tag=j5k6` })
    expect(outcomeOf(bye('k3j2h1@9f8e7d.invalid'), guard)).toBe('refuse')
    outcomeOf(sipRequest(), guard)
    expect(outcomeOf(bye('k3j2h1@9f8e7d.invalid'), guard)).toBe('pass')
    // Asterisk's `rewrite_contact` puts the relay's address in place of the host.
    expect(outcomeOf(bye('k3j2h1@127.0.0.1:34684'), guard)).toBe('pass')
    expect(outcomeOf(bye('1002-web@9f8e7d.invalid'), guard)).toBe('refuse')
    expect(outcomeOf(sipRequest({ from: '<sip:k3j2h1@9f8e7d.invalid>;tag=1' }), guard)).toBe('refuse')
  })
})

describe('refuses with 403', () => {
  const own = '<sip:1003-web@pbx>;tag=1'
  const toTagged = '<sip:1001@pbx>;tag=2'
  test.each([
    ['a Contact of another phone', sipRequest({ contact: '<sip:1002-web@9f8e7d.invalid;transport=ws>' })],
    ['another From', sipRequest({ from: '<sip:1002-web@pbx>;tag=1' })],
    ['the desk phone', sipRequest({ from: '<sip:1003@pbx>;tag=1' })],
    ['an escaped From', sipRequest({ from: '<sip:%31003-web@pbx>;tag=1' })],
    ['another case', sipRequest({ from: '<sip:1003-WEB@pbx>;tag=1' })],
    ['a password in From', sipRequest({ from: '<sip:1003-web:x@pbx>;tag=1' })],
    ['two hosts in From', sipRequest({ from: '<sip:1003-web@pbx@evil>;tag=1' })],
    ['headers in From', sipRequest({ from: '<sip:1003-web@pbx?From=1002>;tag=1' })],
    ['parameters in the user', sipRequest({ from: '<sip:1003-web;x=1@pbx>;tag=1' })],
    ['From without brackets', sipRequest({ from: 'sip:1003-web@pbx;tag=1' })],
    ['two Froms in one line', sipRequest({ from: '<sip:1003-web@pbx>, <sip:1002-web@pbx>;tag=1' })],
    ['a From in a display name', sipRequest({ from: '"<sip:1003-web@pbx>" <sip:1002-web@pbx>;tag=1' })],
    ['a display name that never ends', sipRequest({ from: '"x\\" <sip:1003-web@pbx>;tag=1' })],
    ['a tel URI', sipRequest({ from: '<tel:1003-web>;tag=1' })],
    ['a REGISTER for another', sipRequest({ to: '<sip:1002-web@pbx>' })],
    ['a REGISTER in a dialog for another', sipRequest({ to: '<sip:1002-web@pbx>;tag=2' })],
    ['the credentials of another', sipRequest({ more: [`Authorization: ${digest('"1002-web"')}`] })],
    ['two user names', sipRequest({ more: [`Authorization: ${digest('"1003-web", username="1002-web"')}`] })],
    [
      'a user name in another coding',
      sipRequest({ more: [`Authorization: ${digest('"1003-web", username*=UTF-8\'\'1002-web')}`] }),
    ],
    ['a user name without quotes', sipRequest({ more: [`Authorization: ${digest('1003-web')}`] })],
    ['an escaped user name', sipRequest({ more: [`Authorization: ${digest('"1003-we\\b"')}`] })],
    ['another scheme', sipRequest({ more: ['Proxy-Authorization: Basic MTAwMw=='] })],
    ['a call', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>' })],
    ['a call with an empty tag', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>;tag=' })],
    ['a call with a tag without value', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>;tag' })],
    ['a call with a quoted tag', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>;tag=""' })],
    ['a call with two tags', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>;tag=2;TAG=3' })],
    ['a call with a tag in the URI', sipRequest({ method: 'INVITE', to: '<sip:1001@pbx;tag=2>' })],
    ['a call with a tag in the name', sipRequest({ method: 'INVITE', to: '"<x>;tag=2" <sip:1001@pbx>' })],
    [
      'a call with a tag in a quoted parameter',
      sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>;x=";tag=2"' }),
    ],
    ['a call that replaces another', inDialog('INVITE', { more: ['Replaces: x;to-tag=1;from-tag=2'] })],
    ...['SUBSCRIBE', 'PUBLISH', 'MESSAGE', 'REFER', 'NOTIFY', 'BYE', 'INFO', 'INVENTED'].map((method) => [
      `${method} outside a dialog`,
      sipRequest({ method }),
    ]),
    ...['SUBSCRIBE', 'PUBLISH', 'MESSAGE', 'REFER', 'NOTIFY', 'INVENTED'].map((method) => [
      `${method} within a dialog`,
      inDialog(method),
    ]),
    ...[
      'P-Asserted-Identity',
      'p-asserted-identity',
      'P-Preferred-Identity',
      'Remote-Party-ID',
      'Diversion',
      'History-Info',
      'X-Hookswitch-Call',
      'x-hookswitch-anything',
      'Route',
      'Record-Route',
      'Path',
      'Referred-By',
      'b',
      'r',
      'y',
    ].map((name) => [`the header ${name}`, inDialog('BYE', { more: [`${name}: <sip:1000@pbx>`] })]),
    ...[
      '<sip:x@evil.example;transport=ws>',
      '<sip:x@10.0.0.1:5060>',
      '<sip:x@a.invalid>',
      '<sip:x@a.invalid;transport=udp>',
      '<sip:x@a.invalid;transport=ws;transport=udp>',
      '<sip:x@a.invalid;transport=ws;maddr=10.0.0.1>',
      '<sip:x@a.invalid.evil.example;transport=ws>',
      '<sip:x@evil.example?x=a.invalid;transport=ws>',
      '<sip:x@a.invalid;transport=ws>, <sip:y@evil.example>',
      'sip:x@a.invalid;transport=ws',
      '<sip:x@[::1];transport=ws>',
    ].map((contact) => [`the Contact ${contact}`, sipRequest({ contact })]),
    ['the Contact * of another request', inDialog('UPDATE', { contact: '*' })],
    [
      'a target of another place',
      inDialog('INVITE', { from: own, to: toTagged, contact: '<sip:x@10.0.0.1>' }),
    ],
  ] as [string, string][])('%s', (_, text) => {
    expect(outcomeOf(text)).toBe('refuse')
  })
})

test('an ACK gets no response, and one for the relay’s own refusal goes no further', () => {
  expect(outcomeOf(inDialog('ACK', { from: '<sip:1002-web@pbx>;tag=1' }))).toBe('ignore')
  const invite = parseSipMessage(Buffer.from(sipRequest({ method: 'INVITE' })))
  if (invite?.kind !== 'request') throw new Error('no request')
  const to = /^To: (.*)\r$/m.exec(refuseSipRequest(invite, 'no'))?.[1] ?? ''
  expect(outcomeOf(sipRequest({ method: 'ACK', to }))).toBe('ignore')
})
