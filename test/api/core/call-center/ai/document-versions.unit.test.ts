import { describe, expect, it } from 'vitest'
import type { User } from '../../../../../api/core/auth/users.ts'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { covers, scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import { AI_CONFIG_KEY, DEFAULT_AI_CONFIG } from '../../../../../api/core/call-center/ai/ai-config.ts'
import { createDocumentVersions } from '../../../../../api/core/call-center/ai/document-versions.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { createMemoryDocumentStore } from './document-store-fake.ts'

const users = [
  { id: '7', username: 'ana', displayName: 'Ana Pérez' },
  { id: '8', username: 'boris', displayName: null },
] as User[] // what the names are made of
const sales = newAgent({ id: '1', team: 'sales' })
const support = newAgent({ id: '2', team: 'support' })
const actorOf = (agent: typeof sales, role: CallCenterActor['role']): CallCenterActor => ({
  ...{ userId: '7', role, agent, scope: scopeOf(role, agent) },
})
const settings = {
  ...{ systemPrompt: 'Be brief.', greetingMessage: null, voiceId: null },
  ...{ language: 'en', maxResponseTokens: 100, temperature: 0.5 },
}

function createFixture() {
  const store = createMemoryDocumentStore()
  const versions = createDocumentVersions({
    store,
    agents: {
      find: async (id, scope) => [sales, support].find((one) => one.id === id && covers(scope, one)),
    },
    users: { findAll: async (ids) => users.filter(({ id }) => ids.includes(id)) },
  })
  const write = (changedBy: string, now: number) => ({ changedBy, now, version: undefined })
  return { store, versions, write }
}
const page = { limit: 10 }

describe('versions of AI documents', () => {
  it('have the time and the author by display name, else username; the newest first', async () => {
    const { store, versions, write } = createFixture()
    const body = { name: 'A', category: 'a', content: 'b', variables: [] }
    for (const [at, userId] of ['7', '8', '99'].entries())
      await store.put('template', 't', { ...write(userId, at), body, createIfMissing: true })
    await store.remove('template', 't', write('7', 9))
    expect(await versions.ofTemplate('t', page)).toEqual({
      versions: [
        { version: 4, changedAt: 9, changedBy: { userId: '7', name: 'Ana Pérez' }, isDeletion: true },
        { version: 3, changedAt: 2, changedBy: null, isDeletion: false },
        { version: 2, changedAt: 1, changedBy: { userId: '8', name: 'boris' }, isDeletion: false },
        { version: 1, changedAt: 0, changedBy: { userId: '7', name: 'Ana Pérez' }, isDeletion: false },
      ],
      total: 4,
    })
    const second = await versions.ofTemplate('t', { before: 3, limit: 1 })
    expect([second.versions.map(({ version }) => version), second.total]).toEqual([[2], 4])
  })

  it('of a template that never existed are not found', async () => {
    await expect(createFixture().versions.ofTemplate('none', page)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('of settings are within the scope; an agent without settings has none', async () => {
    const { store, versions, write } = createFixture()
    await store.put('settings', '1', { ...write('8', 1), body: settings, createIfMissing: true })
    const supervisor = actorOf(sales, 'supervisor')
    expect((await versions.ofSettings(supervisor, '1', page)).total).toBe(1)
    await expect(versions.ofSettings(supervisor, '2', page)).rejects.toMatchObject({ code: 'not_found' })
    await expect(versions.ofSettings(actorOf(support, 'user'), '1', page)).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await versions.ofSettings(actorOf(support, 'admin'), '2', page)).toEqual({
      versions: [],
      total: 0,
    })
  })

  it('of the configuration are none until it is written', async () => {
    const { store, versions, write } = createFixture()
    expect((await versions.ofConfig(page)).total).toBe(0)
    await store.put('config', AI_CONFIG_KEY, {
      ...{ ...write('7', 3), body: DEFAULT_AI_CONFIG, createIfMissing: true },
    })
    expect((await versions.ofConfig(page)).versions).toMatchObject([{ version: 1, changedAt: 3 }])
  })
})
