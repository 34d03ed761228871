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

/** Fault of one PBX operation: it fails before or after its effect, or the API is killed there. */
type Fault = 'before' | 'after' | 'killed before' | 'killed after'

/** Credentials of ten extensions in a real SQLite, with a PBX in memory and a clock that tests set. */
function createWorld(db: Database, { ttl = 600, ...difference }: Partial<WebrtcCredentialsNeeds> = {}) {
  const time = { ms: 1_700_000_000_000 }
  const auths = new Map<string, string>()
  const disconnected: string[] = []
  const faults: Fault[] = []
  const ended = new Set<string>()
  async function operation(work: () => void): Promise<void> {
    const fault = faults.shift()
    if (fault !== 'before' && fault !== 'killed before') work()
    if (fault?.startsWith('killed')) return new Promise(() => {})
    if (fault !== undefined) throw new ProvisioningError('unreachable', 'it is away')
  }
  const provisioner: CredentialProvisioner = {
    add: (_, { id, secret }) => operation(() => void auths.set(id, secret)),
    remove: ({ extension }, id, disconnectBrowsers) =>
      operation(() => {
        auths.delete(id)
        if (disconnectBrowsers) disconnected.push(extension)
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
  const errors: string[] = []
  const credentials = createWebrtcCredentials({
    store,
    provisioner,
    extensions: { findByUser: async (userId) => extensionOf(userId) },
    users: { find: async () => undefined },
    verifier: { checkClaims: ({ sid }) => (ended.has(sid) ? 'token_revoked' : undefined) },
    seal: createSecretSeal(Buffer.alloc(32, 7)),
    ttl,
    lockTimeoutMs: 0,
    now: () => time.ms,
    onError: (what) => void errors.push(what),
    ...difference,
  })
  return {
    credentials,
    store: store,
    auths,
    disconnected,
    faults,
    ended,
    errors,
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

describe('WebRTC credentials', () => {
  const folder = mkdtempSync(join(tmpdir(), 'webrtc-credentials-'))
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
    await db.query.deleteFrom('webrtc_credentials').execute()
    return createWorld(db, difference)
  }

  test('expire after their TTL, or with the session', async () => {
    const { credentials, nowS } = await world()
    expect((await credentials.issue(actorOf('1'))).expiresAt).toBe(nowS() + 600)
    expect((await credentials.issue(actorOf('1', 's', nowS() + 60))).expiresAt).toBe(nowS() + 60)
  })

  test('outlive a renewed token; the end of the session revokes them and disconnects the browser', async () => {
    const { credentials, auths, disconnected, ended } = await world()
    const { password } = await credentials.issue(actorOf('1'))
    await credentials.issue(actorOf('2'))
    await credentials.tick()
    expect([...auths.values()]).toContain(password)
    ended.add('s1')
    await credentials.tick()
    expect([...auths.values()]).not.toContain(password)
    expect([auths.size, disconnected]).toEqual([1, ['1001']])
  })

  test('do not disconnect browsers on expiry while others are active', async () => {
    const { credentials, disconnected, wait } = await world()
    await credentials.issue(actorOf('1'))
    wait(400)
    await credentials.issue(actorOf('1'))
    wait(250)
    await credentials.tick()
    expect(disconnected).toEqual([])
    wait(400)
    await credentials.tick()
    expect(disconnected).toEqual(['1001'])
  })

  test('evict the oldest of three for one more, at once', async () => {
    const { credentials, auths, wait } = await world()
    const given: string[] = []
    for (let n = 0; n < 4; n += 1) {
      wait(1)
      given.push((await credentials.issue(actorOf('1', `s${n}`))).password)
    }
    expect([...auths.values()].sort()).toEqual(given.slice(1).sort())
  })

  test('issued concurrently may exceed the limit, and the excess is revoked soon', async () => {
    const { credentials, auths } = await world({ lockTimeoutMs: 5_000 })
    await credentials.issue(actorOf('1'))
    await credentials.issue(actorOf('1'))
    await Promise.all([credentials.issue(actorOf('1')), credentials.issue(actorOf('1'))])
    expect(auths.size).toBe(4)
    await credentials.tick()
    expect(auths.size).toBe(3)
  })

  test('are not revoked early while revocations cannot be checked', async () => {
    const { credentials, auths } = await world({ verifier: { checkClaims: () => 'cannot_judge' } })
    await credentials.issue(actorOf('1'))
    await credentials.tick()
    expect(auths.size).toBe(1)
  })

  test.each<[string, Partial<WebrtcCredentialsNeeds>, string]>([
    ['a PBX without support', { provisioner: undefined }, 'not_supported'],
    ['no extension', { extensions: { findByUser: async () => undefined } }, 'conflict'],
    [
      'an extension that is not ours',
      {
        provisioner: {
          add: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
          remove: async () => Promise.reject(new ProvisioningError('taken', 'theirs')),
        },
      },
      'not_supported',
    ],
    [
      'an unreachable PBX',
      {
        provisioner: {
          add: async () => Promise.reject(new ProvisioningError('unreachable', 'gone')),
          remove: async () => {},
        },
      },
      'unavailable',
    ],
  ])('with %s are refused, and nothing is left', async (_, difference, code) => {
    const { credentials, store } = await world(difference)
    await expect(credentials.issue(actorOf('1'))).rejects.toMatchObject({ code })
    await credentials.tick()
    expect(await store.listByExtension('1001')).toEqual([])
  })

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
        const { credentials, store, auths, faults, ended, wait, nowS, errors } = await world()
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
        expect(errors.every((one) => /could not be/.test(one))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})
