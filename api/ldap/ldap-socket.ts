import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface LdapSocketSettings {
  host: string
  port: number
  tls: 'from_start' | 'start_tls' | 'none'
  /** PEM; undefined: the authorities of Node. */
  ca: string | undefined
  /** For all steps together. */
  timeoutMs: number
}

/**
 * Opens a connection, with the certificate verified where it has TLS. StartTLS happens here and not in the client: what an
 * attacker adds in clear text must not be read as answers of the server (RFC 4513 §3.1.1).
 */
export async function openLdapSocket(settings: LdapSocketSettings): Promise<Socket> {
  const opened: Socket[] = []
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the directory did not answer in time')), settings.timeoutMs)
  })
  try {
    return await Promise.race([open(settings, opened), late])
  } catch (err) {
    for (const socket of opened) socket.destroy()
    throw err
  } finally {
    clearTimeout(timer)
  }
}

async function open({ host, port, tls, ca }: LdapSocketSettings, opened: Socket[]): Promise<Socket> {
  const tcp = connectTcp({ host, port })
  opened.push(tcp)
  // Also for errors after the deadline.
  tcp.on('error', () => {})
  await happens(tcp, 'connect')
  tcp.setNoDelay(true)
  if (tls === 'none') return tcp
  if (tls === 'start_tls') await requestTls(tcp)
  const secure = connectTls({
    socket: tcp,
    // The name that the certificate must have.
    host,
    // Addresses are no server names (RFC 6066 §3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    minVersion: 'TLSv1.2',
    // Also where the environment would switch it off.
    rejectUnauthorized: true,
  })
  opened.push(secure)
  secure.on('error', () => {})
  await happens(secure, 'secureConnect')
  return secure
}

/** Rejects when the socket fails or closes before. */
function happens(socket: Socket, name: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(name, () => resolve())
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the directory closed the connection')))
  })
}

/** ExtendedRequest 1 with the name of StartTLS (RFC 4511 §4.14.1). */
const START_TLS = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1'),
])
const MAX_RESPONSE_BYTES = 4_096

function requestTls(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const onData = (data: Buffer) => {
      received = Buffer.concat([received, data])
      const answer = readStartTlsResponse(received)
      if (answer === 'incomplete') return
      socket.off('data', onData)
      socket.pause()
      if (answer === 'success') resolve()
      else reject(new Error(`the directory refused StartTLS: ${answer}`))
    }
    socket.on('data', onData)
    socket.once('close', () => reject(new Error('the directory closed the connection')))
    socket.write(START_TLS)
  })
}

/** @returns what is wrong, or `success` for exactly one successful response */
export function readStartTlsResponse(bytes: Buffer): string {
  if (bytes.length > MAX_RESPONSE_BYTES) return 'too much data'
  const message = readElement(bytes, 0, 0x30)
  if (typeof message === 'string') return message
  if (bytes.length > message.end) return 'data before TLS'
  const id = readElement(bytes, message.start, 0x02)
  if (typeof id === 'string' || bytes[id.start] !== 1 || id.end - id.start !== 1) return 'another message'
  const response = readElement(bytes, id.end, 0x78)
  if (typeof response === 'string') return 'another message'
  const code = readElement(bytes, response.start, 0x0a)
  if (typeof code === 'string' || code.end - code.start !== 1) return 'malformed'
  return bytes[code.start] === 0 ? 'success' : `result ${bytes[code.start]}`
}

/** One BER element, with a length of up to four bytes. */
function readElement(
  bytes: Buffer,
  offset: number,
  tag: number,
): { start: number; end: number } | 'incomplete' | 'malformed' {
  if (bytes.length < offset + 2) return 'incomplete'
  if (bytes[offset] !== tag) return 'malformed'
  const first = bytes.readUInt8(offset + 1)
  const lengthBytes = first < 0x80 ? 0 : first - 0x80
  if (lengthBytes > 4 || first === 0x80) return 'malformed'
  const start = offset + 2 + lengthBytes
  if (bytes.length < start) return 'incomplete'
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes)
  return bytes.length < start + length ? 'incomplete' : { start, end: start + length }
}
