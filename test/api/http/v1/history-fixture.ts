import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createMediaLinks } from '../../../../api/core/auth/media-links.ts'
import { createFindReach } from '../../../../api/core/auth/supervisor-reach.ts'
import { createTokens } from '../../../../api/core/auth/tokens.ts'
import type { UserStore } from '../../../../api/core/auth/users.ts'
import type { CallRecord, HistoryStore } from '../../../../api/core/calls/call-history.ts'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../api/store/sql/call-center/agents.ts'
import { createCallHistoryStore } from '../../../../api/store/sql/calls/call-history.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import type { Role } from '../../../../contract/claims.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { newCall, startedAt } from '../../../support/fixtures/call-records.ts'
import { newUser } from '../../../support/fixtures/users.ts'
import { createFreshVerifier } from './fresh-verifier.ts'
import { unusedNeeds } from './unused-needs.ts'

export const nowS = 1_750_100_000
const key = newKey('HS256', 'hs256-a')
const anna = { userId: '1', extension: '1001', answered: true }
const boris = { userId: '2', extension: '1002', answered: false }

/** A call of Anna, one of Boris, one of both and one without a user, a minute apart. */
const SOME: readonly CallRecord[] = [
  newCall({ id: 'a.1', startedAt, parties: [anna] }),
  newCall({
    id: 'b.1',
    startedAt: startedAt + 60,
    direction: 'outgoing',
    fromNumber: '1002',
    toNumber: '+4940999',
    answeredAt: null,
    billable: 0,
    outcome: 'busy',
    recordings: [],
    parties: [boris],
  }),
  newCall({
    id: 'c.1',
    startedAt: startedAt + 120,
    direction: 'internal',
    recordings: ['2025/06/welcome.wav', '2025/06/in 1001.wav'],
    parties: [anna, boris],
  }),
  newCall({ id: 'd.1', startedAt: startedAt + 180, outcome: 'no_answer', recordings: [], parties: [] }),
]

export function createSurface(history: Asked) {
  const verifier = createFreshVerifier(key, nowS)
  const tokens = createTokens({
    keyring: { signing: () => ({ ...key, createdAtMs: 0 }) },
    algorithm: 'HS256',
    now: () => nowS * 1000,
    issuingSince: () => 0,
  })
  const guard = createGuard(verifier)
  const reachOf = createFindReach(users, 'team')
  const mediaLinks = createMediaLinks({ tokens, reachOf, now: () => nowS * 1000, longestLifetime: 3_600 })
  const policy = () => createDialPolicy(PolicyFile.parse({ country: 'DE' }))
  const needs = {
    // These tests use no other route.
    ...unusedNeeds(guard),
    history: { guard, history, reachOf, mediaLinks, policy },
  }
  const app = createV1Routes({ ...needs, guard, log: createLog('test', 'silent') })
  return { app, verifier }
}

/** A valid token of a user. */
const tokenOf = (sub: string, role: Role = 'user') => mint(key, nowS, { claims: { sub, role } })
export const ANNA = tokenOf('1')
export const BORIS = tokenOf('2')
export const CARLA = tokenOf('3')
export const SUPERVISOR = tokenOf('9', 'supervisor')
/** A user with a call that they missed, which a test saves. */
export const MISSING = tokenOf('6')
export const ADMIN = tokenOf('8', 'admin')
/** The tokens do not hold the team: it is read from the database. */
export const OF_SALES = tokenOf('4', 'supervisor')
export const OF_LEGAL = tokenOf('5', 'supervisor')
export const GONE = tokenOf('99', 'supervisor')
/** Their ids are those above, in that order. */
const USERS: readonly [string, Role, string | null][] = [
  ['anna', 'user', 'sales'],
  ['boris', 'user', 'support'],
  ['carla', 'user', null],
  ['of sales', 'supervisor', 'sales'],
  ['of legal', 'supervisor', 'legal'],
  ...['six', 'seven', 'admin'].map((name): [string, Role, null] => [name, 'admin', null]),
  ['supervisor', 'supervisor', null],
]

let folder: string
let db: Database
export let history: HistoryStore
let users: UserStore
/** Opens the database with the users and calls above before the tests of a file, and removes it after them. */
export function useHistoryDatabase(): void {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'history-'))
    const url = `sqlite:${join(folder, 'history.db')}`
    await migrate(url)
    db = await openDatabase(url)
    history = createCallHistoryStore(db)
    await history.save(SOME)
    users = createUserStore(db)
    const agents = createAgentStore(db)
    for (const [name, role, team] of USERS) {
      const { id } = await users.add(newUser({ username: name, extension: null, role }))
      if (team !== null) await agents.add({ userId: id, name, kind: 'human', team }, 0, 0)
    }
  })
  afterAll(async () => {
    await db?.close()
    rmSync(folder, { recursive: true })
  })
}

export async function ask(path: string, token?: string, init: RequestInit = {}, store = history as Asked) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...init.headers }
  return createSurface(store).app.request(path, { ...init, headers })
}
type Asked = Pick<HistoryStore, 'page' | 'total' | 'find'>

interface Page {
  calls: { id: string; missed: boolean }[]
  next_cursor: string | null
  total: number
  total_is_exact: boolean
}
export const pageOf = async (res: Response) => (await res.json()) as Page // the documented shape
export const idsOf = async (query: string, token: string) => {
  const { calls } = await pageOf(await ask(`/calls/history${query}`, token))
  return calls.map(({ id }) => id[0]).join('')
}

/** A store of the given calls that counts the pages it returned. */
export function inMemory(calls: readonly CallRecord[]) {
  let pages = 0
  return {
    pages: () => pages,
    find: async () => undefined,
    total: async () => ({ count: calls.length, isExact: true }),
    page: async (_: unknown, { after, limit }: Parameters<HistoryStore['page']>[1]) => {
      pages += 1
      const start = after === undefined ? 0 : calls.findIndex(({ id }) => id === after.id) + 1
      const page = calls.slice(start, start + limit)
      return { calls: page, next: page.length === limit ? page.at(-1) : undefined }
    },
  }
}

export function failing(afterPages: number): Asked {
  const calls = Array.from({ length: 600 }, (_, n) => newCall({ id: `x.${n}` }))
  const store = inMemory(calls)
  return {
    ...store,
    page: async (filter, page) => {
      if (store.pages() >= afterPages) throw new Refusal('unavailable', { retryAfter: 2 })
      return store.page(filter, page)
    },
  }
}
