import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CallCenterClient,
  type CallCenterStack,
  type CallCenterUserName,
  startCallCenter,
} from '../../support/call-center.ts'

describe('AI settings, configuration and templates', () => {
  let agentIds: Record<CallCenterUserName, number>
  let root: CallCenterClient
  let sven: CallCenterClient
  let tara: CallCenterClient
  let anna: CallCenterClient
  let bert: CallCenterClient
  let crew: CallCenterStack

  beforeAll(async () => {
    crew = await startCallCenter()
    ;({ agentIds } = crew)
    ;({ root, sven, tara, anna, bert } = crew.clients)
  })
  afterAll(() => crew?.stop())

  const json = {
    systemPrompt: 'You sell tea.',
    greetingMessage: 'Hello',
    voiceId: 'v1',
    language: 'en-us',
    maxResponseTokens: 300,
    temperature: 0.4,
  }
  const put = (who: CallCenterClient, path: string, body: object, etag?: string | null) =>
    who.request(path, { method: 'PUT', json: body, ...(etag && { headers: { 'If-Match': etag } }) })
  const end = (who: CallCenterClient, path: string, etag?: string) =>
    who.request(path, { method: 'DELETE', ...(etag && { headers: { 'If-Match': etag } }) })

  describe('settings of an agent', () => {
    test('are made, changed, read at each version, and deleted', async () => {
      const path = `/ai/settings/${agentIds.anna}`
      const none = await sven.request(path)
      expect([none.status, none.body, none.headers.get('etag')]).toEqual([200, null, null])
      expect((await sven.request(`${path}?version=1`)).status).toBe(404)
      const made = await put(sven, path, json)
      expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
      expect(made.body).toMatchObject({ ...json, agentId: agentIds.anna, language: 'en-US', version: 1 })
      const changed = await put(sven, path, { systemPrompt: 'You sell coffee.' }, '"1"')
      expect(changed).toMatchObject({ status: 200, body: { version: 2, greetingMessage: null } })
      expect((await anna.request(path)).body).toEqual(changed.body)
      expect((await anna.request(`${path}?version=1`)).body).toEqual(made.body)
      expect((await anna.request(`${path}?version=3`)).status).toBe(404)
      expect((await end(sven, path, '"1"')).status).toBe(412)
      expect((await end(sven, path, '"2"')).status).toBe(204)
      expect((await end(sven, path)).status).toBe(404)
      expect((await sven.request(path)).body).toBeNull()
      expect((await put(sven, path, json)).body.version).toBe(4)
    })

    test.each([
      ['no prompt', { systemPrompt: undefined }],
      ['an empty prompt', { systemPrompt: '' }],
      ['a prompt without end', { systemPrompt: 'x'.repeat(20_001) }],
      ['too hot', { temperature: 2.1 }],
      ['below zero', { temperature: -0.1 }],
      ['no tokens', { maxResponseTokens: 0 }],
      ['too many tokens', { maxResponseTokens: 32_001 }],
      ['half a token', { maxResponseTokens: 1.5 }],
      ['no language', { language: 'not a language' }],
    ])('%s is refused', async (_, flaw) => {
      expect((await put(sven, `/ai/settings/${agentIds.bert}`, { ...json, ...flaw })).status).toBe(400)
      expect((await sven.request(`/ai/settings/${agentIds.bert}`)).body).toBeNull()
    })

    test('are seen and set as far as one’s scope goes', async () => {
      await put(root, `/ai/settings/${agentIds.carl}`, json)
      await put(root, `/ai/settings/${agentIds.anna}`, json)
      const seen = async (who: CallCenterClient) =>
        ((await who.request('/ai/settings')).body as unknown as { agentId: number }[]).map(
          ({ agentId }) => agentId,
        ) // its document's shape
      expect(await seen(root)).toEqual([agentIds.anna, agentIds.carl])
      expect(await seen(sven)).toEqual([agentIds.anna])
      expect(await seen(tara)).toEqual([agentIds.carl])
      expect(await seen(anna)).toEqual([agentIds.anna])
      expect(await seen(bert)).toEqual([])
      expect((await put(sven, `/ai/settings/${agentIds.carl}`, json)).status).toBe(404)
      expect((await end(sven, `/ai/settings/${agentIds.carl}`)).status).toBe(404)
      expect((await anna.request(`/ai/settings/${agentIds.carl}`)).status).toBe(404)
      expect((await put(anna, `/ai/settings/${agentIds.anna}`, json)).status).toBe(403)
      expect((await end(anna, `/ai/settings/${agentIds.anna}`)).status).toBe(403)

      const page = await root.request('/ai/settings?limit=1')
      const next = /<\/api(.*?)>/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      expect((await root.request(next)).body).toMatchObject([{ agentId: agentIds.carl }])
    })

    test('If-Match compares strongly, with each of a list', async () => {
      const path = `/ai/settings/${agentIds.anna}`
      await put(root, path, json)
      const read = await root.request(path)
      const etag = String(read.headers.get('etag'))
      for (const named of [`W/${etag}`, '"999"', `"999", W/${etag}`, '', etag.replace(/"$/, '-gzip"')]) {
        const { status } = await root.request(path, { method: 'PUT', json, headers: { 'If-Match': named } })
        expect([named, status]).toEqual([named, 412])
      }
      const versions: unknown[] = []
      for (const named of ['*', ' * ']) versions.push((await put(root, path, json, named)).body.version)
      const [first = 0, second = 0] = versions as number[] // numbers, by the document
      expect(second).toBe(first + 1)
      expect((await put(root, path, json, `"zzz" , "999",\t"${second}"`)).status).toBe(200)
      expect((await root.request(path)).headers.get('etag')).toMatch(new RegExp(`^"${second + 1}\\.`))
    })

    test('If-None-Match spares what the client has, and lets a PUT make only what is not there', async () => {
      const path = `/ai/settings/${agentIds.bert}`
      const make = (headers: Record<string, string>) => root.request(path, { method: 'PUT', json, headers })
      expect((await make({ 'If-Match': '*' })).status).toBe(412)
      const made = await Promise.all([1, 2, 3].map(() => make({ 'If-None-Match': '*' })))
      expect(made.map(({ status }) => status).sort()).toEqual([201, 412, 412])
      const etag = String((await root.request(path)).headers.get('etag'))
      const again = async (named: string) =>
        (await root.request(path, { headers: { 'If-None-Match': named } })).status
      expect(await Promise.all([`W/${etag}`, `"zzz", ${etag}`, '*', '"zzz"'].map(again))).toEqual([
        304, 304, 304, 200,
      ])
      expect((await end(root, path, etag)).status).toBe(204)
    })

    test('of two who change them at once, one does', async () => {
      const path = `/ai/settings/${agentIds.anna}`
      const etag = (await root.request(path)).headers.get('etag')
      const both = await Promise.all([put(root, path, json, etag), put(sven, path, json, etag)])
      expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    })
  })

  describe('the configuration', () => {
    test('has defaults, is the admins’ to set, and keeps its versions', async () => {
      const before = await sven.request('/ai/config')
      expect(before).toMatchObject({ status: 200, body: { model: 'default', version: 0 } })
      expect(before.headers.get('etag')).toBeNull()
      const config = { ...before.body, model: 'large-1', useClaudeCode: true, version: undefined }
      expect((await put(sven, '/ai/config', config)).status).toBe(403)
      expect((await anna.request('/ai/config')).status).toBe(403)
      const made = await put(root, '/ai/config', config)
      expect(made).toMatchObject({ status: 200, body: { model: 'large-1', useClaudeCode: true, version: 1 } })
      expect((await put(root, '/ai/config', { model: 'small' }, '"1"')).status).toBe(200)
      expect((await put(root, '/ai/config', { model: 'other' }, '"1"')).status).toBe(412)
      expect((await sven.request('/ai/config')).body).toMatchObject({ model: 'small', version: 2 })
      expect((await sven.request('/ai/config?version=1')).body).toEqual(made.body)
      expect((await sven.request('/ai/config?version=9')).status).toBe(404)
    })

    test.each([
      ['a key', { apiKey: 'sk-0123456789' }],
      ['no time', { maxCallDuration: 0 }],
      ['a model that is a text', { model: 'line\nline' }],
    ])('%s is refused, and not repeated', async (_, flaw) => {
      const { status, body } = await put(root, '/ai/config', { model: 'large-1', ...flaw })
      expect(status).toBe(400)
      expect(JSON.stringify(body)).not.toContain('sk-0123456789')
    })
  })

  describe('templates', () => {
    const wish = { name: 'Hello', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' }

    test('are written, found, changed and deleted', async () => {
      const made = await sven.request('/ai/templates', { json: wish })
      expect(made).toMatchObject({ status: 201, body: { ...wish, variables: ['name', 'agent'], version: 1 } })
      const path = `/ai/templates/${made.body.id}`
      expect(made.headers.get('location')).toBe(`/api${path}`)
      expect((await anna.request(path)).body).toEqual(made.body)
      expect((await anna.request('/ai/templates')).body).toEqual([made.body])
      const changed = await put(tara, path, { name: 'Hello', content: 'Hi {{name}}' }, '"1"')
      expect(changed).toMatchObject({ status: 200, body: { variables: ['name'], version: 2 } })
      expect((await put(tara, path, wish, '"1"')).status).toBe(412)
      expect((await anna.request(`${path}?version=1`)).body).toEqual(made.body)
      expect((await end(sven, path, '"1"')).status).toBe(412)
      expect((await end(sven, path)).status).toBe(204)
      expect((await anna.request(path)).status).toBe(404)
      expect((await put(sven, path, wish)).status).toBe(404)
      expect((await anna.request('/ai/templates/../etc')).status).toBe(404)
    })

    test.each([
      ['a variable too many', { variables: ['name', 'agent', 'tea'] }, 'the content has no placeholder tea'],
      ['a variable too few', { variables: ['name'] }, 'variables do not name agent'],
    ])('%s is named', async (_, flaw, message) => {
      const answer = await sven.request('/ai/templates', { json: { ...wish, name: 'Flawed', ...flaw } })
      expect(answer).toMatchObject({ status: 400, body: { message } })
    })

    test('have each their own name', async () => {
      await sven.request('/ai/templates', { json: { ...wish, name: 'A' } })
      const other = await sven.request('/ai/templates', { json: { ...wish, name: 'B' } })
      const again = await sven.request('/ai/templates', { json: { ...wish, name: 'A' } })
      expect(again).toMatchObject({ status: 409, body: { message: 'another has this name' } })
      expect((await put(sven, `/ai/templates/${other.body.id}`, { ...wish, name: 'A' })).status).toBe(409)
      const page = await anna.request('/ai/templates?limit=1')
      expect(page.body).toMatchObject([{ name: 'A' }])
      const next = /<\/api(.*?)>/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      expect((await anna.request(next)).body).toMatchObject([{ name: 'B' }])
    })

    test('are not the agents’ to write', async () => {
      expect((await anna.request('/ai/templates', { json: wish })).status).toBe(403)
      expect((await put(anna, '/ai/templates/1', wish)).status).toBe(403)
      expect((await end(anna, '/ai/templates/1')).status).toBe(403)
    })
  })
})
