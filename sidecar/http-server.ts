import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { RevocationLogReader } from '../contract/revocation-log.ts'
import type { Logger } from '../runtime/log.ts'
import type { Gate, GateResponse } from './gate.ts'
import { hasBodyOrUpgrade, isGateRequest, isRequestId, singleHeader } from './gate-request.ts'
import type { Streams } from './streams.ts'
import { retainTickObject } from './v8-tick-workaround.ts'

export interface HttpServerNeeds {
  gate: Gate
  streams: Streams
  log: Logger
  revocationReader: Pick<RevocationLogReader, 'state'>
  /** How old the knowledge of revocations is, in ms; Infinity while there is none. */
  revocationAgeMs: () => number
  maxStalenessMs: number
  /** At this age all streams are cut. */
  streamStalenessMs: number
  revocationCount: () => number
}

type VerdictCounts = Map<GateResponse['code'] | 'refused', number>

/**
 * The sidecar's HTTP face. Verdicts are answered before Hono, on a bare `node:http` server: they are asked
 * for with every file, and each layer, header and promise there costs requests. Hono serves the rest.
 */
export function createHttpServer(needs: HttpServerNeeds): Server {
  retainTickObject()
  const { gate, streams, log } = needs
  const counts: VerdictCounts = new Map()
  const handleOther = getRequestListener(createHttpApp(needs, counts).fetch)

  /** @param requestId of the question, which nginx compares: an answer to another question is no answer */
  function respond(res: ServerResponse, answer: GateResponse, requestId: string) {
    counts.set(answer.code, (counts.get(answer.code) ?? 0) + 1)
    if (answer.status !== 204) {
      log.info({ event: 'verdict', good: false, code: answer.code }, 'refused')
      // Else Node sends an empty chunk, which nginx does not read: it would close the connection.
      res.setHeader('Content-Length', '0')
    }
    res.sendDate = false
    // HTTP/1.1 keeps a connection unless told otherwise; saying so costs.
    res.removeHeader('Connection')
    res.setHeader('X-Hs-Request-Id', requestId)
    res.writeHead(answer.status, answer.headers)
    res.end()
  }

  /** Answers what is no question, and takes nothing more from its connection. */
  function rejectAndClose(req: IncomingMessage, res: ServerResponse) {
    counts.set('refused', (counts.get('refused') ?? 0) + 1)
    log.warn(
      { event: 'question_refused' },
      'a request without the form of a question: closing its connection',
    )
    res.writeHead(400, { Connection: 'close' })
    res.end()
    req.socket.destroySoon()
  }

  // Node would answer a request without Host by itself, and read on: see `hangUp` instead.
  const options = { keepAliveTimeout: 75_000, requestTimeout: 0, requireHostHeader: false }
  const server = createServer(options, (req, res) => {
    // Its connection was closed at an earlier request: these bytes may be part of that one.
    if (req.socket.writableEnded) return
    const { url } = req
    switch (url) {
      case '/check-media-access':
      case '/check-channel-access':
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
  // Node would answer these by itself, and read on.
  server.on('checkContinue', rejectAndClose)
  server.on('checkExpectation', rejectAndClose)
  return server
}

function createHttpApp(needs: HttpServerNeeds, counts: VerdictCounts): Hono {
  const { streams, revocationAgeMs, maxStalenessMs, revocationCount, revocationReader } = needs
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'hookswitch_verdicts_total',
    help: 'Verdicts given to nginx, by outcome',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      // Counted in a plain map, as a labelled counter would cost more than the verdict.
      this.reset()
      for (const [code, count] of counts) this.inc({ code }, count)
    },
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge(
    'hookswitch_revocation_age_seconds',
    'How old the knowledge of revocations is',
    () => revocationAgeMs() / 1000,
  )
  gauge(
    'hookswitch_revocation_bound_seconds',
    'Older knowledge refuses everything',
    () => maxStalenessMs / 1000,
  )
  gauge('hookswitch_revocations', 'Revocations held in memory', revocationCount)
  gauge('hookswitch_streams', 'Open streams this sidecar let in', () => streams.count())

  const app = new Hono()
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', (c) => {
    const age = revocationAgeMs()
    const ready = age <= maxStalenessMs
    const { epoch, staleReason } = revocationReader.state()
    return c.json(
      {
        ready,
        // The promise: no verdict rests on knowledge older than this, and no stream outlives it.
        revocation_bound_ms: maxStalenessMs,
        // Streams are cut at this age already, so that none outlives the bound.
        stream_bound_ms: needs.streamStalenessMs,
        revocation_age_ms: Number.isFinite(age) ? Math.round(age) : null,
        revocations: revocationCount(),
        epoch: epoch?.id ?? null,
        trouble: staleReason ?? null,
        streams: streams.count(),
        // Instances of Nchan that do not end a stream they were asked to end: to be started afresh.
        stuck_instances: streams.stuckInstances(),
      },
      ready ? 200 : 503,
    )
  })
  // For the instance's starter: 503 asks it to start the instance afresh.
  app.get('/instances/:instance', (c) =>
    c.body(null, streams.stuckInstances().includes(Number(c.req.param('instance'))) ? 503 : 204),
  )
  // For the relay, which tells a WebSocket client by a close code.
  app.get('/stream-end-reasons/:requestId', (c) => {
    const reason = streams.endReasonOf(c.req.param('requestId'))
    return reason === undefined ? c.notFound() : c.text(reason)
  })
  app.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  )
  app.notFound((c) => c.json({ error: 'not found' }, 404))
  return app
}
