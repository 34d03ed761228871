import { Hono } from 'hono'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { RevocationLogReader } from '../contract/revocation-log.ts'
import type { GateResponse } from './gate.ts'
import type { Streams } from './streams.ts'

export interface OperationsAppNeeds {
  streams: Pick<Streams, 'count' | 'stuckInstances' | 'endReasonOf'>
  revocationReader: Pick<RevocationLogReader, 'state'>
  /** The age of the revocation cache, in ms; Infinity while it is stale. */
  revocationAgeMs: () => number
  maxStalenessMs: number
  /** At this age all streams are cut. */
  streamStalenessMs: number
  revocationCount: () => number
}

/** How often the gate has given each verdict; `refused` counts malformed gate requests. */
export type VerdictCounts = Map<GateResponse['code'] | 'refused', number>

/** Health, readiness and metrics for operators; the state of streams for the supervisor and the relay. */
export function createOperationsApp(needs: OperationsAppNeeds, counts: VerdictCounts): Hono {
  const { streams, revocationAgeMs, maxStalenessMs, revocationCount, revocationReader } = needs
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'hookswitch_verdicts_total',
    help: 'Verdicts given to nginx, by outcome',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      // Verdicts are counted in a plain map: a labelled counter would cost more than the verdict itself.
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
        // No verdict rests on an older cache, and no stream is open while the cache is older.
        revocation_bound_ms: maxStalenessMs,
        // Streams are cut at this age, so that none is open at the bound.
        stream_bound_ms: needs.streamStalenessMs,
        revocation_age_ms: Number.isFinite(age) ? Math.round(age) : null,
        revocations: revocationCount(),
        epoch: epoch?.id ?? null,
        trouble: staleReason ?? null,
        streams: streams.count(),
        // Instances of Nchan that did not end a stream that was cut: their supervisor has to restart them.
        stuck_instances: streams.stuckInstances(),
      },
      ready ? 200 : 503,
    )
  })
  // For the instance's supervisor: 503 asks it to restart the instance.
  app.get('/instances/:instance', (c) =>
    c.body(null, streams.stuckInstances().includes(Number(c.req.param('instance'))) ? 503 : 204),
  )
  // For the relay, which closes a WebSocket with the code for this reason.
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
