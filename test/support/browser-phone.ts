import { createHash, randomBytes } from 'node:crypto'
import { type ClientOptions, WebSocket } from 'ws'

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const quotedIn = (message: string, name: string) => new RegExp(`${name}="([^"]*)"`).exec(message)?.[1] ?? ''

export interface BrowserPhone {
  /** Of the last answer to its REGISTER. */
  status: number
  socket: WebSocket
  /** The close code; 1006 without one. */
  closed: Promise<number>
  close(): void
}

/**
 * Registers over WebSocket as a browser does (RFC 7118), and stays connected.
 * @param url of the PBX or of a relay, ws://…
 */
export async function registerBrowser(
  url: string,
  { user, authUser = user, password }: { user: string; authUser?: string; password: string },
  options: ClientOptions = {},
): Promise<BrowserPhone> {
  const socket = new WebSocket(url, 'sip', options)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const [callId, host] = [randomBytes(8).toString('hex'), `${randomBytes(6).toString('hex')}.invalid`]
  const uri = 'sip:127.0.0.1'
  const ask = (number: number, authorization: string[]) =>
    new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the PBX does not answer')), 5_000)
      socket.once('message', (data) => {
        clearTimeout(late)
        resolve(String(data))
      })
      const lines = [
        `REGISTER ${uri} SIP/2.0`,
        `Via: SIP/2.0/WS ${host};branch=z9hG4bK${randomBytes(6).toString('hex')}`,
        'Max-Forwards: 70',
        `From: <sip:${user}@127.0.0.1>;tag=${randomBytes(4).toString('hex')}`,
        `To: <sip:${user}@127.0.0.1>`,
        `Call-ID: ${callId}`,
        `CSeq: ${number} REGISTER`,
        `Contact: <sip:${user}@${host};transport=ws>;expires=600`,
        ...authorization,
        'Content-Length: 0',
      ]
      socket.send(`${lines.join('\r\n')}\r\n\r\n`)
    })
  const challenge = await ask(1, [])
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map((name) => quotedIn(challenge, name))
  const [one, other] = [md5(`${authUser}:${realm}:${password}`), md5(`REGISTER:${uri}`)]
  const response = md5(`${one}:${nonce}:00000001:c0ffee:auth:${other}`)
  const answer = await ask(2, [
    `Authorization: Digest username="${authUser}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
      `response="${response}", algorithm=MD5, cnonce="c0ffee", qop=auth, nc=00000001, opaque="${opaque}"`,
  ])
  const status = Number(/^SIP\/2\.0 (\d{3})/.exec(answer)?.[1])
  return { status, socket, closed, close: () => socket.close() }
}

/** Answers each call at once, with an SDP to which no sound is sent. */
export function answerCalls({ socket }: BrowserPhone): void {
  const sdp = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 9 RTP/AVP 0',
    'a=rtpmap:0 PCMU/8000',
    '',
  ].join('\r\n')
  socket.on('message', (data) => {
    const lines = String(data).split('\r\n')
    if (!lines[0]?.startsWith('INVITE ')) return
    const copied = lines
      .filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
      .map((line) => (line.startsWith('To:') ? `${line};tag=${randomBytes(4).toString('hex')}` : line))
    const own = [
      'Contact: <sip:phone@phone.invalid;transport=ws>',
      'Content-Type: application/sdp',
      `Content-Length: ${sdp.length}`,
    ]
    socket.send(['SIP/2.0 200 OK', ...copied, ...own, '', sdp].join('\r\n'))
  })
}
