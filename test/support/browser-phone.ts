import { createHash, randomBytes } from 'node:crypto'
import { type ClientOptions, WebSocket } from 'ws'

/** A SIP phone over WebSocket, as a browser is one (RFC 7118), without media: it rings, and answers only if asked. */
export interface BrowserPhone {
  /** Of its last registration. */
  readonly status: number
  /** The INVITEs that it got, each as the whole message. */
  readonly invites: readonly string[]
  /** Whether a call rings here. */
  isRinging(): boolean
  /** Why the PBX took its last call back: the `Reason` of the CANCEL. */
  lastCancelReason(): string | undefined
  /** From now on answers each call at once, with an SDP to which no sound is sent. */
  /** @param cseqOf what it writes for the `CSeq` of the INVITE */
  answerCalls(cseqOf?: (cseq: string) => string): void
  /** Presses a digit in its last call, by SIP INFO. */
  pressDigit(digit: string): void
  /** Sends a BYE for its last call with tags that no call has. */
  sendForeignBye(): void
  /** Ends the call that rings here with this status, 486 or 603 for instance. */
  reject(status: number): void
  /** Sends an INVITE, with its password if it is asked. @returns the final status */
  invite(number: string): Promise<number>
  socket: WebSocket
  /** The close code; 1006 without one. */
  closed: Promise<number>
  close(): void
}

export interface BrowserLogin {
  user: string
  authUser?: string
  password: string
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const quotedIn = (message: string, name: string) => new RegExp(`${name}="([^"]*)"`).exec(message)?.[1] ?? ''
const statusOf = (message: string) => Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1])

const SILENT_SDP = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 9 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n')

/** The value of a header of a SIP message; undefined where it has none. */
export const sipHeader = (message: string, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1]

/**
 * Registers over WebSocket as a browser does, and stays connected.
 * @param url of the PBX or of the relay, ws://…
 */
