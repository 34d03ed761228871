import { LRUCache } from 'lru-cache'
import type { Claims } from '../contract/claims.ts'
import type { OnlineReport } from '../contract/online-heartbeat.ts'
import type { Revocation } from '../contract/revocation-cache.ts'
import type { StreamEndReason } from '../contract/stream-instances.ts'
import type { StreamCutter, StreamInstance } from './stream-cutter.ts'

export interface StreamsNeeds {
  instances: readonly StreamInstance[]
  cutter: StreamCutter
  newCohort: () => string
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  maxStreams: number
  /** Of one session; the oldest makes room for one more. */
  maxPerSession: number
  /** Of one user, over all their sessions; the oldest makes room. */
  maxPerUser: number
  onError(message: string, err?: unknown): void
  /** A stream has opened. */
  onOpen?(): void
}

/** A stream that is let in. */
export interface StreamAdmission {
  /** Names its connection, and its channel in Nchan. */
  conn: string
  /** Where it goes, from 1. */
  instance: number
  claims: Claims
  /** Of the user's own channel, which nobody else can follow. */
  isPrivate: boolean
}

/** The open streams this sidecar let in, and how each of them ends. */
export interface Streams {
  /** The shared channel that streams let in now belong to. */
  cohort(): string
  /** @returns false when there are too many */
  admit(opening: StreamAdmission): boolean
  /** Nchan has subscribed a stream. One that is not known any more is cut. */
  opened(conn: string, instance: number): void
  closed(conn: string): void
  /** Cuts the streams a revocation concerns. */
  revoke(revocation: Revocation): void
  /** Lets the streams of a session go on until a newer token's `exp` (unix seconds). */
  renew(sessionId: string, until: number): void
  /** Cuts the streams whose claims are no longer good; call it several times a second. */
  closeExpired(isDead: (claims: Claims) => boolean): void
  /** Drops what an instance no longer has: those of an earlier life, and what never came. Call it often. */
  reconcile(): Promise<void>
  /** Cuts every stream: for when nobody can vouch for them any more. */
  cutAll(): Promise<void>
  /** Cuts every stream of one instance; their clients come back. */
  cutInstance(instance: number): Promise<void>
  /** Ends what an earlier life of this process had let in. */
  cutCohort(cohort: string): Promise<void>
  count(): number
  /** Why a stream was cut by itself in the last half minute; undefined when it was not. */
  endReasonOf(conn: string): StreamEndReason | undefined
  /** Whose streams they are, of those that have opened. */
  onlineReport(): OnlineReport
  stuckInstances(): number[]
}

interface OpenStream extends StreamAdmission {
  openedAt: number
  /** When we heard that Nchan has it; undefined before. */
  subscribedAt: number | undefined
}

/** A stream that was let in and did not come for this long never will, in ms: its client broke off. */
const SUBSCRIBE_TIMEOUT_MS = 10_000
/** How long the reason for a cut is remembered, in ms: the relay asks as soon as the stream has ended. */
const END_REASON_TTL_MS = 30_000
/** How many streams are looked up at once. */
const RECONCILE_BATCH_SIZE = 20

