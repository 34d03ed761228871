import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actorOf, createWorldMaker, type Fault } from './fixtures/webrtc-credentials.ts'

describe('WebRTC credentials', () => {
  const world = createWorldMaker()

  test('after any faults and crashes the PBX has the active credentials and no others', async () => {
    const fault = fc.constantFrom<Fault>('before', 'after', 'killed before', 'killed after')
    const step = fc.oneof(
      fc.record({ kind: fc.constant('lend'), user: fc.constantFrom('1', '2'), session: fc.nat(2) }),
      fc.record({ kind: fc.constant('end'), session: fc.nat(2) }),
      fc.record({ kind: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ kind: fc.constant('tend') }),
      fc.record({ kind: fc.constant('fault'), fault }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { credentials, store, auths, faults, ended, wait, nowS } = await world()
        /** A killed operation never returns. */
        const orKilled = (work: Promise<unknown>) =>
          Promise.race([work.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 30))])
        const given = new Map<string, { session: string; until: number }>()
        for (const one of steps) {
          if (one.kind === 'lend' && 'user' in one) {
            const session = `${one.user}-${one.session}`
            if (ended.has(session)) continue
            await orKilled(
              credentials
                .issue(actorOf(one.user, session))
                .then(({ password, expiresAt }) => given.set(password, { session, until: expiresAt })),
            )
          }
          if (one.kind === 'end' && 'session' in one) {
            ended.add(`1-${one.session}`)
            ended.add(`2-${one.session}`)
          }
          if ('seconds' in one) wait(one.seconds)
          if (one.kind === 'tend') await orKilled(credentials.tick())
          if ('fault' in one) faults.push(one.fault)
        }
        faults.length = 0
        for (let n = 0; n < 4; n += 1) {
          wait(9)
          await credentials.tick()
        }
        const lent = await store.listActive({ afterId: '', limit: 100 })
        expect([...auths.keys()].sort()).toEqual(lent.map(({ id }) => id).sort())
        for (const extension of ['1001', '1002']) {
          const all = await store.listByExtension(extension)
          expect(all.length).toBeLessThanOrEqual(3)
          expect(all.every(({ state }) => state === 'active')).toBe(true)
        }
        for (const secret of auths.values()) {
          const { session, until } = given.get(secret) ?? { session: '', until: 0 }
          // Credentials of a killed operation may stay unused until they expire.
          if (session !== '') expect([ended.has(session), until > nowS()]).toEqual([false, true])
        }
      }),
      { numRuns: 30 },
    )
  })
})
