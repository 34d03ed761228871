import type { Claims } from './claims.ts'
import type { Revocation } from './revocation-entries.ts'
import { createServiceTokenCache, type ServiceTokenCache } from './service-token-cache.ts'

/**
 * The revocations that one process knows. Entries are never removed before they expire. After a store failure the cache
 * is stale until the whole log has been re-read.
 */
export interface RevocationCache {
  add(revocation: Revocation): void
  /** Whether these claims are revoked, by all entries so far. */
  isRevoked(claims: Claims): boolean
  /**
   * The cache holds every revocation up to `asOfMs`, and tokens issued before `cutoff` are revoked.
   * @param asOfMs monotonic time
   * @param cutoff unix seconds; an earlier one than before has no effect
   */
  markFresh(asOfMs: number, cutoff: number): void
  /** Entries may be missing: no token can be verified until the next `markFresh`. */
  markStale(): void
  /** How old the cache's knowledge is, in ms; Infinity while it is stale. */
  ageMs(monotonicMs: number): number
  /** Looks at the next `maxEntries` entries and deletes those that expired before `nowS` (unix seconds). Call it often. */
  prune(nowS: number, maxEntries: number): void
  size(): number
  /** Calls `listener` after each `add`. */
  onAdd(listener: (revocation: Revocation) => void): void
  /** From the same log: they are known as well as the revocations are. */
  serviceTokens: ServiceTokenCache
}

export function createRevocationCache(): RevocationCache {
  const sessions = new Map<string, number>()
  const tokens = new Map<string, number>()
  const users = new Map<string, { generation: number; until: number }>()
  const serviceTokens = createServiceTokenCache()
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
    serviceTokens,
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
          serviceTokens.prune(nowS)
          return
        }
        next.value(nowS)
      }
    },
    size: () => sessions.size + tokens.size + users.size,
    onAdd: (listener) => void listeners.push(listener),
  }
}
