import { describe, expect, test } from 'vitest'
import { createOpaqueRefreshTokens } from '../../../../api/core/auth/refresh-token.ts'
import type { Session } from '../../../../api/core/auth/session-store.ts'
import { createSessions, type OpenSessionRequest } from '../../../../api/core/auth/sessions.ts'
import type { Tokens } from '../../../../api/core/auth/tokens.ts'
import type { Claims } from '../../../../contract/claims.ts'
import { sampleUser } from '../../../support/sample-user.ts'

const START = 1_700_000_000
const [ACCESS, REFRESH, SESSION] = [900, 86_400, 604_800]
const user = sampleUser({ extension: '1001', createdAt: START })
const request: OpenSessionRequest = {
  ...{ surface: 'crm', address: '192.0.2.7', userAgent: 'test', extraClaims: () => ({}) },
  refreshWith: 'jwt',
}

/** Sessions over a store of one session. */
function world() {
  let at = START
  let stored: Session | undefined
  const issued: string[] = []
  const sessions = createSessions({
    store: {
      async add(session) {
        stored = session
      },
      find: async () => stored,
      async touch(_, lastSeenAt, idleExpiresAt = 0) {
        if (stored === undefined) return
        stored = { ...stored, lastSeenAt, idleExpiresAt: Math.max(stored.idleExpiresAt, idleExpiresAt) }
      },
      end: async () => undefined,
      endAll: async () => [],
      listActive: async () => [],
      countActive: async () => 0,
      recordRefresh: async () => {},
      activityOf: async () => new Map(),
    },
    users: { find: async () => user },
    tokens: {
      async issue(kind: string) {
        issued.push(kind)
        return kind
      },
    } as unknown as Tokens, // nothing else of it is used
    refreshTokens: createOpaqueRefreshTokens(Buffer.alloc(32)),
    rotation: { rotate: async () => undefined },
    rotationStore: { delete: async () => {} },
    revocationPublisher: { publish: async () => {}, publishPending: async () => {} },
    securityLog: { write() {} },
    supervisorReach: 'team',
    now: () => at * 1_000,
    ...{ accessTtl: ACCESS, refreshTtl: REFRESH, sessionTtl: SESSION },
    onFailure() {},
  })
  const claims = { sub: '1', gen: 0, role: 'user' } as Claims // no more is read of them
  const renew = () =>
    sessions.refresh({ userId: '1', sessionId: 's', claims }, () => ({}), { surface: 'crm', accessTtl: 600 })
  return {
    ...{ sessions, issued, renew },
    stored: () => stored,
    wait(seconds: number) {
      at += seconds
    },
  }
}

describe('a session is over', () => {
  test.each([
    ['with its refresh token', 'jwt', REFRESH, REFRESH, ['access', 'refresh']],
    ['when its opaque refresh token was not used in time', 'opaque', SESSION, REFRESH, ['access']],
    ['with its access token where nothing renews it', 'nothing', 600, 600, ['access']],
    ['with its last access token where that renews itself', 'access', REFRESH, 600, ['access']],
  ] as const)('%s', async (_, refreshWith, whole, idle, kinds) => {
    const { sessions, stored, issued } = world()
    const { refreshToken } = await sessions.open(user, { ...request, refreshWith, accessTtl: 600 })
    expect(stored()).toMatchObject({ expiresAt: START + whole, idleExpiresAt: START + idle })
    expect(issued.toSorted()).toEqual(kinds)
    expect(refreshToken === '').toBe(refreshWith === 'nothing' || refreshWith === 'access')
  })

  test('later, when its access token was renewed, and not after it', async () => {
    const { sessions, stored, renew, wait } = world()
    await sessions.open(user, { ...request, refreshWith: 'access', accessTtl: 600 })
    wait(500)
    await renew()
    expect(stored()).toMatchObject({ idleExpiresAt: START + 1_100 })
    wait(599)
    await renew()
    wait(600)
    await expect(renew()).rejects.toMatchObject({ code: 'token_revoked' })
  })
})
