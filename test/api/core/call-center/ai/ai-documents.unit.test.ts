import { describe, expect, it } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import { createAgentSettings } from '../../../../../api/core/call-center/ai/agent-settings.ts'
import { createAiConfigService, DEFAULT_AI_CONFIG } from '../../../../../api/core/call-center/ai/ai-config.ts'
import { createTemplates } from '../../../../../api/core/call-center/ai/templates.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { createMemoryDocumentStore } from './document-store-fake.ts'

const agent = newAgent({ id: '1' })
const admin: CallCenterActor = { userId: '7', role: 'admin', agent, scope: scopeOf('admin', agent) }
const now = () => 9_000

describe('the AI configuration', () => {
  it('is the default at version 0 until it is written', async () => {
    const config = createAiConfigService({ store: createMemoryDocumentStore(), now })
    expect(await config.read()).toMatchObject({ body: DEFAULT_AI_CONFIG, version: 0 })
    await config.write(admin, { ...DEFAULT_AI_CONFIG, model: 'large' }, undefined)
    expect(await config.read()).toMatchObject({ body: { model: 'large' }, version: 1, updatedAt: 9 })
  })

  it('has no unknown version, not even 0', async () => {
    const config = createAiConfigService({ store: createMemoryDocumentStore(), now })
    await expect(config.read(0)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a prompt template', () => {
  const input = { name: 'Greeting', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' }
  const createFixture = () => {
    const store = createMemoryDocumentStore()
    return { store, templates: createTemplates({ store, now }) }
  }

  it('has the placeholders of its content as variables', async () => {
    const { body } = await createFixture().templates.add(admin, input)
    expect(body.variables).toEqual(['name', 'agent'])
  })

  it('accepts declared variables in any order', async () => {
    const variables = ['agent', 'name']
    const { body } = await createFixture().templates.add(admin, { ...input, variables })
    expect(body.variables).toEqual(['name', 'agent'])
  })

  it('rejects declared variables that differ, and names them', async () => {
    const variables = ['name', 'company']
    await expect(createFixture().templates.add(admin, { ...input, variables })).rejects.toMatchObject({
      code: 'input_invalid',
      detail: 'variables do not name agent; the content has no placeholder company',
    })
  })

  it('has at most 100 placeholders', async () => {
    const withPlaceholders = (count: number) => ({
      ...input,
      content: Array.from({ length: count }, (_, n) => `{{v${n}}}`).join(),
    })
    const { templates } = createFixture()
    await expect(templates.add(admin, withPlaceholders(101))).rejects.toMatchObject({ code: 'input_invalid' })
    await expect(templates.add(admin, withPlaceholders(100))).resolves.toBeDefined()
  })

  it('is a conflict beyond 10 000 templates', async () => {
    const { store } = createFixture()
    const templates = createTemplates({ store: { ...store, count: async () => 10_000 }, now })
    await expect(templates.add(admin, input)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('that does not exist is not found', async () => {
    await expect(createFixture().templates.find('9')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the AI settings of an agent', () => {
  const settings = {
    ...{ systemPrompt: 'Be brief.', greetingMessage: null, voiceId: null },
    ...{ language: 'en', maxResponseTokens: 100, temperature: 0.5 },
  }
  /** 1 200 agents, of which the scope hides those above 1 100. */
  const all = Array.from({ length: 1_200 }, (_, at) => newAgent({ id: String(at + 1) }))
  const visible = all.filter(({ id }) => Number(id) <= 1_100)
  const agents = {
    find: async (id: string) => visible.find((one) => one.id === id),
    list: async (_: unknown, { afterId = '', limit }: { afterId?: string | undefined; limit: number }) =>
      visible.filter(({ id }) => Number(id) > Number(afterId)).slice(0, limit),
  }
  const createFixture = () => createAgentSettings({ store: createMemoryDocumentStore(), agents, now })

  it('are undefined until they are stored', async () => {
    const service = createFixture()
    expect(await service.find(admin, '5')).toBeUndefined()
    expect(await service.put(admin, '5', settings, undefined)).toMatchObject({ isNew: true })
    expect(await service.find(admin, '5')).toMatchObject({ body: settings, version: 1 })
    await expect(service.find(admin, '5', 2)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('of an agent outside the scope are not found', async () => {
    const service = createFixture()
    for (const work of [
      service.find(admin, '1101'),
      service.put(admin, '1101', settings, undefined),
      service.remove(admin, '1101', undefined),
    ]) {
      await expect(work).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('are listed by agent id, over several pages of agents', async () => {
    const service = createFixture()
    for (const id of ['1100', '3', '700']) await service.put(admin, id, settings, undefined)
    const list = async (afterAgentId: string, limit: number) =>
      (await service.list(admin, { afterAgentId, limit })).map(({ key }) => key)
    expect(await list('', 10)).toEqual(['3', '700', '1100'])
    expect(await list('', 2)).toEqual(['3', '700'])
    expect(await list('700', 10)).toEqual(['1100'])
  })
})
