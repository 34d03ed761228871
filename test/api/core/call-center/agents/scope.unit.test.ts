import { describe, expect, test } from 'vitest'
import {
  covers,
  limitScope,
  type Scope,
  type ScopeLimit,
  scopeOf,
} from '../../../../../api/core/call-center/agents/scope.ts'
import type { Role } from '../../../../../contract/claims.ts'

const ALL: Scope = { sees: 'all' }
const SALES: Scope = { sees: 'team', team: 'sales', agentId: '3' }
const OWN: Scope = { sees: 'own', agentId: '3' }

describe('the scope of a role', () => {
  test.each<[Role, string | null, Scope]>([
    ['admin', 'sales', ALL],
    ['admin', null, ALL],
    ['supervisor', 'sales', SALES],
    ['supervisor', null, OWN],
    ['user', 'sales', OWN],
    ['user', null, OWN],
  ])('of %s in team %s', (role, team, scope) => {
    expect(scopeOf(role, { id: '3', team })).toEqual(scope)
  })
})

describe('the scope of an operation', () => {
  test.each<[ScopeLimit, Role, string | null, Scope]>([
    ['own', 'admin', 'sales', ALL],
    ['own', 'supervisor', 'sales', OWN],
    ['own', 'user', 'sales', OWN],
    ['team', 'admin', null, ALL],
    ['team', 'supervisor', 'sales', SALES],
    ['team', 'user', 'sales', SALES],
    ['team', 'user', null, OWN],
    ['all', 'admin', 'sales', ALL],
    ['all', 'supervisor', 'sales', SALES],
    ['all', 'user', 'sales', OWN],
  ])('limited to %s, for %s in team %s', (limit, role, team, scope) => {
    expect(limitScope(limit, role, { id: '3', team })).toEqual(scope)
  })
})

describe('a scope covers', () => {
  test.each<[string, Scope, { id: string; team: string | null }, boolean]>([
    ['each agent, if it is all', ALL, { id: '9', team: null }, true],
    ['agents of the team', SALES, { id: '9', team: 'sales' }, true],
    ['the agent themselves, also without a team', SALES, { id: '3', team: null }, true],
    ['no agent of another team', SALES, { id: '9', team: 'support' }, false],
    ['the agent themselves, if it is own', OWN, { id: '3', team: 'sales' }, true],
    ['no other agent, if it is own', OWN, { id: '9', team: 'sales' }, false],
  ])('%s', (_, scope, agent, isCovered) => {
    expect(covers(scope, agent)).toBe(isCovered)
  })
})
