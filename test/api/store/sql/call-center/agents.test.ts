import { describe, expect, test } from 'vitest'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import type { Role } from '../../../../../contract/claims.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const NOW = 1_000_000

describe('the team of an agent', () => {
  onBothEngines((engine) => {
    async function setUp(role: Role, team: string | null) {
      const db = await engine.tables()
      const [users, agents, revocations] = [
        createUserStore(db),
        createAgentStore(db),
        createRevocationStore(db),
      ]
      const { id: userId } = await users.add(newUser({ role }))
      const { id } = await agents.add({ userId, name: 'anna', kind: 'human', team }, NOW, until)
      const before = (await users.find(userId))?.generation ?? 0
      const unpublished = async () => (await revocations.unpublished(10)).map(({ generation }) => generation)
      return { users, agents, userId, id, before, unpublished }
    }

    test('is returned with the user by each way to find them', async () => {
      const { users, userId } = await setUp('user', 'sales')
      const withoutAgent = await users.add(newUser({ username: 'bert', extension: null }))
      expect(withoutAgent.team).toBeNull()
      expect(await users.find(userId)).toMatchObject({ id: userId, team: 'sales' })
      expect(await users.findByLogin('201')).toMatchObject({ id: userId, team: 'sales' })
      expect((await users.list({ limit: 10 })).map(({ team }) => team)).toEqual(['sales', null])
    })

    test.each<[string, Role, string | null, { team?: string | null; name?: string }, boolean]>([
      ['a supervisor who changes teams', 'supervisor', 'sales', { team: 'support' }, true],
      ['a supervisor who joins a team', 'supervisor', null, { team: 'sales' }, true],
      ['a supervisor who leaves their team', 'supervisor', 'sales', { team: null }, true],
      ['a supervisor who stays in the team', 'supervisor', 'sales', { team: 'sales', name: 'Anna' }, false],
      ['a supervisor with another name', 'supervisor', 'sales', { name: 'Anna' }, false],
      ['an agent who changes teams', 'user', 'sales', { team: 'support' }, false],
      ['an admin who changes teams', 'admin', 'sales', { team: 'support' }, false],
    ])('decides whether an update revokes tokens: %s', async (_, role, team, change, revokes) => {
      const { users, agents, userId, id, before, unpublished } = await setUp(role, team)
      const revocationsBefore = await unpublished()
      expect(await agents.update(id, change, 1, NOW, until)).toMatchObject({ ...change, version: 2 })
      const generation = before + (revokes ? 1 : 0)
      expect(await users.find(userId)).toMatchObject({ generation })
      expect(await unpublished()).toEqual(revokes ? [...revocationsBefore, generation] : revocationsBefore)
    })

    test('revokes the tokens of a supervisor who becomes an agent', async () => {
      expect(await setUp('supervisor', 'sales')).toMatchObject({ before: 1 })
      expect(await setUp('supervisor', null)).toMatchObject({ before: 0 })
      expect(await setUp('user', 'sales')).toMatchObject({ before: 0 })
    })

    test('stays, and no token is revoked, if the expected version is stale', async () => {
      const { users, agents, userId, id, before } = await setUp('supervisor', 'sales')
      const change = agents.update(id, { team: 'support' }, 7, NOW, until)
      await expect(change).rejects.toMatchObject({ code: 'stale' })
      expect(await users.find(userId)).toMatchObject({ team: 'sales', generation: before })
    })
  })
})

describe('a break', () => {
  onBothEngines((engine) => {
    test('has a reason until the agent ends it, and its time stays when the reason changes', async () => {
      const db = await engine.tables()
      const agents = createAgentStore(db)
      const { id: userId } = await createUserStore(db).add(newUser())
      const { id } = await agents.add({ userId, name: 'anna', kind: 'human', team: null }, NOW, until)
      const read = async () => {
        const agent = await agents.findByUser(userId)
        return [agent?.status, agent?.breakReason, agent?.statusAt]
      }
      await agents.setStatus(id, 'break', NOW + 1, undefined, 'lunch')
      expect(await read()).toEqual(['break', 'lunch', NOW + 1])
      await agents.setStatus(id, 'break', NOW + 2, undefined, 'meeting')
      expect(await read()).toEqual(['break', 'meeting', NOW + 1])
      await agents.setStatus(id, 'ready', NOW + 3, undefined, 'lunch')
      expect(await read()).toEqual(['ready', null, NOW + 3])
      await agents.putOnBreak(id, NOW + 4)
      expect(await read()).toEqual(['break', null, NOW + 4])
      expect(await agents.findByUser('99')).toBeUndefined()
    })
  })
})
