import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../../../api/core/actor.ts'
import { type Scope, scopeOf } from '../../../../api/core/call-center/agents/scope.ts'
import { type CrmEnv, createAuthorize } from '../../../../api/http/crm/authorize.ts'
import { type GuardedOperation, PERMISSIONS } from '../../../../api/http/crm/permissions.ts'
import type { Guard } from '../../../../api/http/guard.ts'
import type { Role } from '../../../../contract/claims.ts'
import { newAgent } from '../../../support/fixtures/agents.ts'

/** The scope of a request for an operation; undefined if the request is refused. */
async function scopeFor(operation: GuardedOperation, role: Role, team: string | null) {
  const agent = newAgent({ id: '7', role, team })
  const guard: Guard =
    ({ roles } = {}) =>
    async (c, next) => {
      if (roles?.includes(role) === false) return c.body(null, 403)
      c.set('actor', { userId: '1' } as Actor) // no other member is read
      return next()
    }
  const callCenterActor = { userId: '1', role, agent, scope: scopeOf(role, agent) }
  const authorize = createAuthorize(guard, async () => callCenterActor)
  const app = new Hono<CrmEnv>()
  app.get('/', authorize(operation), (c) => c.json(c.var.callCenterActor.scope))
  const answer = await app.request('/', { headers: { Authorization: 'Bearer x' } })
  return answer.status === 200 ? ((await answer.json()) as Scope) : undefined
}

const own: Scope = { sees: 'own', agentId: '7' }
const sales: Scope = { sees: 'team', team: 'sales', agentId: '7' }

describe.each(Object.entries(PERMISSIONS) as [GuardedOperation, (typeof PERMISSIONS)[GuardedOperation]][])(
  'the scope of a request for %s',
  (operation, permissions) => {
    test.each([
      ['user', permissions.agent, own],
      ['supervisor', permissions.supervisor, sales],
    ] as const)('of a %s is as PERMISSIONS has it: %s', async (role, permission, whole) => {
      const expected = { none: undefined, own, team: sales, all: whole }[permission]
      expect(await scopeFor(operation, role, 'sales')).toEqual(expected)
      // Without a team, a user sees only their own data.
      expect(await scopeFor(operation, role, null)).toEqual(permission === 'none' ? undefined : own)
    })

    test('of an admin is all', async () => {
      expect(await scopeFor(operation, 'admin', 'sales')).toEqual({ sees: 'all' })
    })
  },
)
