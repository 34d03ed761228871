import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../../../../api/core/actor.ts'
import type { Extension } from '../../../../api/core/provisioning/extensions.ts'
import { ProvisioningError } from '../../../../api/core/provisioning/provisioner.ts'
import { createSecretSeal } from '../../../../api/core/provisioning/sip-secret.ts'
import type { CredentialProvisioner } from '../../../../api/core/provisioning/webrtc-credential-provisioner.ts'
import {
  createWebrtcCredentials,
  type WebrtcCredentialsNeeds,
} from '../../../../api/core/provisioning/webrtc-credentials.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { createEphemeralCredentialStore } from '../../../../api/store/sql/provisioning/webrtc-credentials.ts'
import { AUDIENCE, ISSUER } from '../../../../contract/claims.ts'

/** What happens to one deed of the PBX: it fails before, after it was done, or its API is killed there. */
type Fault = 'before' | 'after' | 'killed before' | 'killed after'

/** The loans of ten extensions over a real SQLite, with a PBX in memory and a clock that tests turn. */
function createWorld(db: Database, { ttl = 600, ...difference }: Partial<WebrtcCredentialsNeeds> = {}) {
  const time = { ms: 1_700_000_000_000 }
  const auths = new Map<string, string>()
  const cuts: string[] = []
  const faults: Fault[] = []
  const ended = new Set<string>()
  async function deed(work: () => void): Promise<void> {
    const fault = faults.shift()
    if (fault !== 'before' && fault !== 'killed before') work()
    if (fault?.startsWith('killed')) return new Promise(() => {})
    if (fault !== undefined) throw new ProvisioningError('unreachable', 'it is away')
  }
  const provisioner: CredentialProvisioner = {
    add: (_, { id, secret }) => deed(() => void auths.set(id, secret)),
    remove: ({ extension }, id, cutsBrowsers) =>
      deed(() => {
        auths.delete(id)
        if (cutsBrowsers) cuts.push(extension)
      }),
  }
  const extensionOf = (userId: string): Extension => ({
    extension: `100${userId}`,
    state: 'ready',
    userId,
    ownershipTag: `m${userId}`,
    sealedSecret: '',
    authUsername: null,
    attempts: 0,
    lastError: null,
    nextTryAt: 0,
    changedAt: 0,
  })
  const store = createEphemeralCredentialStore(db)
  const troubles: string[] = []
  const lending = createWebrtcCredentials({
    store,
    provisioner,
    extensions: { findByUser: async (userId) => extensionOf(userId) },
    users: { find: async () => undefined },
    verifier: { checkClaims: ({ sid }) => (ended.has(sid) ? 'token_revoked' : undefined) },
    seal: createSecretSeal(Buffer.alloc(32, 7)),
    ttl,
    lockTimeoutMs: 0,
    now: () => time.ms,
    onError: (what) => void troubles.push(what),
    ...difference,
  })
  return {
    lending,
    loans: store,
    auths,
    cuts,
    faults,
    ended,
    troubles,
    wait: (seconds: number) => {
      time.ms += seconds * 1000
    },
    nowS: () => time.ms / 1000,
  }
}

const actorOf = (userId: string, sessionId = `s${userId}`, sxp?: number): Actor => ({
  userId,
  sessionId,
  claims: {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: userId,
    sid: sessionId,
    jti: 'j',
    iat: 1_700_000_000,
    exp: 1_700_003_600,
    gen: 0,
    role: 'user',
    ...(sxp !== undefined && { sxp }),
  },
})

