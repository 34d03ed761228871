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
  let callCenter: CallCenterStack

  beforeAll(async () => {
    callCenter = await startCallCenter()
    ;({ agentIds } = callCenter)
    ;({ root, sven, tara, anna, bert } = callCenter.clients)
  })
  afterAll(() => callCenter?.stop())

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
  const remove = (who: CallCenterClient, path: string, etag?: string) =>
    who.request(path, { method: 'DELETE', ...(etag && { headers: { 'If-Match': etag } }) })

  describe('settings of an agent', () => {
    test('are created, changed, read at each version, and deleted', async () => {
      const path = `/ai/settings/${agentIds.anna}`
      const none = await sven.request(path)
      expect([none.status, none.body, none.headers.get('etag')]).toEqual([200, null, null])
      expect((await sven.request(`${path}?version=1`)).status).toBe(404)
      const created = await put(sven, path, json)
      expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"'])
      expect(created.body).toMatchObject({ ...json, agentId: agentIds.anna, language: 'en-US', version: 1 })
      const changed = await put(sven, path, { systemPrompt: 'You sell coffee.' }, '"1"')
      expect(changed).toMatchObject({ status: 200, body: { version: 2, greetingMessage: null } })
      expect((await anna.request(path)).body).toEqual(changed.body)
      expect((await anna.request(`${path}?version=1`)).body).toEqual(created.body)
      expect((await anna.request(`${path}?version=3`)).status).toBe(404)
      expect((await remove(sven, path, '"1"')).status).toBe(412)
      expect((await remove(sven, path, '"2"')).status).toBe(204)
      expect((await remove(sven, path)).status).toBe(404)
      expect((await sven.request(path)).body).toBeNull()
      expect((await put(sven, path, json)).body.version).toBe(4)
    })

    test.each([
      ['no prompt', { systemPrompt: undefined }],
      ['an empty prompt', { systemPrompt: '' }],
      ['a prompt that is too long', { systemPrompt: 'x'.repeat(20_001) }],
      ['a temperature that is too high', { temperature: 2.1 }],
      ['a negative temperature', { temperature: -0.1 }],
      ['no tokens', { maxResponseTokens: 0 }],
      ['too many tokens', { maxResponseTokens: 32_001 }],
      ['a fractional number of tokens', { maxResponseTokens: 1.5 }],
      ['no language', { language: 'not a language' }],
    ])('with %s are refused', async (_, invalid) => {
      expect((await put(sven, `/ai/settings/${agentIds.bert}`, { ...json, ...invalid })).status).toBe(400)
      expect((await sven.request(`/ai/settings/${agentIds.bert}`)).body).toBeNull()
    })

    test('are read and written within the scope of the user only', async () => {
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
      expect((await remove(sven, `/ai/settings/${agentIds.carl}`)).status).toBe(404)
      expect((await anna.request(`/ai/settings/${agentIds.carl}`)).status).toBe(404)
      expect((await put(anna, `/ai/settings/${agentIds.anna}`, json)).status).toBe(403)
      expect((await remove(anna, `/ai/settings/${agentIds.anna}`)).status).toBe(403)

      const page = await root.request('/ai/settings?limit=1')
      const next = /<\/api(.*?)>/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      expect((await root.request(next)).body).toMatchObject([{ agentId: agentIds.carl }])
    })

    test('If-Match compares strongly with each tag of a list', async () => {
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

    test('If-None-Match answers a current GET with 304, and `*` lets a PUT only create', async () => {
      const path = `/ai/settings/${agentIds.bert}`
      const make = (headers: Record<string, string>) => root.request(path, { method: 'PUT', json, headers })
      expect((await make({ 'If-Match': '*' })).status).toBe(412)
      const created = await Promise.all([1, 2, 3].map(() => make({ 'If-None-Match': '*' })))
      expect(created.map(({ status }) => status).sort()).toEqual([201, 412, 412])
      const etag = String((await root.request(path)).headers.get('etag'))
      const again = async (named: string) =>
        (await root.request(path, { headers: { 'If-None-Match': named } })).status
      expect(await Promise.all([`W/${etag}`, `"zzz", ${etag}`, '*', '"zzz"'].map(again))).toEqual([
        304, 304, 304, 200,
      ])
      expect((await remove(root, path, etag)).status).toBe(204)
    })

    test('of two concurrent updates with the same ETag, one succeeds', async () => {
      const path = `/ai/settings/${agentIds.anna}`
      const etag = (await root.request(path)).headers.get('etag')
      const both = await Promise.all([put(root, path, json, etag), put(sven, path, json, etag)])
      expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    })
  })

  describe('the configuration', () => {
    test('has defaults, is set by admins only, and keeps its versions', async () => {
      const before = await sven.request('/ai/config')
      expect(before).toMatchObject({ status: 200, body: { model: 'default', version: 0 } })
      expect(before.headers.get('etag')).toBeNull()
      const config = { ...before.body, model: 'large-1', useClaudeCode: true, version: undefined }
      expect((await put(sven, '/ai/config', config)).status).toBe(403)
      expect((await anna.request('/ai/config')).status).toBe(403)
      const created = await put(root, '/ai/config', config)
      expect(created).toMatchObject({
        status: 200,
        body: { model: 'large-1', useClaudeCode: true, version: 1 },
      })
      expect((await put(root, '/ai/config', { model: 'small' }, '"1"')).status).toBe(200)
      expect((await put(root, '/ai/config', { model: 'other' }, '"1"')).status).toBe(412)
      expect((await sven.request('/ai/config')).body).toMatchObject({ model: 'small', version: 2 })
      expect((await sven.request('/ai/config?version=1')).body).toEqual(created.body)
      expect((await sven.request('/ai/config?version=9')).status).toBe(404)
    })

    test.each([
      ['an API key', { apiKey: 'sk-0123456789' }],
      ['a duration of 0', { maxCallDuration: 0 }],
      ['a model name of two lines', { model: 'line\nline' }],
    ])('with %s is refused, without repeating it in the answer', async (_, invalid) => {
      const { status, body } = await put(root, '/ai/config', { model: 'large-1', ...invalid })
      expect(status).toBe(400)
      expect(JSON.stringify(body)).not.toContain('sk-0123456789')
    })
  })

  describe('templates', () => {
    const template = { name: 'Hello', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' }

    test('are created, read, changed and deleted', async () => {
      const created = await sven.request('/ai/templates', { json: template })
      expect(created).toMatchObject({
        status: 201,
        body: { ...template, variables: ['name', 'agent'], version: 1 },
      })
      const path = `/ai/templates/${created.body.id}`
      expect(created.headers.get('location')).toBe(`/api${path}`)
      expect((await anna.request(path)).body).toEqual(created.body)
      expect((await anna.request('/ai/templates')).body).toEqual([created.body])
      const changed = await put(tara, path, { name: 'Hello', content: 'Hi {{name}}' }, '"1"')
      expect(changed).toMatchObject({ status: 200, body: { variables: ['name'], version: 2 } })
      expect((await put(tara, path, template, '"1"')).status).toBe(412)
      expect((await anna.request(`${path}?version=1`)).body).toEqual(created.body)
      expect((await remove(sven, path, '"1"')).status).toBe(412)
      expect((await remove(sven, path)).status).toBe(204)
      expect((await anna.request(path)).status).toBe(404)
      expect((await put(sven, path, template)).status).toBe(404)
      expect((await anna.request('/ai/templates/../etc')).status).toBe(404)
    })

    test.each([
      ['an unused variable', { variables: ['name', 'agent', 'tea'] }, 'the content has no placeholder tea'],
      ['a missing variable', { variables: ['name'] }, 'variables do not name agent'],
    ])('with %s are refused, and the error names it', async (_, invalid, message) => {
      const answer = await sven.request('/ai/templates', {
        json: { ...template, name: 'Invalid', ...invalid },
      })
      expect(answer).toMatchObject({ status: 400, body: { message } })
    })

    test('have unique names', async () => {
      await sven.request('/ai/templates', { json: { ...template, name: 'A' } })
      const other = await sven.request('/ai/templates', { json: { ...template, name: 'B' } })
      const again = await sven.request('/ai/templates', { json: { ...template, name: 'A' } })
      expect(again).toMatchObject({ status: 409, body: { message: 'another has this name' } })
      expect((await put(sven, `/ai/templates/${other.body.id}`, { ...template, name: 'A' })).status).toBe(409)
      const page = await anna.request('/ai/templates?limit=1')
      expect(page.body).toMatchObject([{ name: 'A' }])
      const next = /<\/api(.*?)>/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      expect((await anna.request(next)).body).toMatchObject([{ name: 'B' }])
    })

    test('cannot be written by agents', async () => {
      expect((await anna.request('/ai/templates', { json: template })).status).toBe(403)
      expect((await put(anna, '/ai/templates/1', template)).status).toBe(403)
      expect((await remove(anna, '/ai/templates/1')).status).toBe(403)
    })
  })
})
