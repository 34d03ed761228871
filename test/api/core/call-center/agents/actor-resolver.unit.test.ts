import { describe, expect, test } from 'vitest'
import { createActorResolver } from '../../../../../api/core/call-center/agents/actor-resolver.ts'
import { createAgentLookup } from '../../../../../api/core/call-center/agents/agent-lookup.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { aDirectory } from '../../calls/fixtures/calls.ts'

/** A store in which user 1 has an agent and other users get one named by `nameOf`. */
const agents = {
  async findOrCreateForUser(userId: string, now: number, nameOf: () => Promise<string>) {
    return userId === '1' ? newAgent() : newAgent({ id: '9', userId, name: await nameOf(), createdAt: now })
  },
}
const users = {
  find: async (id: string) =>
    id === '404'
      ? undefined
      : { ...newUser({ username: 'bert' }), ...{ id, generation: 0, disabled: false } },
}

describe('the actor of the call center', () => {
  const { resolve } = createActorResolver({
    agents,
    users: users as Parameters<typeof createActorResolver>[0]['users'], // only the user name is read
    now: () => 5_999,
  })
  const claims = (role: 'user' | 'supervisor') => ({ role }) as Parameters<typeof resolve>[0]['claims'] // only the role is read

  test('has the scope of the token’s role, not of the stored one', async () => {
    expect(await resolve({ userId: '1', claims: claims('supervisor') })).toEqual({
      userId: '1',
      role: 'supervisor',
      agent: newAgent({ role: 'user' }),
      scope: { sees: 'team', team: 'sales', agentId: '1' },
    })
  })

  test('gets an agent with their user name at their first request', async () => {
    const { agent } = await resolve({ userId: '2', claims: claims('user') })
    expect(agent).toMatchObject({ userId: '2', name: 'bert', createdAt: 5 })
  })

  test('is refused if the user was deleted', async () => {
    await expect(resolve({ userId: '404', claims: claims('user') })).rejects.toMatchObject({
      code: 'token_revoked',
    })
  })
})

describe('the agent of a user', () => {
  test('gets the name in the directory; a user without a phone has none', async () => {
    const directory = await aDirectory()
    await directory.refresh()
    const { findByUser } = createAgentLookup({ agents, directory, now: () => 5_999 })
    expect(await findByUser('2')).toMatchObject({ userId: '2', name: 'user1', createdAt: 5 })
    expect(await findByUser('404')).toBeUndefined()
  })
})