describe('lending', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lending-'))
  const url = `sqlite:${join(folder, 'hookswitch.db')}`
  let db: Database
  beforeAll(async () => {
    await migrate(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })
  async function world(difference: Partial<WebrtcCredentialsNeeds> = {}) {
    await db.query.deleteFrom('sip_loans').execute()
    return createWorld(db, difference)
  }

  test('lasts for its time, and no longer than the session', async () => {
    const { lending, nowS } = await world()
    expect((await lending.issue(actorOf('1'))).expiresAt).toBe(nowS() + 600)
    expect((await lending.issue(actorOf('1', 's', nowS() + 60))).expiresAt).toBe(nowS() + 60)
  })

  test('a renewed token keeps it, an ended session takes it and the browser away', async () => {
    const { lending, auths, cuts, ended } = await world()
    const { password } = await lending.issue(actorOf('1'))
    await lending.issue(actorOf('2'))
    await lending.tick()
    expect([...auths.values()]).toContain(password)
    ended.add('s1')
    await lending.tick()
    expect([...auths.values()]).not.toContain(password)
    expect([auths.size, cuts]).toEqual([1, ['1001']])
  })

  test('one that ran out cuts no browser while another is lent', async () => {
    const { lending, cuts, wait } = await world()
    await lending.issue(actorOf('1'))
    wait(400)
    await lending.issue(actorOf('1'))
    wait(250)
    await lending.tick()
    expect(cuts).toEqual([])
    wait(400)
    await lending.tick()
    expect(cuts).toEqual(['1001'])
  })

  test('the oldest of three makes room for one more, at once', async () => {
    const { lending, auths, wait } = await world()
    const given: string[] = []
    for (let n = 0; n < 4; n += 1) {
      wait(1)
      given.push((await lending.issue(actorOf('1', `s${n}`))).password)
    }
    expect([...auths.values()].sort()).toEqual(given.slice(1).sort())
  })

  test('those who are lent it at the same moment find room, and the surplus goes soon', async () => {
    const { lending, auths } = await world({ lockTimeoutMs: 5_000 })
    await lending.issue(actorOf('1'))
    await lending.issue(actorOf('1'))
    await Promise.all([lending.issue(actorOf('1')), lending.issue(actorOf('1'))])
    expect(auths.size).toBe(4)
    await lending.tick()
    expect(auths.size).toBe(3)
  })

  test('while revocations cannot be judged nothing is taken away early', async () => {
    const { lending, auths } = await world({ verifier: { checkClaims: () => 'cannot_judge' } })
    await lending.issue(actorOf('1'))
    await lending.tick()
    expect(auths.size).toBe(1)
  })

  test.each<[string, Partial<WebrtcCredentialsNeeds>, string]>([
    ['no PBX that lends', { provisioner: undefined }, 'not_supported'],
    ['no extension', { extensions: { findByUser: async () => undefined } }, 'conflict'],
    [
      'an extension of others',
      {
        provisioner: {
          add: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
          remove: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
        },
      },
      'not_supported',
    ],
    [
      'a PBX that is away',
      {
        provisioner: {
          add: async () => Promise.reject(new ProvisioningError('unreachable', 'gone')),
          remove: async () => {},
        },
      },
      'unavailable',
    ],
  ])('%s is refused, and leaves nothing', async (_, difference, code) => {
    const { lending, loans } = await world(difference)
    await expect(lending.issue(actorOf('1'))).rejects.toMatchObject({ code })
    await lending.tick()
    expect(await loans.listByExtension('1001')).toEqual([])
  })

  test('whatever fails, whoever is killed: at rest the PBX has what is lent, and nothing else', async () => {
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
        const { lending, loans, auths, faults, ended, wait, nowS, troubles } = await world()
        /** What is killed is never heard of again. */
        const orKilled = (work: Promise<unknown>) =>
          Promise.race([work.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 30))])
        const given = new Map<string, { session: string; until: number }>()
        for (const one of steps) {
          if (one.kind === 'lend' && 'user' in one) {
            const session = `${one.user}-${one.session}`
            if (ended.has(session)) continue
            await orKilled(
              lending
                .issue(actorOf(one.user, session))
                .then(({ password, expiresAt }) => given.set(password, { session, until: expiresAt })),
            )
          }
          if (one.kind === 'end' && 'session' in one) {
            ended.add(`1-${one.session}`)
            ended.add(`2-${one.session}`)
          }
          if ('seconds' in one) wait(one.seconds)
          if (one.kind === 'tend') await orKilled(lending.tick())
          if ('fault' in one) faults.push(one.fault)
        }
        faults.length = 0
        for (let n = 0; n < 4; n += 1) {
          wait(9)
          await lending.tick()
        }
        const lent = await loans.listActive({ afterId: '', limit: 100 })
        expect([...auths.keys()].sort()).toEqual(lent.map(({ id }) => id).sort())
        for (const extension of ['1001', '1002']) {
          const all = await loans.listByExtension(extension)
          expect(all.length).toBeLessThanOrEqual(3)
          expect(all.every(({ state }) => state === 'lent')).toBe(true)
        }
        for (const secret of auths.values()) {
          const { session, until } = given.get(secret) ?? { session: '', until: 0 }
          // What was killed after the deed may be lent to nobody: never for longer than it says.
          if (session !== '') expect([ended.has(session), until > nowS()]).toEqual([false, true])
        }
        expect(troubles.every((one) => /could not be/.test(one))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})