export async function registerBrowser(
  url: string,
  { user, authUser = user, password }: BrowserLogin,
  options: ClientOptions = {},
): Promise<BrowserPhone> {
  const socket = new WebSocket(url, 'sip', options)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const host = `${randomBytes(6).toString('hex')}.invalid`
  const invites: string[] = []
  const waiting = new Map<string, (answer: string) => void>()
  let answers = false
  let cseqOf = (cseq: string) => cseq
  let ringing: string | undefined
  let cancelReason: string | undefined

  const send = (lines: readonly string[], body = '') =>
    socket.send(`${[...lines, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`)

  function reply(request: string, status: string, sdp = '') {
    const copied = ['Via', 'From', 'Call-ID'].map((name) => `${name}: ${sipHeader(request, name)}`)
    copied.push(`CSeq: ${cseqOf(sipHeader(request, 'CSeq') ?? '')}`)
    const contact = `Contact: <sip:${user}@${host};transport=ws>`
    send(
      [
        `SIP/2.0 ${status}`,
        ...copied,
        `To: ${sipHeader(request, 'To')};tag=${md5(host)}`,
        contact,
        ...(sdp === '' ? [] : ['Content-Type: application/sdp']),
      ],
      sdp,
    )
  }

  socket.on('message', (data) => {
    const message = String(data)
    if (message.startsWith('SIP/2.0 ')) {
      if (statusOf(message) >= 200) waiting.get(sipHeader(message, 'CSeq') ?? '')?.(message)
    } else if (message.startsWith('INVITE ')) {
      invites.push(message)
      if (answers) return reply(message, '200 OK', SILENT_SDP)
      ringing = message
      reply(message, '180 Ringing')
    } else if (message.startsWith('CANCEL ')) {
      cancelReason = sipHeader(message, 'Reason')
      reply(message, '200 OK')
      if (ringing !== undefined) reply(ringing, '487 Request Terminated')
      ringing = undefined
    } else if (!message.startsWith('ACK ') && message.trim() !== '') reply(message, '200 OK')
  })

  let sequence = 0
  /** Sends a request twice: the second time with the answer to the challenge. @returns the final answer */
  async function request(
    method: 'REGISTER' | 'INVITE',
    uri: string,
    to: string,
    more: readonly string[] = [],
  ) {
    const callId = randomBytes(8).toString('hex')
    const from = `<sip:${user}@127.0.0.1>;tag=${randomBytes(4).toString('hex')}`
    const ask = (authorization: readonly string[]) =>
      new Promise<string>((resolve, reject) => {
        sequence += 1
        const cseq = `${sequence} ${method}`
        const late = setTimeout(() => reject(new Error('the PBX does not answer')), 5_000)
        const branch = `z9hG4bK${randomBytes(6).toString('hex')}`
        const via = `Via: SIP/2.0/WS ${host};branch=${branch}`
        const head = (start: string, which: string) => [
          ...[`${start} ${uri} SIP/2.0`, via, 'Max-Forwards: 70', `From: ${from}`, `To: ${to}`],
          ...[`Call-ID: ${callId}`, `CSeq: ${which}`],
        ]
        waiting.set(cseq, (answer) => {
          clearTimeout(late)
          waiting.delete(cseq)
          if (method === 'INVITE') send(head('ACK', `${cseq.split(' ')[0]} ACK`))
          resolve(answer)
        })
        const contact = `Contact: <sip:${user}@${host};transport=ws>${method === 'REGISTER' ? ';expires=600' : ''}`
        send([...head(method, cseq), contact, ...more, ...authorization])
      })
    const challenge = await ask([])
    if (statusOf(challenge) !== 401) return challenge
    const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map((name) => quotedIn(challenge, name))
    const [one, other] = [md5(`${authUser}:${realm}:${password}`), md5(`${method}:${uri}`)]
    const response = md5(`${one}:${nonce}:00000001:c0ffee:auth:${other}`)
    return ask([
      `Authorization: Digest username="${authUser}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
        `response="${response}", algorithm=MD5, cnonce="c0ffee", qop=auth, nc=00000001, opaque="${opaque}"`,
    ])
  }

  const registered = await request('REGISTER', 'sip:127.0.0.1', `<sip:${user}@127.0.0.1>`)
  return {
    status: statusOf(registered),
    invites,
    isRinging: () => ringing !== undefined,
    lastCancelReason: () => cancelReason,
    answerCalls(changed = cseqOf) {
      answers = true
      cseqOf = changed
    },
    pressDigit(digit) {
      const invite = invites.at(-1) ?? ''
      const target = /<(.*)>/.exec(sipHeader(invite, 'Contact') ?? '')?.[1]
      sequence += 1
      send(
        [
          `INFO ${target} SIP/2.0`,
          `Via: SIP/2.0/WS ${host};branch=z9hG4bK${randomBytes(6).toString('hex')}`,
          ...['Max-Forwards: 70', `From: ${sipHeader(invite, 'To')};tag=${md5(host)}`],
          ...[`To: ${sipHeader(invite, 'From')}`, `Call-ID: ${sipHeader(invite, 'Call-ID')}`],
          ...[`CSeq: ${sequence} INFO`, 'Content-Type: application/dtmf-relay'],
        ],
        `Signal=${digit}\r\nDuration=160\r\n`,
      )
    },
    sendForeignBye() {
      const invite = invites.at(-1) ?? ''
      send([
        'BYE sip:127.0.0.1 SIP/2.0',
        `Via: SIP/2.0/WS ${host};branch=z9hG4bK${randomBytes(6).toString('hex')}`,
        ...['Max-Forwards: 70', `From: <sip:${user}@127.0.0.1>;tag=bogus`, 'To: <sip:127.0.0.1>;tag=bogus'],
        ...[`Call-ID: ${sipHeader(invite, 'Call-ID')}`, 'CSeq: 900 BYE'],
      ])
    },
    reject(status) {
      if (ringing !== undefined) reply(ringing, `${status} Rejected`)
      ringing = undefined
    },
    invite: async (number) =>
      statusOf(await request('INVITE', `sip:${number}@127.0.0.1`, `<sip:${number}@127.0.0.1>`)),
    socket,
    closed,
    close: () => socket.close(),
  }
}
