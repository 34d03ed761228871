import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** A REGISTER as the fake has received it. */
export interface ReceivedRegister {
  text: string
  branch: string
  /** Value of a header; empty without one. */
  header(name: string): string
}

/** Sends one response, whole or not, by the way of the request. */
export type Reply = (text: string | Buffer) => void

export interface FakeRegistrar {
  readonly port: number
  readonly received: ReceivedRegister[]
  /** Those with credentials. */
  guesses(): ReceivedRegister[]
  /** Replaces what answers; the default compares digests. */
  answer: (register: ReceivedRegister, reply: Reply, socket: Socket | undefined) => void
  stop(): Promise<void>
}

export interface FakeRegistrarOptions {
  transport?: 'udp' | 'tcp' | 'tls'
  tls?: { key: string; cert: string }
  /** By username. */
  secrets?: Record<string, string>
}

export const REALM = 'fake.example'

/** A SIP registrar on loopback that a test makes misbehave. Its digest is written apart from the one that it tests. */
export async function startFakeRegistrar({
  transport = 'udp',
  tls,
  secrets = { '1001': 'right' },
}: FakeRegistrarOptions = {}): Promise<FakeRegistrar> {
  const received: ReceivedRegister[] = []
  const nonces = new Set<string>()
  const challenge = () => {
    const nonce = randomBytes(8).toString('hex')
    nonces.add(nonce)
    return `WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"`
  }
  const fake: Pick<FakeRegistrar, 'answer'> = {
    answer(register, reply) {
      const isRight = Object.entries(secrets).some(
        ([name, secret]) => isDigestOf(register, name, secret) && nonces.has(parameter(register, 'nonce')),
      )
      reply(
        isRight ? responseTo(register, '200 OK') : responseTo(register, '401 Unauthorized', [challenge()]),
      )
    },
  }
  const receive = (text: string, reply: Reply, socket?: Socket) => {
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1]?.trim() ?? ''
    const register = { text, header, branch: /branch=([^;\s]+)/.exec(text)?.[1] ?? '' }
    received.push(register)
    fake.answer(register, reply, socket)
  }
  const { port, stop } = await (transport === 'udp' ? listenUdp(receive) : listenStream(receive, tls))
  return Object.assign(fake, {
    port,
    received,
    guesses: () => received.filter(({ text }) => /^(proxy-)?authorization:/im.test(text)),
    stop,
  })
}

/** A response that repeats what it must; `changes` replace whole headers by name. */
export function responseTo(
  { header }: ReceivedRegister,
  status: string,
  more: readonly string[] = [],
  changes: Record<string, string> = {},
): string {
  const headers = { Via: header('Via'), From: header('From'), To: `${header('To')};tag=fake` }
  const ids = { 'Call-ID': header('Call-ID'), CSeq: header('CSeq') }
  const all = Object.entries({ ...headers, ...ids, ...changes }).map(([name, value]) => `${name}: ${value}`)
  return [`SIP/2.0 ${status}`, ...all, ...more, 'Content-Length: 0'].join('\r\n').concat('\r\n\r\n')
}

/** A parameter of the credentials, or of any header that is named. */
export const parameter = ({ header }: ReceivedRegister, name: string, field = 'Authorization'): string =>
  new RegExp(`[ ,]${name}="?([^",]*)`).exec(header(field))?.[1] ?? ''

export function isDigestOf(
  register: ReceivedRegister,
  username: string,
  secret: string,
  { hash = 'md5', realm = REALM, field = 'Authorization' } = {},
): boolean {
  const hex = (text: string) => createHash(hash).update(text).digest('hex')
  const of = (name: string) => parameter(register, name, field)
  const a1 = hex(`${username}:${realm}:${secret}`)
  const a2 = hex(`REGISTER:${of('uri')}`)
  const middle = of('qop') === '' ? [] : [of('nc'), of('cnonce'), of('qop')]
  return of('username') === username && of('response') === hex([a1, of('nonce'), ...middle, a2].join(':'))
}

type Receive = (text: string, reply: Reply, socket?: Socket) => void

async function listenUdp(receive: Receive) {
  const socket = createSocket('udp4')
  let isOpen = true
  socket.on('message', (bytes, from) =>
    receive(bytes.toString('latin1'), (text) => isOpen && socket.send(text, from.port, from.address)),
  )
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    async stop() {
      if (isOpen) socket.close()
      isOpen = false
    },
  }
}

async function listenStream(receive: Receive, tls: FakeRegistrarOptions['tls']) {
  const sockets = new Set<Socket>()
  const onConnection = (socket: Socket) => {
    sockets.add(socket)
    let buffered = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1')
      for (let end = buffered.indexOf('\r\n\r\n'); end >= 0; end = buffered.indexOf('\r\n\r\n')) {
        const text = buffered.slice(0, end + 4)
        buffered = buffered.slice(end + 4)
        receive(text, (answer) => void socket.write(answer), socket)
      }
    })
  }
  const server: Server =
    tls === undefined
      ? createServer({ allowHalfOpen: true }, onConnection)
      : createTlsServer({ ...tls }, onConnection).on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // It listens on a port, not on a path.
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
