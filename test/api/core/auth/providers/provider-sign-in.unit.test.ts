import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAccountAdmin } from '../../../../../api/core/auth/account-admin.ts'
import { createAccounts } from '../../../../../api/core/auth/accounts.ts'
import type { ProviderIdentity } from '../../../../../api/core/auth/providers/identity-provider.ts'
import { createProviderAccounts } from '../../../../../api/core/auth/providers/provider-accounts.ts'
import { createProviderLinks } from '../../../../../api/core/auth/providers/provider-links.ts'
import {
  createProviderSignIn,
  type PendingSignIn,
  toConsolePath,
} from '../../../../../api/core/auth/providers/provider-sign-in.ts'
import type { SecurityEvent } from '../../../../../api/core/auth/security-log.ts'
import { createSignInTickets, type SignInGrant } from '../../../../../api/core/auth/sign-in-tickets.ts'
import type { UserStore } from '../../../../../api/core/auth/users.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { createProviderIdentityStore } from '../../../../../api/store/sql/auth/provider-identities.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { newUser } from '../../../../support/fixtures/users.ts'

const folder = mkdtempSync(join(tmpdir(), 'openid-'))
const BY = { actorId: 'cli', address: 'local' }
const anna: ProviderIdentity = {
  subject: 'anna-1',
  sessionId: 'sid-1',
  username: 'anna',
  email: 'anna@example.org',
  displayName: 'Anna Berg',
  extension: null,
  groups: [],
}

