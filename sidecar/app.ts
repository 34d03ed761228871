import { createServer, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Logger } from '../contract/log.ts'
import type { LogReader } from '../contract/revocation-log.ts'
import type { Answer, Gate } from './gate.ts'
import { one } from './request.ts'
import type { Streams } from './streams.ts'
import { keepTickShape } from './tick-shape.ts'

export interface AppNeeds {
  gate: Gate
  streams: Streams
  log: Logger
  reader: Pick<LogReader, 'state'>
  /** How old the knowledge of revocations is, in ms; Infinity while there is none. */
  ageMs: () => number
  maxStalenessMs: number
  revocations: () => number
}

/**
 * The sidecar's HTTP face. Verdicts are answered before Hono, on a bare `node:http` server: they are asked
 * for with every file, and each layer, header and promise there costs requests. Hono serves the rest.
 */
export function createApp(needs: AppNeeds): Server {
  keepTickShape()
  const { gate, streams, log } = needs
  const counts = new Map<Answer['code'], number>()
  const rest = getRequestListener(createRest(needs, counts).fetch)

  function say(res: ServerResponse, answer: Answer) {
    counts.set(answer.code, (counts.get(answer.code) ?? 0) + 1)
    if (answer.status !== 204) log.info({ event: 'verdict', good: false, code: answer.code }, 'refused')
    res.sendDate = false
    // HTTP/1.1 keeps a connection unless told otherwise; saying so costs.
    res.removeHeader('Connection')
    res.writeHead(answer.status, answer.headers)
    res.end()
  }

  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (req, res) => {
    switch (req.url) {
      case '/check-media-access':
        return say(res, gate.media(req.headers))
      case '/check-channel-access': {
        const answer = gate.channel(req.headers)
        if (!(answer instanceof Promise)) return say(res, answer)
        answer.then(
          (late) => say(res, late),
          (err) => {
            log.error({ event: 'verdict_failed', err }, 'no verdict')
            say(res, { status: 503, code: 'cannot_judge' })
          },
        )
        return
      }
      case '/stream-closed':
        streams.closed(one(req.headers['x-hs-conn']) ?? '')
        return say(res, { status: 204, code: 'ok' })
      default:
        rest(req, res).catch((err) => log.error({ event: 'request_failed', err }, 'request failed'))
    }
  })
  return server
}

function createRest(needs: AppNeeds, counts: Map<Answer['code'], number>): Hono {
  const { streams, ageMs, maxStalenessMs, revocations, reader } = needs
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
  gauge('hookswitch_revocation_age_seconds', 'How old the knowledge of revocations is', () => ageMs() / 1000)
  gauge(
    'hookswitch_revocation_bound_seconds',
    'Older knowledge refuses everything',
    () => maxStalenessMs / 1000,
  )
  gauge('hookswitch_revocations', 'Revocations held in memory', revocations)
  gauge('hookswitch_streams', 'Open streams this sidecar let in', () => streams.count())

  const app = new Hono()
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', (c) => {
    const age = ageMs()
    const ready = age <= maxStalenessMs
    const { epoch, doubt } = reader.state()
    return c.json(
      {
        ready,
        // The promise: no verdict rests on knowledge older than this, and no stream outlives it.
        revocation_bound_ms: maxStalenessMs,
        revocation_age_ms: Number.isFinite(age) ? Math.round(age) : null,
        revocations: revocations(),
        epoch: epoch?.id ?? null,
        trouble: doubt ?? null,
        streams: streams.count(),
      },
      ready ? 200 : 503,
    )
  })
  app.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  )
  app.notFound((c) => c.json({ error: 'not found' }, 404))
  return app
}