export function createStreams(needs: StreamsNeeds): Streams {
  const { instances, cutter, newCohort, monotonic, maxStreams, maxPerSession, maxPerUser, onError } = needs
  const byConn = new Map<string, OpenStream>()
  const bySession = new Map<string, Set<OpenStream>>()
  const byUser = new Map<string, Set<OpenStream>>()
  /** The life of each instance, and until when it was seen. */
  const incarnations = instances.map(() => ({
    id: undefined as string | undefined,
    seenAt: Number.NEGATIVE_INFINITY,
  }))
  const endReasons = new LRUCache<string, StreamEndReason>({ max: 20_000, ttl: END_REASON_TTL_MS })
  let cohort = newCohort()
  let reconciling = byConn.values()

  function remove(open: OpenStream) {
    byConn.delete(open.conn)
    removeFrom(bySession, open.claims.sid, open)
    removeFrom(byUser, open.claims.sub, open)
  }

  function subscribe(open: OpenStream) {
    open.subscribedAt = monotonic()
    needs.onOpen?.()
  }

  function cutConn(instance: number, conn: string) {
    cutter.cut(instance, `conn/${conn}`, [conn]).catch((err) => onError('a stream could not be cut', err))
  }

  function endStream(open: OpenStream, reason: StreamEndReason) {
    remove(open)
    endReasons.set(open.conn, reason)
    cutConn(open.instance, open.conn)
  }

  /** Makes room for one more of those that are counted together. */
  function evictOldest(all: ReadonlySet<OpenStream> | undefined, limit: number) {
    const [oldest] = all ?? []
    if (oldest !== undefined && (all?.size ?? 0) >= limit) endStream(oldest, 'replaced')
  }

  /** @param known of its streams, whatever their instance */
  async function cutCohortOn(instance: number, name: string, known: readonly OpenStream[]): Promise<void> {
    const conns = known.filter((open) => open.instance === instance).map(({ conn }) => conn)
    // Some stand for all: that many are looked up again and again.
    await cutter.cut(instance, `cohort/${name}`, conns.slice(0, RECONCILE_BATCH_SIZE))
  }
  async function cutCohort(name: string, known: readonly OpenStream[] = []): Promise<void> {
    await Promise.all(instances.map((_, at) => cutCohortOn(at + 1, name, known)))
  }

  /** Drops the streams of an earlier life of an instance: they ended with it. */
  async function detectRestart(instance: StreamInstance, at: number): Promise<void> {
    const known = incarnations[at]
    const askedAt = monotonic()
    const id = await instance.incarnation()
    if (known === undefined || id === undefined) return
    if (known.id !== undefined && known.id !== id) {
      cutter.markRestarted(at + 1)
      for (const open of [...byConn.values()]) {
        // One that has not come may still come to this life.
        if (open.instance === at + 1 && (open.subscribedAt ?? Number.POSITIVE_INFINITY) < known.seenAt)
          remove(open)
      }
    }
    known.id = id
    known.seenAt = askedAt
  }

  /** Some of all, a few each time. */
  function nextToReconcile(): OpenStream[] {
    const now = monotonic()
    const due: OpenStream[] = []
    for (let tries = 0; tries < Math.min(RECONCILE_BATCH_SIZE, byConn.size); tries += 1) {
      const next = reconciling.next()
      if (next.done) {
        reconciling = byConn.values()
        break
      }
      if (now - next.value.openedAt > SUBSCRIBE_TIMEOUT_MS) due.push(next.value)
    }
    return due
  }

  return {
    cohort: () => cohort,
    admit(opening) {
      const { conn, instance, claims } = opening
      if (instances[instance - 1] === undefined) {
        onError(
          `the front passes streams on to instance ${instance}, which HOOKSWITCH_STREAM_INSTANCES does not count`,
        )
        return false
      }
      if (byConn.size >= maxStreams) return false
      // One login that opens ever more, or an account with many logins, must not use up everybody's room.
      evictOldest(bySession.get(claims.sid), maxPerSession)
      evictOldest(byUser.get(claims.sub), maxPerUser)
      const open = { ...opening, openedAt: monotonic(), subscribedAt: undefined }
      byConn.set(conn, open)
      addTo(bySession, claims.sid, open)
      addTo(byUser, claims.sub, open)
      return true
    },
    opened(conn, instance) {
      const open = byConn.get(conn)
      if (open === undefined) {
        // Its session ended between the verdict and the subscription.
        cutConn(instance, conn)
        return
      }
      subscribe(open)
    },
    closed(conn) {
      cutter.closed(conn)
      const open = byConn.get(conn)
      if (open !== undefined) remove(open)
    },
    revoke({ kind, key, generation }) {
      if (kind === 'sid') {
        for (const open of [...(bySession.get(key) ?? [])]) endStream(open, 'signed_out')
        return
      }
      if (kind === 'user') {
        for (const open of [...(byUser.get(key) ?? [])])
          if (open.claims.gen < generation) endStream(open, 'signed_out')
        return
      }
      for (const open of [...byConn.values()]) if (open.claims.jti === key) endStream(open, 'signed_out')
    },
    renew(sessionId, until) {
      for (const open of bySession.get(sessionId) ?? []) {
        if (until > open.claims.exp) open.claims = { ...open.claims, exp: until }
      }
    },
    closeExpired(isDead) {
      for (const open of [...byConn.values()]) if (isDead(open.claims)) endStream(open, 'signed_out')
    },
    async reconcile() {
      await Promise.all(instances.map(detectRestart))
      await Promise.all(
        nextToReconcile().map(async (open) => {
          const { subscribedAt } = open
          const there = await instances[open.instance - 1]?.subscribers(`conn/${open.conn}`)
          // It has ended, or has come, since we asked.
          if (byConn.get(open.conn) !== open || open.subscribedAt !== subscribedAt) return
          if (there === 0) remove(open)
          // The hook was lost.
          else if (there !== undefined && subscribedAt === undefined) subscribe(open)
        }),
      )
    },
    async cutAll() {
      const [old, known] = [cohort, [...byConn.values()]]
      cohort = newCohort()
      byConn.clear()
      bySession.clear()
      byUser.clear()
      await cutCohort(old, known)
    },
    async cutInstance(instance) {
      // Once, as clients that have come back belong to the same channel. What it leaves open stays known.
      await instances[instance - 1]?.cut(`cohort/${cohort}`)
    },
    cutCohort: (name) => cutCohort(name),
    count: () => byConn.size,
    endReasonOf: (conn) => endReasons.get(conn),
    onlineReport() {
      const online = new Set<string>()
      const listening = new Set<string>()
      for (const { claims, isPrivate, subscribedAt } of byConn.values()) {
        if (subscribedAt === undefined) continue
        online.add(claims.sub)
        if (isPrivate) listening.add(claims.sub)
      }
      return { online: [...online], listening: [...listening] }
    },
    stuckInstances: cutter.stuckInstances,
  }
}

function addTo<V>(sets: Map<string, Set<V>>, key: string, value: V) {
  const own = sets.get(key)
  if (own === undefined) sets.set(key, new Set([value]))
  else own.add(value)
}

function removeFrom<V>(sets: Map<string, Set<V>>, key: string, value: V) {
  const own = sets.get(key)
  own?.delete(value)
  if (own?.size === 0) sets.delete(key)
}
