import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as it came over the wire. */
export interface ReceivedMail {
  /** Of the envelope. */
  to: string[]
  headers: string
  text: string
  /** Whether it came encrypted. */
  secure: boolean
}

export interface MailServer {
  port: number
  messages: ReceivedMail[]
  /** Connections that were made, whatever came of them. */
  connections(): number
  messagesTo(address: string): ReceivedMail[]
  stop(): Promise<void>
}

export interface MailServerOptions
  extends Pick<
    SMTPServerOptions,
    'key' | 'cert' | 'hideSTARTTLS' | 'hideSMTPUTF8' | 'secure' | 'disabledCommands'
  > {
  port?: number
  /** Rejects every recipient. */
  rejectsRecipients?: boolean
  /** How long it thinks before it takes a mail, in ms. */
  acceptDelayMs?: number
  login?: { username: string; password: string }
}

/** A mail server on 127.0.0.1 that speaks the real protocol and keeps what it is given. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { port = 0, rejectsRecipients = false, acceptDelayMs = 0, login, ...more } = options
  const messages: ReceivedMail[] = []
  let connections = 0
  const server = new SMTPServer({
    ...more,
    logger: false,
    authOptional: login === undefined,
    onConnect(_session, done) {
      connections += 1
      done()
    },
    onAuth({ username, password }, _session, done) {
      const isRight = username === login?.username && password === login?.password
      done(isRight ? null : new Error('no'), isRight ? { user: username } : undefined)
    },
    onRcptTo(_address, _session, done) {
      done(
        rejectsRecipients
          ? Object.assign(new Error('no mailbox for secret-words'), { responseCode: 550 })
          : null,
      )
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address)
      const take = async () => {
        const pieces: Buffer[] = []
        for await (const piece of stream) pieces.push(piece)
        await new Promise((resolve) => setTimeout(resolve, acceptDelayMs))
        messages.push({ to, secure: session.secure, ...parseMail(Buffer.concat(pieces).toString('utf8')) })
      }
      // Clients that leave in the middle are what tests are about.
      take().then(() => done(), done)
    },
  })
  server.on('error', () => {}) // the same clients
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port, // it listens on TCP
    messages,
    connections: () => connections,
    messagesTo: (address) => messages.filter(({ to }) => to.includes(address)),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The code in a letter. */
export function mailedCode(letter: ReceivedMail | undefined): string {
  const [code] = /^ {2}((ver|inv)_[\w-]{32})$/m.exec(letter?.text ?? '')?.slice(1) ?? []
  if (code === undefined) throw new Error(`no code in: ${letter?.text}`)
  return code
}

function parseMail(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const end = raw.indexOf('\r\n\r\n')
  const headers = raw.slice(0, end)
  const body = raw.slice(end + 4)
  const [, encoding = '7bit'] = /^Content-Transfer-Encoding: (\S+)/im.exec(headers) ?? []
  return { headers, text: decoded(body, encoding.toLowerCase()).replaceAll('\r\n', '\n') }
}

/** RFC 2045 §6. */
function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
