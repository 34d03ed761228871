import type { Hono } from 'hono'
import type { User } from '../../../../api/core/auth/users.ts'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CallControl } from '../../../../api/core/calls/call-control.ts'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import type { UserStatus } from '../../../../api/core/presence/user-status-store.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard, type Guarded } from '../../../../api/http/guard.ts'
import { createVoipRoutes, type VoipRoutesNeeds } from '../../../../api/http/voip/routes.ts'
import { Claims } from '../../../../contract/claims.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../../../contract/verdict.ts'
import { createLog } from '../../../../runtime/log.ts'
import { key, nowS, person, record, talking, tokenOf } from './sample-data.ts'

/** The routes with a real token verifier and in-memory stubs of the core's services; `asked` lists the calls of stubs. */
export function createVoipFixture(difference: Partial<VoipRoutesNeeds> = {}) {
  const admin = person('admin', '1000', 'admin')
  const [user1, user2, user3] = [person('user1', '1001'), person('user2', '1002'), person('user3', '1003')]
  const users = [admin, user1, user2, user3]
  const asked: unknown[][] = []
  const statuses = new Map<string, UserStatus>()
  const live: Call[] = [talking()]
  const revocations = createRevocationCache()
  const time = { ms: 0 }
  const monotonic = () => performance.now() + time.ms
  revocations.markFresh(Number.MAX_SAFE_INTEGER, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => (kid === key.kid ? key : undefined), onChange: () => () => {} },
    revocations,
    now: () => Date.now() + time.ms,
    monotonic,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 90_000,
    cacheSize: 100,
  })
  const note =
    (what: string) =>
    async (...about: unknown[]) =>
      void asked.push([what, ...about])
  const isIn = (call: Call, extension: unknown) => call.legs.some(({ endpoint }) => endpoint === extension)
  const find: CallControl['find'] = async (actor, id) => {
    const call = live.find((one) => one.id === id)
    if (call === undefined || (actor.claims.role === 'user' && !isIn(call, actor.claims.extension)))
      throw new Refusal('not_found', { detail: 'no such call' })
    return { kind: 'live', call }
  }
  const command = (what: string) => async (actor: Parameters<CallControl['hangup']>[0], id: string) => {
    await find(actor, id)
    asked.push([what, actor.userId, id])
  }
  const calls = {
    find,
    answer: command('answer'),
    hangup: command('hangup'),
    dial: async (actor, request) => {
      asked.push(['dial', actor.userId, request])
      return { callId: 'hk_new' }
    },
    list: async (actor) =>
      live.filter((call) => actor.claims.role !== 'user' || isIn(call, actor.claims.extension)),
    capabilities: () => ({ online: true, commands: {} as never, softphoneConnected: false }), // the routes read none
  } satisfies Partial<CallControl>
  const people = users.map(({ id, username, extension, role, team }) => ({
    userId: id,
    username,
    name: username,
    extension: extension ?? '',
    role,
    team,
  }))
  const ofEndpoint = (endpoint: string) => people.find(({ extension }) => extension === endpoint)
  const ofUser = (id: string) => people.find(({ userId }) => userId === id)
  const ofExtension = ofEndpoint
  const directory = {
    all: () => people,
    findByEndpoint: ofEndpoint,
    findByUser: ofUser,
    findByExtension: ofExtension,
    endpointOf: (extension: string) => extension,
    endpointsOf: (extension: string) => [extension, `${extension}-web`] as const,
  }
  const presence = {
    isOnline: (id: string) => id !== user3.id,
    isReachable: (extension: string) => extension !== '1003',
  }
  const statusStore = {
    statusOf: (id: string) => statuses.get(id) ?? 'available',
    async set(actor: { userId: string }, status: UserStatus) {
      statuses.set(actor.userId, status)
      asked.push(['status', actor.userId, status])
    },
  }
  const lines: string[] = []
  const log = createLog('test', 'debug', { write: (line) => void lines.push(line) })

  const needs: VoipRoutesNeeds = {
    guard: createGuard(verifier),
    login: {
      async login({ username, password }) {
        if (username === '' || password === '') throw new Refusal('credentials_missing')
        if (password !== 'password') throw new Refusal('credentials_wrong')
        const opened = { sessionId: 's', username, refreshToken: 'never shown', remember: false }
        return { ...opened, accessToken: 'a.b.c', expiresIn: 86_400 }
      },
    },
    sessions: {
      logout: note('logout'),
      async refresh(actor, _, only) {
        asked.push(['refresh', actor.sessionId, only])
        return { accessToken: 'new.to.ken', expiresIn: 86_400 }
      },
    },
    users: {
      find: async (id) => users.find((user) => user.id === id),
      async findAll(ids) {
        asked.push(['findAll', ids])
        return users.filter(({ id }) => ids.includes(id))
      },
      findByLogin: async (name) =>
        users.find(({ username, extension }) => [username, extension].includes(name)),
      list: async ({ limit }) => users.slice(0, limit),
      count: async () => users.length,
    },
    selfRegistration: {
      async register({ username, extension, email }) {
        const role = 'user'
        asked.push(['add', { username, extension, email, role }])
        if (username === 'user1') throw new Refusal('taken', { detail: 'username' })
        if (extension === '1001') throw new Refusal('taken', { detail: 'extension' })
        if (email === 'user1@example.org') throw new Refusal('taken', { detail: 'email' })
        return { ...person(username, extension ?? ''), email: email ?? null, role }
      },
    },
    changes: {
      async remove(id, by) {
        if (!users.some((user) => user.id === id)) throw new Refusal('not_found', { detail: 'no such user' })
        asked.push(['remove', id, by])
      },
    },
    registration: 'open',
    registerThrottle: { consume: note('throttle') },
    statuses: statusStore,
    sessionUses: {
      activityOf: async (ids) =>
        new Map(ids.map((id) => [id, { lastLogin: nowS - 60, lastSeen: nowS - 30 }])),
    },
    calls,
    history: {
      async list(filter, page) {
        asked.push(['history', filter, page])
        return [record]
      },
      count: async ({ from }) => (from === undefined ? 17 : 3),
    },
    directory,
    presence,
    countSockets: () => 2,
    timeZone: 'Etc/UTC',
    accessTtl: 86_400,
    now: Date.now,
    monotonic,
    log,
    ...difference,
  }
  const app: Hono<Guarded> = createVoipRoutes(needs)

  async function ask(method: string, path: string, { user, json, headers = {} }: Ask = {}) {
    const res = await app.request(path, {
      method,
      headers: {
        ...(user === undefined ? {} : { Authorization: `Bearer ${tokenOf(user)}` }),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const body = (await res.json()) as Record<string, unknown> // each response of this surface is an object
    return { status: res.status, body, headers: res.headers }
  }

  return {
    ask,
    asked,
    users: { admin, user1, user2, user3 },
    live,
    verifier,
    revocations,
    calls,
    directory,
    statuses: statusStore,
    monotonic,
    /** Advances both clocks. */
    wait(ms: number) {
      time.ms += ms
    },
    log,
    lines,
    claimsOf: (user: User) => Claims.parse(JSON.parse(atob(tokenOf(user).split('.')[1] ?? ''))),
  }
}
interface Ask {
  user?: User
  json?: unknown
  headers?: Record<string, string>
}

/** A source of user messages; `emit` plays a message of another API process. */
export function createMessageSource() {
  const listeners = new Set<(userId: string | undefined, message: UserMessage) => void>()
  return {
    on(listener: (userId: string | undefined, message: UserMessage) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    emit(userId: string | undefined, message: UserMessage) {
      for (const listener of listeners) listener(userId, message)
    },
  }
}