describe('signing in through a provider', () => {
  let db: Database
  let users: UserStore
  let events: SecurityEvent[]
  let identity: ProviderIdentity
  let revoked: string[]
  let files = 0
  beforeAll(() => migrate(`sqlite:${join(folder, 'first.db')}`))
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeEach(async () => {
    files += 1
    const url = `sqlite:${join(folder, `${files}.db`)}`
    await migrate(url)
    db = await openDatabase(url)
    users = createUserStore(db)
    ;[events, revoked, identity] = [[], [], anna]
    return () => db.close()
  })

  const securityLog = { write: (event: SecurityEvent) => void events.push(event) }
  const policy = () => createDialPolicy(PolicyFile.parse({}))

  function open(rules: object = {}) {
    const pending = new Map<string, PendingSignIn>()
    const grants = new Map<string, SignInGrant>()
    const tickets = createSignInTickets({
      put: async (ticket, grant) => void grants.set(ticket, grant),
      take: async (ticket) => grants.get(ticket),
    })
    const identities = createProviderIdentityStore(db, () => 0)
    const accountAdmin = createAccountAdmin({
      accounts: createAccounts({ users, passwords: { hash: async () => 'hash' }, policy }),
      passwords: { hash: async () => 'hash' },
      sessions: { endAll: async (id) => revoked.push(id) },
      revocationPublisher: { publish: async () => {} },
      ...{ users, securityLog, policy, now: Date.now, longestLifetime: 60 },
    })
    const provider = (id: string) => ({
      id,
      name: id,
      rules: { createAccounts: true, requiredGroup: undefined, roles: undefined, ...rules },
      authorizationUrl: async ({ state }: { state: string }) => `https://id.example.org/?state=${state}`,
      exchange: async () => identity,
      verifyLogoutToken: async () => ({ id: 'j', subject: 's', sessionId: null }),
    })
    const signIn = createProviderSignIn({
      providers: [provider('corp'), provider('other')],
      baseUrl: 'https://voice.example.org',
      pending: {
        put: async (state, value) => void pending.set(state, value),
        take: async (state) => {
          const value = pending.get(state)
          pending.delete(state)
          return value
        },
      },
      accounts: createProviderAccounts({ users, identities, accountAdmin, policy, securityLog }),
      throttle: { consume: async () => {} },
      ...{ tickets, securityLog, now: Date.now },
    })
    const client = (browser: string) => ({ browser, address: '192.0.2.7' })
    return {
      links: createProviderLinks(identities, securityLog),
      start: async (id = 'corp', browser = 'mine', returnTo = '/console/') =>
        new URL(await signIn.start(id, client(browser), returnTo)).searchParams.get('state') ?? '',
      finish: (state: string, id = 'corp', browser = 'mine') =>
        signIn.finish(id, client(browser), new URLSearchParams({ state, code: 'c' })),
      /** @returns the account of the ticket */
      async signIn(id = 'corp') {
        const { ticket } = await this.finish(await this.start(id), id)
        const grant = grants.get(ticket)
        const user = await users.find(grant?.userId ?? '')
        expect(grant?.generation).toBe(user?.generation)
        return { user, grant }
      },
    }
  }
  const failsAs = (promise: Promise<unknown>, reason: string) =>
    expect(promise).rejects.toMatchObject({ name: 'SignInFailure', reason })

  test('creates the account at the first sign-in, and finds it by its sub at the next', async () => {
    const { user, grant } = await open().signIn()
    expect(user).toMatchObject({
      ...{ username: 'anna', email: 'anna@example.org', displayName: 'Anna Berg', role: 'user' },
      ...{ passwordAuthority: 'provider', passwordHash: '', source: 'oidc:corp', sourceId: 'anna-1' },
    })
    expect(grant).toMatchObject({
      browser: 'mine',
      provider: { id: 'corp', subject: 'anna-1', sessionId: 'sid-1' },
    })
    identity = { ...anna, username: 'renamed', email: 'other@example.org' }
    expect((await open().signIn()).user?.id).toBe(user?.id)
  })

  test.each([
    ['name', { username: 'boss', email: null }],
    ['name in another case', { username: 'BOSS', email: null }],
    ['verified address', { username: 'other', email: 'boss@example.org' }],
    ['address as a name', { username: 'boss@example.org', email: null }],
    ['extension', { username: 'other', email: null, extension: '201' }],
  ])('never reaches a local account with the same %s', async (_, claims) => {
    const boss = await users.add(newUser({ username: 'boss', email: 'boss@example.org', role: 'admin' }))
    identity = { ...anna, ...claims }
    await failsAs(open().signIn(), 'taken')
    expect(await users.find(boss.id)).toEqual(boss)
    expect(await users.count()).toBe(1)
  })

  test('an unverified address is not stored: the account has none', async () => {
    await users.add(newUser({ username: 'boss', email: 'boss@example.org', role: 'admin' }))
    identity = { ...anna, email: null }
    expect((await open().signIn()).user).toMatchObject({ username: 'anna', email: null, role: 'user' })
  })

  test('the same sub at another provider is another person', async () => {
    const { user } = await open().signIn('corp')
    identity = { ...anna, username: 'anna2', email: null, displayName: null }
    const second = await open().signIn('other')
    expect(second.user?.id).not.toBe(user?.id)
    expect(second.user?.source).toBe('oidc:other')
  })

  test('a username that is a number needs the extension of that number', async () => {
    identity = { ...anna, username: '1001' }
    await failsAs(open().signIn(), 'not_allowed')
    identity = { ...anna, username: null, email: null }
    await failsAs(open().signIn(), 'not_allowed')
  })

  test('two first sign-ins at once make one account', async () => {
    const way = open()
    const [one, two] = await Promise.all([way.signIn(), way.signIn()])
    expect(one.user?.id).toBe(two.user?.id)
    expect(await users.count()).toBe(1)
  })

  test('the required group, and accounts that are not created, are refusals', async () => {
    await failsAs(open({ requiredGroup: 'voice' }).signIn(), 'not_allowed')
    await failsAs(open({ createAccounts: false }).signIn(), 'not_allowed')
    identity = { ...anna, groups: ['voice'] }
    expect((await open({ requiredGroup: 'voice' }).signIn()).user?.username).toBe('anna')
  })

  test('a disabled account is refused', async () => {
    const { user } = await open().signIn()
    await users.update(user?.id ?? '', { disabled: true }, 0)
    await failsAs(open().signIn(), 'disabled')
  })

  test('the groups decide the role at each sign-in; another role ends the other sessions', async () => {
    const roles = { 'pbx-admins': 'admin', leads: 'supervisor' }
    await users.add(newUser({ username: 'boss', role: 'admin' }))
    identity = { ...anna, groups: ['leads', 'pbx-admins', 'constructor'] }
    const { user } = await open({ roles }).signIn()
    expect(user?.role).toBe('admin')
    identity = { ...anna, groups: ['leads'] }
    expect((await open({ roles }).signIn()).user?.role).toBe('supervisor')
    expect(revoked).toEqual([user?.id])
    identity = { ...anna, groups: ['__proto__', 'toString'] }
    expect((await open({ roles }).signIn()).user?.role).toBe('user')
  })

  test('the last administrator does not lose the role by a group', async () => {
    const roles = { 'pbx-admins': 'admin' }
    identity = { ...anna, groups: ['pbx-admins'] }
    await open({ roles }).signIn()
    identity = anna
    await failsAs(open({ roles }).signIn(), 'not_allowed')
  })

  describe('a linked account', () => {
    test('is reached by its person alone, and keeps its role', async () => {
      const boss = await users.add(newUser({ username: 'boss' }))
      const way = open({ roles: { 'pbx-admins': 'admin' } })
      await way.links.link(boss, { providerId: 'corp', subject: 'anna-1' }, BY)
      identity = { ...anna, groups: ['pbx-admins'] }
      expect((await way.signIn()).user).toMatchObject({
        id: boss.id,
        role: 'user',
        passwordAuthority: 'local',
      })
      identity = { ...anna, subject: 'anna-2', email: null }
      expect((await way.signIn()).user?.id).not.toBe(boss.id)
      await way.links.unlink(boss, 'corp', BY)
      identity = { ...anna, username: 'third', email: null, displayName: null }
      expect((await way.signIn()).user?.username).toBe('third')
    })
    test('is one person of a provider, and a person one account', async () => {
      const [boss, other] = [
        await users.add(newUser({ username: 'boss' })),
        await users.add(newUser({ username: 'other', extension: null })),
      ]
      const way = open()
      await way.links.link(boss, { providerId: 'corp', subject: 'boss-1' }, BY)
      for (const [user, subject] of [
        [boss, 'boss-2'],
        [other, 'boss-1'],
      ] as const)
        await expect(way.links.link(user, { providerId: 'corp', subject }, BY)).rejects.toMatchObject({
          code: 'taken',
        })
      const { user } = await way.signIn()
      await expect(
        way.links.link(other, { providerId: 'corp', subject: 'anna-1' }, BY),
      ).rejects.toMatchObject({ code: 'taken' })
      await users.remove(user?.id ?? '', 0).catch(() => {})
      await users.remove(boss.id, 0)
      expect(await createProviderIdentityStore(db, () => 0).findUserId('corp', 'boss-1')).toBeUndefined()
    })
  })

  describe('the state', () => {
    test('is used once', async () => {
      const way = open()
      const state = await way.start()
      await way.finish(state)
      await failsAs(way.finish(state), 'expired')
    })
    test('of another browser is refused, and used up', async () => {
      const way = open()
      const state = await way.start('corp', 'attacker')
      await failsAs(way.finish(state), 'expired')
      await failsAs(way.finish(state, 'corp', 'attacker'), 'expired')
    })
    test('of another provider is refused', async () => {
      const way = open()
      await failsAs(way.finish(await way.start('corp'), 'other'), 'refused')
    })
    test('that is none is refused, and each failure is in the security log', async () => {
      const way = open()
      await failsAs(way.finish(''), 'expired')
      await failsAs(way.finish('x'.repeat(43)), 'expired')
      expect(events.map(({ event }) => event)).toEqual([
        'authn_provider_login_fail',
        'authn_provider_login_fail',
      ])
    })
    test('a provider that the file does not name does not exist', async () => {
      await expect(open().start('toString')).rejects.toMatchObject({ code: 'not_found' })
    })
  })
})

