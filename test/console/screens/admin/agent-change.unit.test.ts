import { describe, expect, it } from 'vitest'
import {
  agentChange,
  endsSessions,
  readMembership,
} from '../../../../console/screens/admin/people/dialogs/agent-change.ts'

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

describe('the place of a person in the call center', () => {
  it.each([
    ['a person outside of it', undefined, {}, 'none'],
    ['a person who is added to it', undefined, { is_agent: 'on', team: ' North ' }, 'create'],
    ['an agent in the same team', { team: 'North' }, { team: 'North' }, 'none'],
    ['an agent in no team, still', { team: null }, { team: ' ' }, 'none'],
    ['an agent in another team', { team: 'North' }, { team: 'South' }, 'update'],
    ['an agent who leaves the team', { team: 'North' }, { team: '' }, 'update'],
  ] as const)('is sent as needed for %s', (_, agent, fields, expected) => {
    expect(agentChange(agent, readMembership(formOf(fields)))).toBe(expected)
  })

  it('is read without blanks around the team', () => {
    expect(readMembership(formOf({ is_agent: 'on', team: ' North ' }))).toEqual({
      isAgent: true,
      team: 'North',
    })
  })

  it('ends the sessions of a supervisor alone, and with another team alone', () => {
    const south = { isAgent: true, team: 'South' }
    expect(endsSessions('supervisor', 'North', south)).toBe(true)
    expect(endsSessions('supervisor', 'South', south)).toBe(false)
    expect(endsSessions('user', 'North', south)).toBe(false)
  })
})
