import type { Claims } from './claims.ts'

/** One fact to hold against tokens until no token it concerns can be alive. */
export interface Revocation {
  /** `sid` ends a session, `jti` one token, `user` every token of a user below `generation`. */
  kind: 'sid' | 'jti' | 'user'
  key: string
  /** For `user` only; 0 otherwise. A counter, as seconds cannot tell two logins of one second apart. */
  generation: number
  /** Unix seconds after which it may be forgotten. */
  until: number
}

/**
 * What one process knows of revocations. It only ever learns: nothing is un-revoked, and after trouble
 * with the store it is `doubted` until somebody who read everything says otherwise.
 */
export interface RevocationCache {
  add(revocation: Revocation): void
  /** Whether these claims are revoked, by all that is known. */
  isRevoked(claims: Claims): boolean
  /** All up to the monotonic time `heardAtMs` is known, and tokens issued before `cutoff` (unix s) are dead. */
  markFresh(asOfMs: number, cutoff: number): void
  /** What is known may have holes: nothing can be judged until the next `trust`. */
  markStale(): void
  /** How old the knowledge is, in ms; Infinity while doubted. */
  ageMs(monotonicMs: number): number
  /** Forgets up to `most` of what nobody needs at `nowS`; call it often, it goes on where it stopped. */
  prune(nowS: number, maxEntries: number): void
  size(): number
  onAdd(listener: (revocation: Revocation) => void): void
}

export function createRevocationCache(): RevocationCache {
  const sessions = new Map<string, number>()
  const tokens = new Map<string, number>()
  const users = new Map<string, { generation: number; until: number }>()
  const listeners: ((revocation: Revocation) => void)[] = []
  let asOfMs = Number.NEGATIVE_INFINITY
  let cutoff = 0
  let pruning = entriesToPrune()

  function* entriesToPrune(): Generator<(nowS: number) => void> {
    for (const map of [sessions, tokens]) {
      for (const [key, until] of map) yield (nowS) => void (until < nowS && map.delete(key))
    }
    for (const [key, { until }] of users) yield (nowS) => void (until < nowS && users.delete(key))
  }

  return {
    add(revocation) {
      const { kind, key, generation, until } = revocation
      if (kind === 'user') {
        const known = users.get(key)
        users.set(key, {
          generation: Math.max(generation, known?.generation ?? 0),
          until: Math.max(until, known?.until ?? 0),
        })
      } else {
        const map = kind === 'sid' ? sessions : tokens
        map.set(key, Math.max(until, map.get(key) ?? 0))
      }
      for (const listener of listeners) listener(revocation)
    },
    isRevoked: (claims) =>
      claims.iat < cutoff ||
      sessions.has(claims.sid) ||
      tokens.has(claims.jti) ||
      (users.get(claims.sub)?.generation ?? 0) > claims.gen,
    markFresh(newAsOfMs, newCutoff) {
      asOfMs = newAsOfMs
      cutoff = Math.max(cutoff, newCutoff)
    },
    markStale() {
      asOfMs = Number.NEGATIVE_INFINITY
    },
    ageMs: (monotonicMs) => monotonicMs - asOfMs,
    prune(nowS, maxEntries) {
      for (let n = 0; n < maxEntries; n += 1) {
        const next = pruning.next()
        if (next.done) {
          pruning = entriesToPrune()
          return
        }
        next.value(nowS)
      }
    },
    size: () => sessions.size + tokens.size + users.size,
    onAdd: (listener) => void listeners.push(listener),
  }
}
