import { describe, expect, it } from 'vitest'
import type { Reach } from '../../../../api/core/auth/supervisor-reach.ts'
import { historyScope, withinScope } from '../../../../api/core/calls/history-scope.ts'
import { anActor } from './fixtures/calls.ts'

const user1 = anActor('user1')
const reaches = (reach: Reach) => async (): Promise<Reach> => reach

describe('the history that an actor may see', () => {
  it.each<[string, Reach, object]>([
    ['an actor who oversees all users: all calls', { over: 'all' }, {}],
    ['an actor who oversees a team: calls of the team', { over: 'team', team: 'sales' }, { team: 'sales' }],
    ['any other actor: their own calls', { over: 'none' }, { userId: user1.userId }],
  ])('%s', async (_, reach, scope) => {
    expect(await historyScope(user1, reaches(reach))).toEqual(scope)
  })

  it('narrows a filter, and keeps its other conditions', async () => {
    expect(
      await withinScope(user1, reaches({ over: 'team', team: 'sales' }), { userId: '3', from: 1 }),
    ).toEqual({
      userId: '3',
      from: 1,
      team: 'sales',
    })
  })

  it('refuses a filter by user to an actor who sees only their own calls', async () => {
    const filter = { userId: user1.userId }
    await expect(withinScope(user1, reaches({ over: 'none' }), filter)).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
