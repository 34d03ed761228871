import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../../../api/core/actor.ts'
import { type Scope, scopeOf } from '../../../../api/core/call-center/agents/scope.ts'
import { type CrmEnv, createAuthorize } from '../../../../api/http/crm/authorize.ts'
import { type GuardedOperation, PERMISSIONS } from '../../../../api/http/crm/permissions.ts'
import type { Guard } from '../../../../api/http/guard.ts'
import type { Role } from '../../../../contract/claims.ts'
import { newAgent } from '../../../support/fixtures/agents.ts'

/** The scope that a request for an operation has; undefined where it is not let in. */
async function scopeFor(operation: GuardedOperation, role: Role, team: string | null) {
  const agent = newAgent({ id: '7', role, team })
  const guard: Guard =
    ({ roles } = {}) =>
    async (c, next) => {
      if (roles?.includes(role) === false) return c.body(null, 403)
      c.set('actor', { userId: '1' } as Actor) // nothing else of it is asked for
      return next()
    }
  const standing = { userId: '1', role, agent, scope: scopeOf(role, agent) }
  const door = createAuthorize(guard, async () => standing)
  const app = new Hono<CrmEnv>()
  app.get('/', door(operation), (c) => c.json(c.var.callCenterActor.scope))
  const answer = await app.request('/', { headers: { Authorization: 'Bearer x' } })
  return answer.status === 200 ? ((await answer.json()) as Scope) : undefined
}

const own: Scope = { sees: 'own', agentId: '7' }
const sales: Scope = { sees: 'team', team: 'sales', agentId: '7' }

describe.each(Object.entries(PERMISSIONS) as [GuardedOperation, (typeof PERMISSIONS)[GuardedOperation]][])(
  'the scope of %s is the table’s',
  (operation, rights) => {
    test.each([
      ['user', rights.agent, own],
      ['supervisor', rights.supervisor, sales],
    ] as const)('for a %s: %s', async (role, reach, whole) => {
      const should = { none: undefined, own, team: sales, all: whole }[reach]
      expect(await scopeFor(operation, role, 'sales')).toEqual(should)
      // A user of no team has what is their own.
      expect(await scopeFor(operation, role, null)).toEqual(reach === 'none' ? undefined : own)
    })

    test('for an admin: all', async () => {
      expect(await scopeFor(operation, 'admin', 'sales')).toEqual({ sees: 'all' })
    })
  },
)
