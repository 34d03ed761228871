import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Claims } from '../../contract/claims.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { validClaims } from './mint-token.ts'

const claimsOf = (changes: Partial<Claims>): Claims => ({
  ...validClaims(100),
  iss: 'hookswitch',
  aud: 'hookswitch',
  role: 'user',
  ...changes,
})

/** Whether a revocation concerns a token, written as simply as possible. */
const concerns = ({ kind, key, generation }: Revocation, claims: Claims) =>
  kind === 'sid'
    ? claims.sid === key
    : kind === 'jti'
      ? claims.jti === key
      : claims.sub === key && claims.gen < generation

const revocations = fc.record<Revocation>({
  kind: fc.constantFrom('sid', 'jti', 'user'),
  key: fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'),
  generation: fc.nat(3),
  until: fc.nat(30),
})
const tokens = fc.record({
  sid: fc.constantFrom('a', 'b', '__proto__'),
  jti: fc.constantFrom('b', 'c', 'constructor'),
  sub: fc.constantFrom('a', 'c', '__proto__'),
  gen: fc.nat(3),
  iat: fc.nat(20),
})
const steps = fc.oneof(
  { weight: 4, arbitrary: revocations.map((revocation) => ({ do: 'add', revocation }) as const) },
  { weight: 3, arbitrary: fc.nat(6).map((maxEntries) => ({ do: 'prune', maxEntries }) as const) },
  { weight: 2, arbitrary: fc.nat(3).map((seconds) => ({ do: 'wait', seconds }) as const) },
  { weight: 1, arbitrary: fc.nat(20).map((cutoff) => ({ do: 'mark fresh', cutoff }) as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'mark stale' } as const) },
)

test('the cache, in any order of operations, revokes until an entry expires, and revokes no other token', () => {
  fc.assert(
    fc.property(
      fc.array(steps, { maxLength: 40 }),
      fc.array(tokens, { minLength: 1, maxLength: 8 }),
      (all, many) => {
        const cache = createRevocationCache()
        const added: Revocation[] = []
        let [nowS, cutoff, freshAt] = [0, 0, Number.NEGATIVE_INFINITY]
        for (const step of all) {
          if (step.do === 'add') {
            cache.add(step.revocation)
            added.push(step.revocation)
          } else if (step.do === 'prune') cache.prune(nowS, step.maxEntries)
          else if (step.do === 'wait') nowS += step.seconds
          else if (step.do === 'mark stale') {
            cache.markStale()
            freshAt = Number.NEGATIVE_INFINITY
          } else {
            cache.markFresh(nowS * 1000, step.cutoff)
            freshAt = nowS * 1000
            cutoff = Math.max(cutoff, step.cutoff)
          }

          expect(cache.ageMs(nowS * 1000)).toBe(nowS * 1000 - freshAt)
          for (const token of many) {
            const claims = claimsOf(token)
            const concerning = added.filter((revocation) => concerns(revocation, claims))
            const isRevoked = cache.isRevoked(claims)
            if (claims.iat < cutoff || concerning.some(({ until }) => until >= nowS))
              expect(isRevoked).toBe(true)
            if (claims.iat >= cutoff && concerning.length === 0) expect(isRevoked).toBe(false)
          }
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('pruning deletes exactly the expired entries', () => {
  fc.assert(
    fc.property(
      fc.array(revocations, { maxLength: 60 }),
      fc.nat(32),
      fc.integer({ min: 1, max: 9 }),
      (all, nowS, maxEntries) => {
        const cache = createRevocationCache()
        for (const [n, revocation] of all.entries()) {
          cache.add(revocation)
          // A prune in between, which stops midway, must not change what a later one deletes.
          if (n % 3 === 0) cache.prune(0, maxEntries)
        }
        const latest = new Map<string, number>()
        for (const { kind, key, until } of all) {
          latest.set(`${kind} ${key}`, Math.max(until, latest.get(`${kind} ${key}`) ?? 0))
        }
        const live = [...latest.values()].filter((until) => until >= nowS).length
        // A pass over earlier entries may still be in progress.
        for (let n = 0; n < 2 + (2 * all.length) / maxEntries; n += 1) cache.prune(nowS, maxEntries)
        for (let n = 0; n < 2 + (2 * all.length) / maxEntries; n += 1) cache.prune(nowS, maxEntries)
        expect(cache.size()).toBe(live)
      },
    ),
    { numRuns: 1_000 },
  )
})

describe('an entry of the cache', () => {
  test.each([
    ['before it expires', 49, 1],
    ['at the moment it expires', 50, 1],
    ['a moment later', 50.001, 0],
  ])('pruned %s leaves %i entries', (_, nowS, left) => {
    const cache = createRevocationCache()
    cache.add({ kind: 'sid', key: 's', generation: 0, until: 50 })
    cache.prune(nowS, 100)
    cache.prune(nowS, 100)
    expect(cache.size()).toBe(left)
  })

  test('stays in force after it has expired, until it is pruned', () => {
    const cache = createRevocationCache()
    cache.add({ kind: 'sid', key: 'session-1', generation: 0, until: 0 })
    expect(cache.isRevoked(claimsOf({}))).toBe(true)
  })

  test('that is added twice lasts until the later of both times, in any order', () => {
    for (const untils of [
      [10, 90],
      [90, 10],
    ]) {
      const cache = createRevocationCache()
      for (const until of untils) cache.add({ kind: 'jti', key: 'token-1', generation: 0, until })
      cache.prune(50, 100)
      expect(cache.isRevoked(claimsOf({}))).toBe(true)
    }
  })

  test('of a user never returns to an older generation', () => {
    const cache = createRevocationCache()
    for (const generation of [2, 5, 1]) cache.add({ kind: 'user', key: '7', generation, until: 90 })
    expect(cache.isRevoked(claimsOf({ gen: 4 }))).toBe(true)
    expect(cache.isRevoked(claimsOf({ gen: 5 }))).toBe(false)
  })

  test('is passed to every listener, even if it is already known', () => {
    const cache = createRevocationCache()
    const notifications: string[] = []
    cache.onAdd(({ key }) => void notifications.push(`first ${key}`))
    cache.onAdd(({ key }) => void notifications.push(`second ${key}`))
    const revocation = { kind: 'sid', key: 's', generation: 0, until: 9 } as const
    cache.add(revocation)
    cache.add(revocation)
    expect(notifications).toEqual(['first s', 'second s', 'first s', 'second s'])
  })

  test('is in force before its listeners are called', () => {
    const cache = createRevocationCache()
    let isInForce = false
    cache.onAdd(() => {
      isInForce = cache.isRevoked(claimsOf({}))
    })
    cache.add({ kind: 'sid', key: 'session-1', generation: 0, until: 9 })
    expect(isInForce).toBe(true)
  })
})

describe('the freshness of the cache', () => {
  test('is missing at the start: the age is infinite', () => {
    expect(createRevocationCache().ageMs(0)).toBe(Number.POSITIVE_INFINITY)
  })
  test('never lowers the cutoff', () => {
    const cache = createRevocationCache()
    cache.markFresh(0, 200)
    cache.markFresh(0, 100)
    expect(cache.isRevoked(claimsOf({ iat: 150 }))).toBe(true)
  })
  test('can be lost without losing entries', () => {
    const cache = createRevocationCache()
    cache.markFresh(0, 200)
    cache.add({ kind: 'sid', key: 's', generation: 0, until: 900 })
    cache.markStale()
    expect(cache.isRevoked(claimsOf({ iat: 150 }))).toBe(true)
    expect(cache.isRevoked(claimsOf({ iat: 250, sid: 's' }))).toBe(true)
  })
})
