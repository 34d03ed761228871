import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP, connect as tcpConnect } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { createStreamReader } from './stream-reader.ts'

export interface SipServer {
  /** A name or an address, without brackets. */
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
  /** PEM of the authority of its certificate, if the system does not trust it. */
  ca?: string | undefined
}

/** A way to one SIP server: messages of other senders never arrive. */
export interface SipSocket {
  /** Protocol and sent-by of `Via`, such as `SIP/2.0/UDP 192.0.2.1:40000`. */
  readonly sentBy: string
  /** Whether the transport repeats what is lost. */
  readonly isReliable: boolean
  send(message: Buffer): void
  /** Replaces the listeners. An error that came before is passed on at once. */
  listen(listeners: SipSocketListeners): void
  close(): void
}

export interface SipSocketListeners {
  onMessage(bytes: Buffer): void
  /** The socket cannot be used any more. */
  onError(err: Error): void
}

/** @throws {Error} if it cannot be reached, or the signal aborts */
export const openSipSocket = (server: SipServer, signal: AbortSignal): Promise<SipSocket> =>
  server.transport === 'udp' ? openUdp(server, signal) : openStream(server, signal)

async function openUdp({ host, port }: SipServer, signal: AbortSignal): Promise<SipSocket> {
  const { address, family } = await lookupWithin(host, signal)
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  const { listen, onMessage, onError } = createListening()
  socket.on('message', onMessage)
  try {
    // A connected socket takes datagrams of this address and port alone, and reports a port where no program listens.
    const connected = once(socket, 'connect', { signal })
    socket.connect(port, address)
    await connected
  } catch (err) {
    socket.close()
    throw err
  }
  socket.on('error', onError)
  return {
    sentBy: `SIP/2.0/UDP ${formatAddress(socket.address())}`,
    isReliable: false,
    send: (message) => socket.send(message),
    listen,
    close: () => socket.close(),
  }
}

async function openStream({ host, port, transport, ca }: SipServer, signal: AbortSignal): Promise<SipSocket> {
  const { listen, onMessage, onError } = createListening()
  const socket =
    transport === 'tls'
      ? tlsConnect({
          host,
          port,
          ...(isIP(host) === 0 && { servername: host }),
          ...(ca !== undefined && { ca }),
        })
      : tcpConnect({ host, port })
  try {
    await once(socket, transport === 'tls' ? 'secureConnect' : 'connect', { signal })
  } catch (err) {
    socket.destroy()
    throw err
  }
  socket
    .on('data', createStreamReader({ onMessage, onError }))
    .on('error', onError)
    .on('close', () => onError(new Error('the SIP server closed the connection')))
  const { localAddress = '', localPort = 0 } = socket
  return {
    sentBy: `SIP/2.0/${transport.toUpperCase()} ${formatAddress({ address: localAddress, port: localPort })}`,
    isReliable: true,
    send: (message) => void socket.write(message),
    listen,
    close: () => void socket.destroy(),
  }
}

function createListening(): SipSocketListeners & Pick<SipSocket, 'listen'> {
  let listeners: SipSocketListeners | undefined
  let failure: Error | undefined
  return {
    listen(next) {
      listeners = next
      if (failure !== undefined) next.onError(failure)
    },
    onMessage: (bytes) => listeners?.onMessage(bytes),
    onError(err) {
      failure ??= err
      listeners?.onError(failure)
    },
  }
}

/** The system's resolver takes no signal, and may take longer than the check. */
const lookupWithin = (host: string, signal: AbortSignal): ReturnType<typeof lookup> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    lookup(host).then(resolve, reject)
  })

const formatAddress = ({ address, port }: { address: string; port: number }) =>
  isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
