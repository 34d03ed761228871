import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Logger } from '../runtime/log.ts'
import type { Gate, GateResponse } from './gate.ts'
import { hasBodyOrUpgrade, isGateRequest, isRequestId, singleHeader } from './gate-request.ts'
import { createOperationsApp, type OperationsAppNeeds, type VerdictCounts } from './operations-app.ts'
import type { Streams } from './streams.ts'
import { retainTickObject } from './v8-tick-workaround.ts'

export interface HttpServerNeeds extends OperationsAppNeeds {
  gate: Gate
  streams: Streams
  log: Logger
}

/**
 * The sidecar's HTTP server. It answers gate requests itself, without Hono: nginx sends one for every file, so that each
 * layer, header and promise there costs throughput. Hono serves the other paths.
 */
export function createHttpServer(needs: HttpServerNeeds): Server {
  retainTickObject()
  const { gate, streams, log } = needs
  const counts: VerdictCounts = new Map()
  const handleOther = getRequestListener(createOperationsApp(needs, counts).fetch)

  /** @param requestId of the request; nginx rejects a response that repeats another id */
  function respond(res: ServerResponse, answer: GateResponse, requestId: string) {
    counts.set(answer.code, (counts.get(answer.code) ?? 0) + 1)
    if (answer.status !== 204) {
      log.info({ event: 'verdict', good: false, code: answer.code }, 'refused')
      // Without it Node sends an empty chunk, which nginx does not read: it would close the connection.
      res.setHeader('Content-Length', '0')
    }
    res.sendDate = false
    // A connection of HTTP/1.1 stays open by default; the header would cost throughput.
    res.removeHeader('Connection')
    res.setHeader('X-Hs-Request-Id', requestId)
    res.writeHead(answer.status, answer.headers)
    res.end()
  }

  /** Rejects a request that is not a valid gate request, and reads nothing more from its connection. */
  function rejectAndClose(req: IncomingMessage, res: ServerResponse) {
    counts.set('refused', (counts.get('refused') ?? 0) + 1)
    log.warn(
      { event: 'gate_request_rejected' },
      'a request does not have the form of a gate request: closing its connection',
    )
    res.writeHead(400, { Connection: 'close' })
    res.end()
    req.socket.destroySoon()
  }

  // Node would reject a request without Host itself, and read on: `rejectAndClose` does not.
  const options = { keepAliveTimeout: 75_000, requestTimeout: 0, requireHostHeader: false }
  const server = createServer(options, (req, res) => {
    // An earlier request closed this connection: these bytes may be a part of that request.
    if (req.socket.writableEnded) return
    const { url } = req
    switch (url) {
      case '/check-media-access':
      case '/check-channel-access':
      case '/check-metrics-access':
      case '/stream-opened':
      case '/stream-closed':
        break
      default:
        if (hasBodyOrUpgrade(req) || req.headers.host === undefined) return rejectAndClose(req, res)
        handleOther(req, res).catch((err) => log.error({ event: 'request_failed', err }, 'request failed'))
        return
    }
    const requestId = singleHeader(req.headers['x-hs-request-id'])
    if (!isGateRequest(req) || !isRequestId(requestId)) return rejectAndClose(req, res)
    if (url === '/check-media-access') return respond(res, gate.checkMediaAccess(req.headers), requestId)
    if (url === '/check-metrics-access') return respond(res, gate.checkMetricsAccess(req.headers), requestId)
    if (url === '/check-channel-access') {
      const answer = gate.checkChannelAccess(req.headers)
      if (!(answer instanceof Promise)) return respond(res, answer, requestId)
      answer.then(
        (response) => respond(res, response, requestId),
        (err) => {
          log.error({ event: 'verdict_failed', err }, 'no verdict')
          respond(res, { status: 503, code: 'cannot_judge' }, requestId)
        },
      )
      return
    }
    if (url === '/stream-opened') streams.opened(requestId, Number(req.headers['x-hs-instance']))
    else streams.closed(requestId)
    respond(res, { status: 204, code: 'ok' }, requestId)
  })
  // Node would answer these itself, and read on.
  server.on('checkContinue', rejectAndClose)
  server.on('checkExpectation', rejectAndClose)
  return server
}
