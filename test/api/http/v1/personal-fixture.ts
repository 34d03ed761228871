import { actorOf } from '../../../../api/core/actor.ts'
import type { ListedPerson } from '../../../../api/core/directory/people.ts'
import type { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import type { Claims, Role } from '../../../../contract/claims.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { sampleUser } from '../../../support/sample-user.ts'
import { createFreshVerifier } from './fresh-verifier.ts'
import { unusedNeeds } from './unused-needs.ts'

const nowS = 1_750_100_000
const key = newKey('HS256', 'hs256-a')

export const tokenOf = (role: Role, flaw: Partial<Claims> = {}) =>
  mint(key, nowS, { claims: { sub: '7', role, ...flaw } })

export const anna = sampleUser({
  id: '7',
  extension: '1001',
  email: 'anna@example.org',
  createdAt: 1_700_000_000,
})
const boris: ListedPerson = {
  ...{ userId: '8', extension: '1002', username: 'boris', name: 'Boris Ivanov', role: 'user', team: null },
  isFavourite: true,
}

/** The surface over a core that records what it was asked for. */
export function createFixture(refusal?: Refusal) {
  const asked: unknown[] = []
  const record = (...args: readonly unknown[]) => {
    asked.push(args)
    if (refusal !== undefined) throw refusal
  }
  const guard = createGuard(createFreshVerifier(key, nowS))
  const app = createV1Routes({
    // These tests use no other routes.
    ...unusedNeeds(guard),
    guard,
    log: createLog('test', 'silent'),
    personal: {
      guard,
      profiles: {
        find: async () => anna,
        async update({ userId }, change) {
          record('update', userId, change)
          return { ...anna, ...change }
        },
      },
      findAgent: async () => ({ id: '4', team: 'sales' }),
      ownPassword: { change: async ({ sessionId }, change) => record('password', sessionId, change) },
      passwordResets: {
        request: async (...args) => record('reset', ...args),
        confirm: async (...args) => record('confirm', ...args),
      },
      people: {
        async list({ userId }, search, page) {
          record('people', userId, search, page)
          return {
            people: [boris],
            next: { isFavourite: true, name: 'boris: ivanov', userId: '8' },
            total: 3,
          }
        },
        addFavourite: async ({ userId }, extension) => record('favourite', userId, extension),
        removeFavourite: async ({ userId }, extension) => record('no favourite', userId, extension),
      },
      missed: {
        async count(userId) {
          record('missed', userId)
          return { count: 2, since: nowS - 60, seenUntil: undefined }
        },
        markSeen: async (...args) => record('seen', ...args),
      },
    },
  })
  const ask = async (
    method: string,
    path: string,
    { token = tokenOf('user'), json }: { token?: string | null; json?: unknown } = {},
  ) => {
    const res = await app.request(path, {
      method,
      headers: {
        'X-Real-IP': '192.0.2.7',
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await res.text()
    return {
      status: res.status,
      headers: res.headers,
      text,
      body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>), // the tests check it
    }
  }
  return { ask, asked }
}
export const sessionOf = (token: string) =>
  actorOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).sessionId
