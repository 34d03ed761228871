/** Fields of a request; the body's length is added. */
export interface SipRequestFields {
  method?: string
  uri?: string
  from?: string
  to?: string
  callId?: string
  cseq?: string
  via?: string
  contact?: string | undefined
  /** Whole lines, behind the others. */
  more?: readonly string[]
  body?: string
}

/** A REGISTER of 1003-web as JsSIP writes it, with changes; an undefined contact leaves the line out. */
export function sipRequest(fields: SipRequestFields = {}): string {
  const {
    method = 'REGISTER',
    uri = 'sip:pbx.example.org',
    from = '<sip:1003-web@pbx.example.org>;tag=a1b2c3',
    to = '<sip:1003-web@pbx.example.org>',
    callId = 'c4ll1d',
    cseq = `1 ${method}`,
    via = 'SIP/2.0/WS 9f8e7d.invalid;branch=z9hG4bK4471',
    more = [],
    body = '',
  } = fields
  const contact = 'contact' in fields ? fields.contact : BROWSER_CONTACT
  const lines = [
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 69',
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    ...(contact === undefined ? [] : [`Contact: ${contact}`]),
    ...more,
    'User-Agent: JsSIP 3.13.8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

export const BROWSER_CONTACT =
  '<sip:k3j2h1@9f8e7d.invalid;transport=ws>;+sip.ice;reg-id=1;+sip.instance="<urn:uuid:0a1b>";expires=600'

/** An INVITE of the PBX to the browser. */
export const PBX_INVITE = [
  'INVITE sip:k3j2h1@9f8e7d.invalid;transport=ws SIP/2.0',
  'Via: SIP/2.0/WS 127.0.0.1:8088;rport;branch=z9hG4bKPj77;alias',
  'From: "Ольга" <sip:1001@pbx.example.org>;tag=8d7c',
  'To: <sip:k3j2h1@9f8e7d.invalid>',
  'Contact: <sip:asterisk@127.0.0.1:8088;transport=ws>',
  'Call-ID: 3e2d1c',
  'CSeq: 7 INVITE',
  'X-Hookswitch-Call: hk_1',
  'Content-Length: 0',
]
  .join('\r\n')
  .concat('\r\n\r\n')

/** The browser's response to it. */
export const sipResponse = (statusLine = 'SIP/2.0 200 OK', more: readonly string[] = []): string =>
  [
    statusLine,
    'Via: SIP/2.0/WS 127.0.0.1:8088;rport;branch=z9hG4bKPj77;alias',
    'From: "Ольга" <sip:1001@pbx.example.org>;tag=8d7c',
    'To: <sip:k3j2h1@9f8e7d.invalid>;tag=j5k6',
    'Call-ID: 3e2d1c',
    'CSeq: 7 INVITE',
    ...more,
    'Content-Length: 0',
  ]
    .join('\r\n')
    .concat('\r\n\r\n')
