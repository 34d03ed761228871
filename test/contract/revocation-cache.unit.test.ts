import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Claims } from '../../contract/claims.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { validClaims } from './mint-token.ts'

const claimsOf = (flaw: Partial<Claims>): Claims => ({
  ...validClaims(100),
  iss: 'hookswitch',
  aud: 'hookswitch',
  role: 'user',
  ...flaw,
})

/** What a revocation concerns, said in the plainest way. */
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
  { weight: 4, arbitrary: revocations.map((revocation) => ({ do: 'apply', revocation }) as const) },
  { weight: 3, arbitrary: fc.nat(6).map((most) => ({ do: 'sweep', most }) as const) },
  { weight: 2, arbitrary: fc.nat(3).map((seconds) => ({ do: 'wait', seconds }) as const) },
  { weight: 1, arbitrary: fc.nat(20).map((cutoff) => ({ do: 'trust', cutoff }) as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'doubt' } as const) },
)

test('in whatever order things happen, nothing is un-revoked before its time and nobody else is revoked', () => {
  fc.assert(
    fc.property(
      fc.array(steps, { maxLength: 40 }),
      fc.array(tokens, { minLength: 1, maxLength: 8 }),
      (all, many) => {
        const memory = createRevocationCache()
        const applied: Revocation[] = []
        let [nowS, cutoff, trustedAt] = [0, 0, Number.NEGATIVE_INFINITY]
        for (const step of all) {
          if (step.do === 'apply') {
            memory.add(step.revocation)
            applied.push(step.revocation)
          } else if (step.do === 'sweep') memory.prune(nowS, step.most)
          else if (step.do === 'wait') nowS += step.seconds
          else if (step.do === 'doubt') {
            memory.markStale()
            trustedAt = Number.NEGATIVE_INFINITY
          } else {
            memory.markFresh(nowS * 1000, step.cutoff)
            trustedAt = nowS * 1000
            cutoff = Math.max(cutoff, step.cutoff)
          }

          expect(memory.ageMs(nowS * 1000)).toBe(nowS * 1000 - trustedAt)
          for (const token of many) {
            const claims = claimsOf(token)
            const mine = applied.filter((revocation) => concerns(revocation, claims))
            const holds = memory.isRevoked(claims)
            if (claims.iat < cutoff || mine.some(({ until }) => until >= nowS)) expect(holds).toBe(true)
            if (claims.iat >= cutoff && mine.length === 0) expect(holds).toBe(false)
          }
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('sweeping forgets exactly what nobody needs any more', () => {
  fc.assert(
    fc.property(
      fc.array(revocations, { maxLength: 60 }),
      fc.nat(32),
      fc.integer({ min: 1, max: 9 }),
      (all, nowS, most) => {
        const memory = createRevocationCache()
        for (const [n, revocation] of all.entries()) {
          memory.add(revocation)
          // Sweeping in between, and stopping midway, must not make a later one forget more or less.
          if (n % 3 === 0) memory.prune(0, most)
        }
        const latest = new Map<string, number>()
        for (const { kind, key, until } of all) {
          latest.set(`${kind} ${key}`, Math.max(until, latest.get(`${kind} ${key}`) ?? 0))
        }
        const live = [...latest.values()].filter((until) => until >= nowS).length
        // One sweep may still be on its way through what was there before.
        for (let n = 0; n < 2 + (2 * all.length) / most; n += 1) memory.prune(nowS, most)
        for (let n = 0; n < 2 + (2 * all.length) / most; n += 1) memory.prune(nowS, most)
        expect(memory.size()).toBe(live)
      },
    ),
    { numRuns: 1_000 },
  )
})

describe('a revocation', () => {
  test.each([
    ['before its time', 49, 1],
    ['at its very time', 50, 1],
    ['a moment later', 50.001, 0],
  ])('swept %s leaves %i', (_, nowS, left) => {
    const memory = createRevocationCache()
    memory.add({ kind: 'sid', key: 's', generation: 0, until: 50 })
    memory.prune(nowS, 100)
    memory.prune(nowS, 100)
    expect(memory.size()).toBe(left)
  })

  test('counts though nobody swept it after its time', () => {
    const memory = createRevocationCache()
    memory.add({ kind: 'sid', key: 'session-1', generation: 0, until: 0 })
    expect(memory.isRevoked(claimsOf({}))).toBe(true)
  })

  test('said twice lasts for the longer of both, in whatever order', () => {
    for (const untils of [
      [10, 90],
      [90, 10],
    ]) {
      const memory = createRevocationCache()
      for (const until of untils) memory.add({ kind: 'jti', key: 'token-1', generation: 0, until })
      memory.prune(50, 100)
      expect(memory.isRevoked(claimsOf({}))).toBe(true)
    }
  })

  test('of a user never goes back to an older generation', () => {
    const memory = createRevocationCache()
    for (const generation of [2, 5, 1]) memory.add({ kind: 'user', key: '7', generation, until: 90 })
    expect(memory.isRevoked(claimsOf({ gen: 4 }))).toBe(true)
    expect(memory.isRevoked(claimsOf({ gen: 5 }))).toBe(false)
  })

  test('is told to every listener, also when it is known', () => {
    const memory = createRevocationCache()
    const heard: string[] = []
    memory.onAdd(({ key }) => void heard.push(`first ${key}`))
    memory.onAdd(({ key }) => void heard.push(`second ${key}`))
    const revocation = { kind: 'sid', key: 's', generation: 0, until: 9 } as const
    memory.add(revocation)
    memory.add(revocation)
    expect(heard).toEqual(['first s', 'second s', 'first s', 'second s'])
  })

  test('is known when its listeners hear of it', () => {
    const memory = createRevocationCache()
    let known = false
    memory.onAdd(() => {
      known = memory.isRevoked(claimsOf({}))
    })
    memory.add({ kind: 'sid', key: 'session-1', generation: 0, until: 9 })
    expect(known).toBe(true)
  })
})

describe('trust', () => {
  test('is not there at the start: the age is without end', () => {
    expect(createRevocationCache().ageMs(0)).toBe(Number.POSITIVE_INFINITY)
  })
  test('never takes a cutoff back', () => {
    const memory = createRevocationCache()
    memory.markFresh(0, 200)
    memory.markFresh(0, 100)
    expect(memory.isRevoked(claimsOf({ iat: 150 }))).toBe(true)
  })
  test('lost leaves what is known as it is', () => {
    const memory = createRevocationCache()
    memory.markFresh(0, 200)
    memory.add({ kind: 'sid', key: 's', generation: 0, until: 900 })
    memory.markStale()
    expect(memory.isRevoked(claimsOf({ iat: 150 }))).toBe(true)
    expect(memory.isRevoked(claimsOf({ iat: 250, sid: 's' }))).toBe(true)
  })
})
