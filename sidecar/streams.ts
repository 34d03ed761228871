import type { Claims } from '../contract/claims.ts'
import type { LiveWord } from '../contract/live-users.ts'
import type { Revocation } from '../contract/revocation.ts'

/** What Nchan says to a DELETE: the channel had subscribers, had none, or nginx was not there. */
export type CutResult = 'cut' | 'nobody' | 'away'

export interface StreamsNeeds {
  /** Deletes a channel of this nginx, ending every stream that has it among its own. */
  cut(channel: string): Promise<CutResult>
  newGate: () => string
  most: number
  /** Of one session; the oldest makes room for one more. */
  mostPerSession: number
  onTrouble(message: string, err?: unknown): void
  /** A stream was let in. */
  onOpen?(): void
}

/** The open streams this sidecar let in, and how each of them ends. */
export interface Streams {
  /** The shared channel that streams let in now belong to. */
  gate(): string
  /** @returns false when there are too many */
  open(conn: string, claims: Claims, isPrivate: boolean): boolean
  closed(conn: string): void
  /** Cuts the streams a revocation concerns. */
  revoke(revocation: Revocation): void
  /** Lets the streams of a session go on until a newer token's `exp` (unix seconds). */
  renew(sessionId: string, until: number): void
  /** Cuts the streams whose claims are no longer good; call it every second. */
  review(isDead: (claims: Claims) => boolean): void
  /** Cuts every stream: for when nobody can vouch for them any more. */
  cutAll(): Promise<void>
  /** Ends what an earlier life of this process had let in. */
  cutGate(gate: string): Promise<void>
  count(): number
  /** Whose streams they are. */
  live(): LiveWord
}

interface Open {
  conn: string
  claims: Claims
  /** Of the user's own channel, which nobody else can follow. */
  isPrivate: boolean
}

/** A stream that was let in may not have subscribed yet: then a DELETE finds nobody and must come again. */
const RETRIES_MS = [50, 150, 300, 500, 1_000, 2_000, 4_000, 8_000]
export function createStreams(needs: StreamsNeeds): Streams {
  const { cut, newGate, most, mostPerSession, onTrouble } = needs
  const byConn = new Map<string, Open>()
  const bySession = new Map<string, Set<Open>>()
  let gate = newGate()

  function forget(open: Open) {
    byConn.delete(open.conn)
    const rest = bySession.get(open.claims.sid)
    rest?.delete(open)
    if (rest?.size === 0) bySession.delete(open.claims.sid)
  }

  /** Deletes until it was heard once, and never again after that: a repeated DELETE leaves streams stuck. */
  async function cutChannel(channel: string): Promise<void> {
    for (const pause of [...RETRIES_MS, undefined]) {
      const result = await cut(channel)
      if (result === 'cut') return
      if (pause === undefined) {
        if (result === 'away') onTrouble(`nginx was not there to cut ${channel.split('/')[0]} streams`)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, pause).unref())
    }
  }

  function end(open: Open) {
    forget(open)
    cutChannel(`conn/${open.conn}`).catch((err) => onTrouble('a stream could not be cut', err))
  }

  return {
    gate: () => gate,
    open(conn, claims, isPrivate) {
      if (byConn.size >= most) return false
      // One login that opens ever more, or whose closing nobody tells us of, must not use up everybody's room.
      const earlier = bySession.get(claims.sid)
      const [oldest] = earlier ?? []
      if (oldest !== undefined && (earlier?.size ?? 0) >= mostPerSession) end(oldest)
      const open = { conn, claims, isPrivate }
      byConn.set(conn, open)
      const own = bySession.get(claims.sid)
      if (own === undefined) bySession.set(claims.sid, new Set([open]))
      else own.add(open)
      needs.onOpen?.()
      return true
    },
    closed(conn) {
      const open = byConn.get(conn)
      if (open !== undefined) forget(open)
    },
    revoke({ kind, key, generation }) {
      if (kind === 'sid') {
        for (const open of [...(bySession.get(key) ?? [])]) end(open)
        return
      }
      for (const open of [...byConn.values()]) {
        const { jti, sub, gen } = open.claims
        if (kind === 'jti' ? jti === key : sub === key && gen < generation) end(open)
      }
    },
    renew(sessionId, until) {
      for (const open of bySession.get(sessionId) ?? []) {
        if (until > open.claims.exp) open.claims = { ...open.claims, exp: until }
      }
    },
    review(isDead) {
      for (const open of [...byConn.values()]) if (isDead(open.claims)) end(open)
    },
    async cutAll() {
      const old = gate
      gate = newGate()
      byConn.clear()
      bySession.clear()
      await cutChannel(`gate/${old}`)
    },
    cutGate: (old) => cutChannel(`gate/${old}`),
    count: () => byConn.size,
    live() {
      const online = new Set<string>()
      const listening = new Set<string>()
      for (const { claims, isPrivate } of byConn.values()) {
        online.add(claims.sub)
        if (isPrivate) listening.add(claims.sub)
      }
      return { online: [...online], listening: [...listening] }
    },
  }
}
