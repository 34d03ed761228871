import { describe, expect, test } from 'vitest'
import {
  createFindReach,
  isWithinReach,
  type Reach,
  reachForRole,
} from '../../../../api/core/auth/supervisor-reach.ts'
import type { User } from '../../../../api/core/auth/users.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import type { Role } from '../../../../contract/claims.ts'

const ALL: Reach = { over: 'all' }
const SALES: Reach = { over: 'team', team: 'sales' }
const NONE: Reach = { over: 'none' }

describe('the reach of a role', () => {
  test.each<[Role, string | null, Reach, Reach]>([
    ['user', null, NONE, NONE],
    ['user', 'sales', NONE, NONE],
    ['supervisor', 'sales', SALES, ALL],
    ['supervisor', null, ALL, ALL],
    ['admin', 'sales', ALL, ALL],
    ['admin', null, ALL, ALL],
  ])('%s of team %s: %o, and with reach all %o', (role, team, bounded, unbounded) => {
    expect(reachForRole({ role, team }, 'team')).toEqual(bounded)
    expect(reachForRole({ role, team }, 'all')).toEqual(unbounded)
  })

  test.each([
    [ALL, [true, true, true, true]],
    [SALES, [true, false, false, false]],
    [NONE, [false, false, false, false]],
  ])('%o reaches sales, support, no team, no user: %j', (reach, expected) => {
    const people = [{ team: 'sales' }, { team: 'support' }, { team: null }, undefined]
    expect(people.map((person) => isWithinReach(reach, person))).toEqual(expected)
  })
})

describe('the team of a supervisor', () => {
  const asks = (user: Pick<User, 'team'> | undefined, role: Role, setting: 'team' | 'all' = 'team') =>
    createFindReach(
      { find: async () => user as User | undefined },
      setting,
    )({ userId: '1', claims: { role } }) // its team is read

  test('is the one in the database, not the one in the token', async () => {
    expect(await asks({ team: 'sales' }, 'supervisor')).toEqual(SALES)
    expect(await asks({ team: null }, 'supervisor')).toEqual(ALL)
  })
  test('is none for a deleted user', async () => {
    expect(await asks(undefined, 'supervisor')).toEqual(NONE)
  })
  test('is unavailable without the database, and not queried where it does not matter', async () => {
    const find = async () => {
      throw new Refusal('unavailable')
    }
    const of = (role: Role, setting: 'team' | 'all') =>
      createFindReach({ find }, setting)({ userId: '1', claims: { role } })
    await expect(of('supervisor', 'team')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await of('supervisor', 'all')).toEqual(ALL)
    expect(await of('admin', 'team')).toEqual(ALL)
    expect(await of('user', 'team')).toEqual(NONE)
  })
})