describe('the path after the sign-in', () => {
  test.each([
    '/console/',
    '/console/history?direction=in&from=2026-01-31',
    '/console/device?user_code=WDJB-MJHT',
    '/console/leads/7',
  ])('%s stays', (path) => expect(toConsolePath(path)).toBe(path))

  test.each([
    ['another site', 'https://evil.example/console/'],
    ['another site by its own slashes', '//evil.example/console/'],
    ['a back slash', '/\\evil.example'],
    ['another site within', '/console//evil.example'],
    ['a path up', '/console/../api/v1/me'],
    ['a path up, encoded', '/console/%2e%2e/api'],
    ['a script', 'javascript:alert(1)'],
    ['a fragment', '/console/signed-in#ticket=1'],
    ['a line break', '/console/\r\nSet-Cookie: a=b'],
    ['an API', '/api/v1/me'],
  ])('%s leads to the start page', (_, path) => expect(toConsolePath(path)).toBe('/console/'))

  test('is never more than a path of the console, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/\\.:@%2fe?#a-\t\n') }), (text) => {
        const url = new URL(toConsolePath(`/console/${text}`), 'https://voice.example.org')
        expect(url.origin).toBe('https://voice.example.org')
        expect(url.pathname.startsWith('/console/')).toBe(true)
      }),
    )
  })
})
