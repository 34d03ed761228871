import { describe, expect, it } from 'vitest'
import { scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import type { Ownership } from '../../../../../api/core/call-center/leads/lead-input.ts'
import { defaultOwner, resolveOwner } from '../../../../../api/core/call-center/leads/lead-ownership.ts'
import type { Role } from '../../../../../contract/claims.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'

const anna = newAgent({ id: '1', team: 'sales' })
const boris = newAgent({ id: '2', team: 'sales' })
const clara = newAgent({ id: '3', team: 'support' })
const robot = newAgent({ id: '4', kind: 'ai', team: 'sales' })
const agents = {
  find: async (id: string, scope: ReturnType<typeof scopeOf>) => {
    const found = [anna, boris, clara, robot].find((one) => one.id === id)
    return scope.sees === 'team' && found?.team !== scope.team ? undefined : found
  },
}
const resolveAs = (role: Role, input: Parameters<typeof resolveOwner>[2], lead = ofAnna) =>
  resolveOwner(agents, scopeOf(role, anna), input, lead)
const ofAnna: Ownership = { agentId: '1', team: 'sales' }
const unassigned: Ownership = { agentId: null, team: 'sales' }

describe('the default owner of a lead', () => {
  it.each([
    ['an admin', 'admin', { agentId: null, team: null }],
    ['a supervisor', 'supervisor', { agentId: null, team: 'sales' }],
    ['a user', 'user', { agentId: '1', team: 'sales' }],
  ] as const)('created by %s', (_, role, owner) => {
    expect(defaultOwner({ agent: anna, scope: scopeOf(role, anna) })).toEqual(owner)
  })
})

describe('a change of owner', () => {
  it('is empty if agent and team stay the same', async () => {
    expect(await resolveAs('user', {})).toEqual({})
    expect(await resolveAs('user', { agentId: '1', team: 'sales' })).toEqual({})
  })

  it('moves the lead into the team of its new agent', async () => {
    expect(await resolveAs('admin', { agentId: '3' })).toEqual({ agentId: '3', team: 'support' })
    expect(await resolveAs('supervisor', { agentId: '2' })).toEqual({ agentId: '2', team: 'sales' })
  })

  it('may leave the lead in a team without an agent', async () => {
    expect(await resolveAs('supervisor', { agentId: null })).toEqual({ agentId: null, team: 'sales' })
    expect(await resolveAs('admin', { team: 'support' }, unassigned)).toEqual({
      agentId: null,
      team: 'support',
    })
  })

  it.each([
    ['a user who gives a lead away', 'user', { agentId: '2' }, ofAnna, 'forbidden'],
    ['a user who takes an unassigned lead', 'user', { agentId: '1' }, unassigned, 'forbidden'],
    ['a supervisor who names another team', 'supervisor', { team: 'support' }, unassigned, 'forbidden'],
    ['an agent outside the scope', 'supervisor', { agentId: '3' }, ofAnna, 'not_found'],
    ['an unknown agent', 'admin', { agentId: '9' }, ofAnna, 'not_found'],
    ['an AI agent', 'admin', { agentId: '4' }, ofAnna, 'input_invalid'],
    ['a team other than that of the agent', 'admin', { team: 'support' }, ofAnna, 'input_invalid'],
  ] as const)('is refused for %s', async (_, role, input, lead, code) => {
    await expect(resolveAs(role, input, lead)).rejects.toMatchObject({ code })
  })
})
