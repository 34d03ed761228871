import type { X509Certificate } from 'node:crypto'
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { request } from 'node:https'
import { connect } from 'node:tls'

export interface TlsReply {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface TlsRequest {
  method?: string
  token?: string
  headers?: Record<string, string>
  json?: unknown
}

/** A client of one server that trusts `ca`. */
export interface TlsClient {
  /** Over HTTP/1.1, each request by a connection of its own. `Host` may name another host. */
  send(path: string, request?: TlsRequest): Promise<TlsReply>
  /** A connection of HTTP/2. */
  openHttp2(): ClientHttp2Session
  /** The certificate that a new connection gets; no session is resumed. */
  certificate(options?: { maxVersion?: 'TLSv1.1' | 'TLSv1.2' }): Promise<X509Certificate>
  /** Closes the connections of HTTP/2. */
  close(): void
}

/** @param ca certificates in PEM */
export function createTlsClient(url: string, ca: string): TlsClient {
  const sessions: ClientHttp2Session[] = []
  return {
    send: (path, { method, token, headers = {}, json } = {}) => {
      const body = json === undefined ? undefined : JSON.stringify(json)
      const options = {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        ca,
        checkServerIdentity: () => undefined,
        agent: false as const,
        headers: {
          ...(body === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...headers,
        },
      }
      return new Promise((resolve, reject) => {
        const req = request(`${url}${path}`, options, async (res) => {
          let text = ''
          for await (const chunk of res) text += chunk
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text })
        })
        req.once('error', reject).end(body)
      })
    },
    openHttp2() {
      const session = connectHttp2(url, { ca })
      session.on('error', () => {})
      sessions.push(session)
      return session
    },
    certificate: (options = {}) =>
      new Promise((resolve, reject) => {
        const { hostname: host, port } = new URL(url)
        const socket = connect({ host, port: Number(port), ca, ...options }, () => {
          const certificate = socket.getPeerX509Certificate()
          socket.destroy()
          if (certificate === undefined) reject(new Error('no certificate'))
          else resolve(certificate)
        })
        socket.once('error', reject)
      }),
    close() {
      for (const session of sessions) session.destroy()
    },
  }
}

/** A request over HTTP/2; its body is sent as it is, without its length. */
export function sendOver(
  session: ClientHttp2Session,
  path: string,
  { method = 'GET', token, headers = {}, body }: Omit<TlsRequest, 'json'> & { body?: string } = {},
): Promise<TlsReply> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      {
        ':path': path,
        ':method': method,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      { endStream: body === undefined },
    )
    let head: IncomingHttpHeaders = {}
    let text = ''
    stream.on('response', (received) => {
      head = received
    })
    stream.on('data', (chunk) => {
      text += chunk
    })
    stream.once('error', reject)
    stream.once('end', () => resolve({ status: Number(head[':status']), headers: head, text }))
    if (body !== undefined) stream.end(body)
  })
}
