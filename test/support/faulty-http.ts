import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TlsOptions } from 'node:tls'

export interface ReceivedRequest {
  method: string
  path: string
  token: string | undefined
  /** The whole header, for what is no Bearer token. */
  authorization: string | undefined
  body: string
}

export interface ServedReply {
  status: number
  json: object
}

/** One request as the server understands it. */
export interface ServedOperation {
  /** Names the operation of a failure. */
  operation: string
  perform(): ServedReply
  /** Its answer when it claims to have acted and did not. */
  falseReply?: ServedReply
  /** Its answer to an expired token. */
  expired: ServedReply
}

/** `before`: nothing was done. `after`: it was, and only the answer is missing. */
export type FaultKind =
  | 'silent before'
  | 'silent after'
  | 'reset before'
  | 'reset after'
  | '500 before'
  | '500 after'
  | 'html'
  | 'lie'
  | 'expired'

export interface Fault {
  on: string
  kind: FaultKind
}

export interface FaultyHttp {
  readonly url: string
  /** Each strikes once, the first that fits an operation first. */
  faults: Fault[]
  /** What happens there meanwhile: once, before the next operation of that name is done. */
  readonly beforeNext: Map<string, () => void>
  /** How often each operation was requested. */
  readonly requestCounts: Record<string, number>
  stop(): Promise<void>
}

const HTML = '<!DOCTYPE html><html><body><h1>Whoops, something went wrong</h1></body></html>'

/** A JSON API over real HTTP on loopback, which fails as configured. */
export async function startFaultyHttp(
  serve: (heard: ReceivedRequest) => ServedOperation,
  tls?: TlsOptions,
): Promise<FaultyHttp> {
  const faults: Fault[] = []
  const requestCounts: Record<string, number> = {}
  const beforeNext = new Map<string, () => void>()

  async function handle(request: IncomingMessage, response: ServerResponse) {
    let body = ''
    for await (const chunk of request) body += chunk
    const served = serve({
      method: request.method ?? '',
      path: request.url ?? '',
      token: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
      authorization: request.headers.authorization,
      body,
    })
    requestCounts[served.operation] = (requestCounts[served.operation] ?? 0) + 1
    beforeNext.get(served.operation)?.()
    beforeNext.delete(served.operation)
    const at = faults.findIndex(({ on }) => on === served.operation)
    const kind = at < 0 ? undefined : faults.splice(at, 1)[0]?.kind
    if (kind?.endsWith('after')) served.perform()
    if (kind?.startsWith('silent')) return
    if (kind?.startsWith('reset')) return void request.socket.destroy()
    if (kind?.startsWith('500') || kind === 'html') {
      response.writeHead(kind === 'html' ? 200 : 500, { 'Content-Type': 'text/html' }).end(HTML)
      return
    }
    const reply =
      kind === 'expired'
        ? served.expired
        : kind === 'lie'
          ? (served.falseReply ?? served.perform())
          : served.perform()
    response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.json))
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => request.socket.destroy())
  }
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    faults,
    beforeNext,
    requestCounts,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
