import { LRUCache } from 'lru-cache'
import type { Claims } from '../contract/claims.ts'
import type { OnlineReport } from '../contract/online-heartbeat.ts'
import type { Revocation } from '../contract/revocation-entries.ts'
import { serviceIdOfSubject } from '../contract/service-token.ts'
import type { StreamEndReason } from '../contract/stream-end.ts'
import type { Logger } from '../runtime/log.ts'
import type { StreamCutter, StreamInstance } from './stream-cutter.ts'
import { createStreamReconciler } from './stream-reconciler.ts'
import { createStreamRegistry, type OpenStream, type StreamAdmission } from './stream-registry.ts'

export interface StreamsNeeds {
  instances: readonly StreamInstance[]
  cutter: StreamCutter
  newCohort: () => string
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Beyond this no stream is admitted. */
  maxStreams: number
  /** Of one session; beyond this the oldest is cut. */
  maxPerSession: number
  /** Of one user, over all their sessions; beyond this the oldest is cut. */
  maxPerUser: number
  log: Logger
  /** Called after a stream has subscribed. */
  onOpen?(): void
}

/** The open streams that this sidecar admitted, and how each of them ends. */
export interface Streams {
  /** The cohort of streams that are admitted now: the name of a channel that they share. */
  cohort(): string
  /** @returns false when there are too many streams, or the instance is unknown */
  admit(admission: StreamAdmission): boolean
  /** Nchan has subscribed a stream. If its session has ended since the admission, it is cut. */
  opened(conn: string, instance: number): void
  /** The connection of a stream has closed. */
  closed(conn: string): void
  /** Cuts the streams that a revocation concerns. */
  revoke(revocation: Revocation): void
  /** Lets the streams of a session continue until a newer token's `exp` (unix seconds). */
  renew(sessionId: string, until: number): void
  /** Cuts the streams with claims that are no longer valid. */
  closeExpired(isExpired: (claims: Claims) => boolean): void
  /** Removes streams that ended without notice: see `createStreamReconciler`. Call it often. */
  reconcile(): Promise<void>
  /** Cuts every stream and starts a new cohort: for when revocations may have been missed. */
  cutAll(): Promise<void>
  /** Cuts every stream of one instance; their clients connect again. */
  cutInstance(instance: number): Promise<void>
  /** Cuts the streams that an earlier process of this sidecar admitted. */
  cutCohort(cohort: string): Promise<void>
  count(): number
  /** Why a single stream was cut within the last 30 s; undefined when it was not. */
  endReasonOf(conn: string): StreamEndReason | undefined
  /** The users of the streams that have subscribed. */
  onlineReport(): OnlineReport
  /** Instances that have to be restarted. */
  stuckInstances(): number[]
}

/** How long the reason for a cut is stored, in ms: the relay asks for it as soon as the stream has ended. */
const END_REASON_TTL_MS = 30_000
/** Of a cohort that is cut, at most this many streams are looked up to confirm that they ended. */
const CONFIRM_SAMPLE_SIZE = 20

export function createStreams(needs: StreamsNeeds): Streams {
  const { instances, cutter, newCohort, monotonic, maxStreams, maxPerSession, maxPerUser, log } = needs
  const registry = createStreamRegistry()
  const endReasons = new LRUCache<string, StreamEndReason>({ max: 20_000, ttl: END_REASON_TTL_MS })
  const reconcile = createStreamReconciler({ instances, registry, cutter, monotonic, subscribe })
  let cohort = newCohort()

  function subscribe(stream: OpenStream) {
    stream.subscribedAt = monotonic()
    needs.onOpen?.()
  }

  function cutConn(instance: number, conn: string) {
    cutter
      .cut(instance, `conn/${conn}`, [conn])
      .catch((err) => log.warn({ event: 'stream_cut_failed', err }, 'a stream could not be cut'))
  }

  function endStream(stream: OpenStream, reason: StreamEndReason) {
    registry.remove(stream)
    endReasons.set(stream.conn, reason)
    cutConn(stream.instance, stream.conn)
  }

  /** Makes room for one more stream of those that one limit counts. */
  function endOldest(counted: ReadonlySet<OpenStream>, limit: number) {
    const [oldest] = counted
    if (oldest !== undefined && counted.size >= limit) endStream(oldest, 'replaced')
  }

  /** @param known streams of the cohort, on any instance */
  async function cutCohort(name: string, known: readonly OpenStream[] = []): Promise<void> {
    await Promise.all(
      instances.map((_, at) => {
        const conns = known.filter(({ instance }) => instance === at + 1).map(({ conn }) => conn)
        return cutter.cut(at + 1, `cohort/${name}`, conns.slice(0, CONFIRM_SAMPLE_SIZE))
      }),
    )
  }

  return {
    cohort: () => cohort,
    admit(admission) {
      const { instance, claims } = admission
      if (instances[instance - 1] === undefined) {
        log.warn(
          { event: 'stream_instance_unknown', instance },
          `the front passes streams on to instance ${instance}, which HOOKSWITCH_STREAM_INSTANCES does not count`,
        )
        return false
      }
      if (registry.size() >= maxStreams) return false
      // One session that opens ever more streams, or an account with many sessions, must not use up `maxStreams`.
      endOldest(registry.ofSession(claims.sid), maxPerSession)
      endOldest(registry.ofUser(claims.sub), maxPerUser)
      registry.add({ ...admission, admittedAt: monotonic(), subscribedAt: undefined })
      return true
    },
    opened(conn, instance) {
      const stream = registry.get(conn)
      if (stream === undefined) cutConn(instance, conn)
      else subscribe(stream)
    },
    closed(conn) {
      cutter.closed(conn)
      const stream = registry.get(conn)
      if (stream !== undefined) registry.remove(stream)
    },
    revoke({ kind, key, generation }) {
      if (kind === 'sid') {
        for (const stream of [...registry.ofSession(key)]) endStream(stream, 'signed_out')
        return
      }
      if (kind === 'user') {
        for (const stream of [...registry.ofUser(key)])
          if (stream.claims.gen < generation) endStream(stream, 'signed_out')
        return
      }
      for (const stream of [...registry.all()]) if (stream.claims.jti === key) endStream(stream, 'signed_out')
    },
    renew(sessionId, until) {
      for (const stream of registry.ofSession(sessionId)) {
        if (until > stream.claims.exp) stream.claims = { ...stream.claims, exp: until }
      }
    },
    closeExpired(isExpired) {
      for (const stream of [...registry.all()]) if (isExpired(stream.claims)) endStream(stream, 'signed_out')
    },
    reconcile,
    async cutAll() {
      const [oldCohort, known] = [cohort, [...registry.all()]]
      cohort = newCohort()
      registry.clear()
      await cutCohort(oldCohort, known)
    },
    async cutInstance(instance) {
      // Only one DELETE, as clients that connect again join the same cohort. Streams that it leaves open stay registered.
      await instances[instance - 1]?.cut(`cohort/${cohort}`)
    },
    cutCohort: (name) => cutCohort(name),
    count: registry.size,
    endReasonOf: (conn) => endReasons.get(conn),
    onlineReport() {
      const online = new Set<string>()
      const listening = new Set<string>()
      for (const { claims, isPrivate, subscribedAt } of registry.all()) {
        // A program is no user who is online.
        if (subscribedAt === undefined || serviceIdOfSubject(claims.sub) !== undefined) continue
        online.add(claims.sub)
        if (isPrivate) listening.add(claims.sub)
      }
      return { online: [...online], listening: [...listening] }
    },
    stuckInstances: cutter.stuckInstances,
  }
}
