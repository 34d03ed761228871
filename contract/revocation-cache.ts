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
export interface RevocationMemory {
  apply(revocation: Revocation): void
  /** Whether these claims are revoked, by all that is known. */
  holdsAgainst(claims: Claims): boolean
  /** All up to the monotonic time `heardAtMs` is known, and tokens issued before `cutoff` (unix s) are dead. */
  trust(heardAtMs: number, cutoff: number): void
  /** What is known may have holes: nothing can be judged until the next `trust`. */
  doubt(): void
  /** How old the knowledge is, in ms; Infinity while doubted. */
  ageMs(monotonicMs: number): number
  /** Forgets up to `most` of what nobody needs at `nowS`; call it often, it goes on where it stopped. */
  sweep(nowS: number, most: number): void
  size(): number
  onApply(listener: (revocation: Revocation) => void): void
}

export function createRevocationMemory(): RevocationMemory {
  const sessions = new Map<string, number>()
  const tokens = new Map<string, number>()
  const users = new Map<string, { generation: number; until: number }>()
  const listeners: ((revocation: Revocation) => void)[] = []
  let heardAtMs = Number.NEGATIVE_INFINITY
  let cutoff = 0
  let sweeping = entriesToSweep()

  function* entriesToSweep(): Generator<(nowS: number) => void> {
    for (const map of [sessions, tokens]) {
      for (const [key, until] of map) yield (nowS) => void (until < nowS && map.delete(key))
    }
    for (const [key, { until }] of users) yield (nowS) => void (until < nowS && users.delete(key))
  }

  return {
    apply(revocation) {
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
    holdsAgainst: (claims) =>
      claims.iat < cutoff ||
      sessions.has(claims.sid) ||
      tokens.has(claims.jti) ||
      (users.get(claims.sub)?.generation ?? 0) > claims.gen,
    trust(heardAt, newCutoff) {
      heardAtMs = heardAt
      cutoff = Math.max(cutoff, newCutoff)
    },
    doubt() {
      heardAtMs = Number.NEGATIVE_INFINITY
    },
    ageMs: (monotonicMs) => monotonicMs - heardAtMs,
    sweep(nowS, most) {
      for (let n = 0; n < most; n += 1) {
        const next = sweeping.next()
        if (next.done) {
          sweeping = entriesToSweep()
          return
        }
        next.value(nowS)
      }
    },
    size: () => sessions.size + tokens.size + users.size,
    onApply: (listener) => void listeners.push(listener),
  }
}
