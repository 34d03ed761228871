import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface ReceivedMessage {
  id: string
  path: string
  headers: IncomingMessage['headers']
  body: { type: string; timestamp: string; data: Record<string, unknown> }
}

export type Behavior = (req: IncomingMessage, res: ServerResponse) => void

/** A receiver as others write it: it verifies each message with the public package, and answers as a test wants. */
export interface WebhookReceiver {
  url: string
  /** Verified messages; each attempt counts. */
  received: ReceivedMessage[]
  /** Requests that did not verify. */
  refused: string[]
  requests(): number
  /** Verifies with this secret from now on; without one, nothing is verified. */
  trust(secret: string): void
  behave(behavior: Behavior): void
  stop(): Promise<void>
}

export const BEHAVIORS = {
  ok: (_, res) => void res.writeHead(204).end(),
  hang: () => {},
  reset: (req) => void req.socket.resetAndDestroy(),
  error: (_, res) => void res.writeHead(500).end('it is broken'),
  gone: (_, res) => void res.writeHead(410).end(),
  busy: (_, res) => void res.writeHead(429, { 'Retry-After': '600' }).end(),
  redirect: (_, res) => void res.writeHead(301, { Location: 'http://127.0.0.1:1/secret' }).end(),
  /** The status at once, and then a byte a second. */
  slowBody(_, res) {
    res.writeHead(200)
    res.flushHeaders()
    const timer = setInterval(() => res.write('x'), 1_000)
    res.once('close', () => clearInterval(timer))
  },
  hugeBody(_, res) {
    res.writeHead(200, { 'Content-Length': 100 * 1024 * 1024 })
    const chunk = Buffer.alloc(64 * 1024, 'y')
    let sent = 0
    const more = () => {
      while (sent < 1600 && !res.destroyed) {
        sent += 1
        if (!res.write(chunk)) return void res.once('drain', more)
      }
      res.end()
    }
    more()
  },
  longHeaders: (_, res) => void res.writeHead(200, { 'X-Long': 'x'.repeat(32_000) }).end(),
  noHttp: (req) => void req.socket.end('220 mail.example ESMTP\r\n'),
  cookie: (_, res) => void res.writeHead(200, { 'Set-Cookie': 'a=b' }).end(),
} as const satisfies Record<string, Behavior>

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let behavior: Behavior = BEHAVIORS.ok
  let webhook: Webhook | undefined
  let requests = 0
  const received: ReceivedMessage[] = []
  const refused: string[] = []
  const server = createServer((req, res) => {
    requests += 1
    const chunks: Buffer[] = []
    res.on('error', () => {})
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.once('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { 'webhook-id': id = '' } = req.headers as Record<string, string>
      try {
        const verified = webhook?.verify(text, req.headers as Record<string, string>) ?? JSON.parse(text)
        received.push({ id, path: req.url ?? '', headers: req.headers, body: verified })
      } catch (err) {
        refused.push(String(err))
      }
      behavior(req, res)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?x=1`,
    received,
    refused,
    requests: () => requests,
    trust(secret) {
      webhook = new Webhook(secret)
    },
    behave(next) {
      behavior = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
