import type { Claims } from '../contract/claims.ts'
import type { LiveWord } from '../contract/live-users.ts'
import type { Revocation } from '../contract/revocation.ts'
import type { Cutter, Instance } from './cutter.ts'

export interface StreamsNeeds {
  instances: readonly Instance[]
  cutter: Cutter
  newGate: () => string
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  most: number
  /** Of one session; the oldest makes room for one more. */
  mostPerSession: number
  /** Of one user, over all their sessions; the oldest makes room. */
  mostPerUser: number
  onTrouble(message: string, err?: unknown): void
  /** A stream has opened. */
  onOpen?(): void
}

/** A stream that is let in. */
export interface Opening {
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
  gate(): string
  /** @returns false when there are too many */
  open(opening: Opening): boolean
  /** Nchan has subscribed a stream. One that is not known any more is cut. */
  opened(conn: string, instance: number): void
  closed(conn: string): void
  /** Cuts the streams a revocation concerns. */
  revoke(revocation: Revocation): void
  /** Lets the streams of a session go on until a newer token's `exp` (unix seconds). */
  renew(sessionId: string, until: number): void
  /** Cuts the streams whose claims are no longer good; call it several times a second. */
  review(isDead: (claims: Claims) => boolean): void
  /** Drops what an instance no longer has: those of an earlier life, and what never came. Call it often. */
  audit(): Promise<void>
  /** Cuts every stream: for when nobody can vouch for them any more. */
  cutAll(): Promise<void>
  /** Cuts every stream of one instance; their clients come back. */
  cutInstance(instance: number): Promise<void>
  /** Ends what an earlier life of this process had let in. */
  cutGate(gate: string): Promise<void>
  count(): number
  /** Whose streams they are, of those that have opened. */
  live(): LiveWord
  stuckInstances(): number[]
}

interface Open extends Opening {
  openedAt: number
  /** Nchan has it. */
  isSubscribed: boolean
}

/** A stream that was let in and did not come for this long never will, in ms: its client broke off. */
const COMES_WITHIN_MS = 10_000
/** How many streams one audit looks up. */
const AUDIT_SIZE = 20

export function createStreams(needs: StreamsNeeds): Streams {
  const { instances, cutter, newGate, monotonic, most, mostPerSession, mostPerUser, onTrouble } = needs
  const byConn = new Map<string, Open>()
  const bySession = new Map<string, Set<Open>>()
  const byUser = new Map<string, Set<Open>>()
  /** The life of each instance, and until when it was seen. */
  const lives = instances.map(() => ({
    id: undefined as string | undefined,
    seenAt: Number.NEGATIVE_INFINITY,
  }))
  let gate = newGate()
  let auditing = byConn.values()

  function forget(open: Open) {
    byConn.delete(open.conn)
    removeFrom(bySession, open.claims.sid, open)
    removeFrom(byUser, open.claims.sub, open)
  }

  function end(open: Open) {
    forget(open)
    cutter.cut(open.instance, `conn/${open.conn}`).catch((err) => onTrouble('a stream could not be cut', err))
  }

  /** Makes room for one more of those that are counted together. */
  function makeRoom(all: ReadonlySet<Open> | undefined, room: number) {
    const [oldest] = all ?? []
    if (oldest !== undefined && (all?.size ?? 0) >= room) end(oldest)
  }

  const cutGateOf = (instance: number, name: string) => cutter.cut(instance, `gate/${name}`)
  const cutGate = async (name: string) => {
    await Promise.all(instances.map((_, at) => cutGateOf(at + 1, name)))
  }

  /** Drops the streams of an earlier life of an instance: they ended with it. */
  async function noticeRestart(instance: Instance, at: number): Promise<void> {
    const life = lives[at]
    const askedAt = monotonic()
    const id = await instance.life()
    if (life === undefined || id === undefined) return
    if (life.id !== undefined && life.id !== id) {
      cutter.restarted(at + 1)
      for (const open of [...byConn.values()]) {
        if (open.instance === at + 1 && open.openedAt <= life.seenAt) forget(open)
      }
    }
    life.id = id
    life.seenAt = askedAt
  }

  /** Some of all, a few each time. */
  function nextToAudit(): Open[] {
    const now = monotonic()
    const due: Open[] = []
    for (let tries = 0; tries < Math.min(AUDIT_SIZE, byConn.size); tries += 1) {
      const next = auditing.next()
      if (next.done) {
        auditing = byConn.values()
        break
      }
      if (now - next.value.openedAt > COMES_WITHIN_MS) due.push(next.value)
    }
    return due
  }

  return {
    gate: () => gate,
    open(opening) {
      const { conn, instance, claims } = opening
      if (byConn.size >= most || instances[instance - 1] === undefined) return false
      // One login that opens ever more, or an account with many logins, must not use up everybody's room.
      makeRoom(bySession.get(claims.sid), mostPerSession)
      makeRoom(byUser.get(claims.sub), mostPerUser)
      const open = { ...opening, openedAt: monotonic(), isSubscribed: false }
      byConn.set(conn, open)
      addTo(bySession, claims.sid, open)
      addTo(byUser, claims.sub, open)
      return true
    },
    opened(conn, instance) {
      const open = byConn.get(conn)
      if (open === undefined) {
        // Its session ended between the verdict and the subscription.
        cutter.cut(instance, `conn/${conn}`).catch((err) => onTrouble('a stream could not be cut', err))
        return
      }
      open.isSubscribed = true
      needs.onOpen?.()
    },
    closed(conn) {
      cutter.ended(`conn/${conn}`)
      const open = byConn.get(conn)
      if (open !== undefined) forget(open)
    },
    revoke({ kind, key, generation }) {
      if (kind === 'sid') {
        for (const open of [...(bySession.get(key) ?? [])]) end(open)
        return
      }
      if (kind === 'user') {
        for (const open of [...(byUser.get(key) ?? [])]) if (open.claims.gen < generation) end(open)
        return
      }
      for (const open of [...byConn.values()]) if (open.claims.jti === key) end(open)
    },
    renew(sessionId, until) {
      for (const open of bySession.get(sessionId) ?? []) {
        if (until > open.claims.exp) open.claims = { ...open.claims, exp: until }
      }
    },
    review(isDead) {
      for (const open of [...byConn.values()]) if (isDead(open.claims)) end(open)
    },
    async audit() {
      await Promise.all(instances.map(noticeRestart))
      await Promise.all(
        nextToAudit().map(async (open) => {
          const there = await instances[open.instance - 1]?.subscribers(`conn/${open.conn}`)
          if (there === 0 && byConn.get(open.conn) === open) forget(open)
        }),
      )
    },
    async cutAll() {
      const old = gate
      gate = newGate()
      byConn.clear()
      bySession.clear()
      byUser.clear()
      await cutGate(old)
    },
    async cutInstance(instance) {
      for (const open of [...byConn.values()]) if (open.instance === instance) forget(open)
      // Once: those that come back belong to the same gate.
      await instances[instance - 1]?.cut(`gate/${gate}`)
    },
    cutGate,
    count: () => byConn.size,
    live() {
      const online = new Set<string>()
      const listening = new Set<string>()
      for (const { claims, isPrivate, isSubscribed } of byConn.values()) {
        if (!isSubscribed) continue
        online.add(claims.sub)
        if (isPrivate) listening.add(claims.sub)
      }
      return { online: [...online], listening: [...listening] }
    },
    stuckInstances: cutter.stuck,
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
