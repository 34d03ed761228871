import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CallCenterClient,
  type CallCenterStack,
  type CallCenterUserName,
  loginCallCenterUser,
  startCallCenter,
} from '../../support/call-center.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import type { Stack } from '../../support/stack.ts'

describe('agents of the call center', () => {
  let stack: Stack
  let agentIds: Record<CallCenterUserName, number>
  let root: CallCenterClient
  let sven: CallCenterClient
  let tara: CallCenterClient
  let anna: CallCenterClient
  let callCenter: CallCenterStack

  beforeAll(async () => {
    callCenter = await startCallCenter()
    ;({ stack, agentIds } = callCenter)
    ;({ root, sven, tara, anna } = callCenter.clients)
  })
  afterAll(() => callCenter?.stop())

  const namesFor = async (who: CallCenterClient, query = '') => {
    const { body } = await who.request(`/agents${query}`)
    return (body as unknown as { name: string }[]).map(({ name }) => name) // a bare array
  }

  test('admins see all agents; supervisors and agents see those of their team', async () => {
    expect(await namesFor(root)).toEqual(['root', 'sven', 'tara', 'anna', 'bert', 'carl'])
    expect(await namesFor(sven)).toEqual(['sven', 'anna', 'bert'])
    expect(await namesFor(anna)).toEqual(['sven', 'anna', 'bert'])
    expect((await sven.request(`/agents/${agentIds.carl}`)).status).toBe(404)
    expect((await anna.request(`/agents/${agentIds.carl}`)).status).toBe(404)
    expect((await root.request(`/agents/${agentIds.carl}`)).body).toMatchObject({
      id: agentIds.carl,
      name: 'carl',
      extension: '1003',
      sipUsername: '1003',
      role: 'agent',
      team: 'support',
      agentType: 'HUMAN',
      status: 'OFFLINE',
      currentCallId: null,
      version: 1,
    })
  })

  test('Link leads through all pages of a list, and ends', async () => {
    const seen: string[] = []
    for (let path: string | undefined = '/agents?limit=4'; path !== undefined; ) {
      const { body, headers } = await root.request(path)
      seen.push(...(body as unknown as { name: string }[]).map(({ name }) => name)) // a bare array
      path = /<\/api(.*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).toEqual(['root', 'sven', 'tara', 'anna', 'bert', 'carl'])
    expect((await root.request('/agents?cursor=rubbish')).status).toBe(400)
    expect((await root.request('/agents?limit=0')).status).toBe(400)
  })

  test('creating an agent is 403 for agents and 401 without a token', async () => {
    const json = { name: 'Dora', username: 'dora0', password: 'correct horse' }
    expect(await anna.request('/agents', { json })).toMatchObject({
      status: 403,
      body: { message: 'Insufficient permissions' },
    })
    expect(await requestJson(`${stack.url}/api/agents`, { json })).toMatchObject({
      status: 401,
      body: { message: 'Missing authorization header' },
    })
  })

  test('a supervisor creates an agent of their own team, who can log in', async () => {
    const json = { name: 'Dora', username: 'dora', password: 'correct horse' }
    const { status, body, headers } = await sven.request('/agents', { json })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { name: 'Dora', team: 'sales', role: 'agent' },
    })
    expect(headers.get('location')).toBe(`/api/agents/${body.id}`)
    expect((await login(stack, 'dora', 'correct horse')).access).not.toBe('')
    expect(await sven.request('/agents', { json })).toMatchObject({
      status: 409,
      body: { message: 'Username already exists' },
    })
  })

  test.each([
    ['another team', { team: 'support' }],
    ['a role', { role: 'SUPERVISOR' }],
    ['an extension', { extension: '1099' }],
  ])('a supervisor cannot create an agent with %s', async (_, more) => {
    const json = { name: 'Emil', username: 'emil', password: 'correct horse', ...more }
    expect((await sven.request('/agents', { json })).status).toBe(403)
    await expect(login(stack, 'emil', 'correct horse')).rejects.toThrow('401')
  })

  test('an AI agent has neither a user nor a phone', async () => {
    const { status, body } = await root.request('/agents', {
      json: { name: 'Robot', agentType: 'AI', team: 'sales' },
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { agentType: 'AI', userId: null, extension: null, role: null },
    })
    const withExtension = { name: 'Robot', agentType: 'AI', extension: '1098' }
    expect((await root.request('/agents', { json: withExtension })).status).toBe(400)
    expect(
      (await root.request(`/agents/${body.id}`, { method: 'PUT', json: { extension: '1098' } })).status,
    ).toBe(400)
  })

  test('a human agent without a user has no phone and no login', async () => {
    const json = { name: 'Gast', agentType: 'HUMAN', userId: null, extension: null }
    for (const [by, team] of [
      [root, null],
      [sven, 'sales'],
    ] as const) {
      const { status, body } = await by.request('/agents', { json })
      expect({ status, body }).toMatchObject({
        status: 201,
        body: {
          name: 'Gast',
          agentType: 'HUMAN',
          userId: null,
          username: null,
          extension: null,
          role: null,
          team,
        },
      })
      const path = `/agents/${body.id}`
      expect((await by.request(path, { method: 'PUT', json: { name: 'Gustav' } })).body.name).toBe('Gustav')
      const ready = await by.request(`${path}/status`, { method: 'PUT', json: { status: 'READY' } })
      expect(ready).toMatchObject({ status: 200, body: { status: 'READY' } })
      expect((await root.request(path, { method: 'PUT', json: { extension: '1098' } })).status).toBe(400)
      const campaign = { name: 'Spring', agentIds: [body.id] }
      expect(await root.request('/campaigns', { json: campaign })).toMatchObject({
        status: 400,
        body: { message: `agentIds: agent ${body.id} has no user, and so no phone` },
      })
    }
    const withPhone = { ...json, extension: '1098' }
    expect(await root.request('/agents', { json: withPhone })).toMatchObject({
      status: 400,
      body: { message: 'extension: an agent without a user has no phone' },
    })
  })

  test.each([
    ['no name', { agentType: 'AI' }],
    ['a username without a password', { name: 'X', username: 'xaver' }],
    ['a short password', { name: 'X', username: 'xaver', password: 'short' }],
    ['a human without a user', { name: 'X' }],
    ['an unknown agentType', { name: 'X', agentType: 'ROBOT' }],
    ['an unknown user', { name: 'X', userId: 99_999 }, 404],
    ['a user who is an agent', { name: 'X', userId: 1 }, 409],
  ])('creating an agent with %s is refused', async (_, json, status = 400) => {
    expect((await root.request('/agents', { json })).status).toBe(status)
  })

  test('of two updates with the same If-Match, the second is 412', async () => {
    const path = `/agents/${agentIds.bert}`
    const etag = (await sven.request(path)).headers.get('etag') ?? ''
    const put = (name: string) =>
      sven.request(path, { method: 'PUT', json: { name }, headers: { 'If-Match': etag } })
    expect(await put('Bert B.')).toMatchObject({ status: 200, body: { name: 'Bert B.', version: 2 } })
    expect(await put('Bert C.')).toMatchObject({
      status: 412,
      body: { message: 'Changed by somebody else meanwhile: read it again' },
    })
    expect((await sven.request(path)).body).toMatchObject({ name: 'Bert B.' })
  })

  test('supervisors change names, but no team, role or extension', async () => {
    for (const json of [{ team: 'support' }, { role: 'ADMIN' }, { extension: '1077' }]) {
      expect((await sven.request(`/agents/${agentIds.bert}`, { method: 'PUT', json })).status).toBe(403)
    }
    expect(
      (await tara.request(`/agents/${agentIds.bert}`, { method: 'PUT', json: { name: 'X' } })).status,
    ).toBe(404)
    expect(
      (await anna.request(`/agents/${agentIds.anna}`, { method: 'PUT', json: { name: 'X' } })).status,
    ).toBe(403)
  })

  test('a new role ends the sessions of the user, and applies from the next login', async () => {
    const carl = await loginCallCenterUser(stack, 'carl')
    const put = (json: object) => root.request(`/agents/${agentIds.carl}`, { method: 'PUT', json })
    expect(await put({ role: 'SUPERVISOR', extension: '1033' })).toMatchObject({
      status: 200,
      body: { role: 'supervisor', extension: '1033' },
    })
    expect(await carl.request('/agents')).toMatchObject({ status: 401, body: { message: 'Invalid token' } })
    const { token } = await loginCallCenterUser(stack, 'carl')
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ role: 'supervisor', extension: '1033' })
    expect((await put({ extension: '1001' })).status).toBe(409)
    expect((await put({ role: 'AGENT', extension: '1003' })).status).toBe(200)
    expect(
      (await root.request(`/agents/${agentIds.root}`, { method: 'PUT', json: { role: 'AGENT' } })).status,
    ).toBe(409)
  })

  test('the status of an agent sets the presence of the user', async () => {
    const put = (who: CallCenterClient, of: CallCenterUserName, status: string) =>
      who.request(`/agents/${agentIds[of]}/status`, { method: 'PUT', json: { status } })
    expect(await put(anna, 'anna', 'READY')).toMatchObject({ status: 200, body: { status: 'READY' } })
    const presence = async () => {
      const { body } = await requestJson(`${stack.url}/protected/profile`, { token: anna.token })
      return (body.user as { own_status: string }).own_status // that surface's document
    }
    expect(await presence()).toBe('available')
    expect((await put(sven, 'anna', 'BREAK')).body.status).toBe('BREAK')
    expect(await presence()).toBe('away')
    expect((await put(anna, 'bert', 'READY')).status).toBe(404)
    expect((await put(tara, 'anna', 'READY')).status).toBe(404)
    expect((await put(anna, 'anna', 'SLEEPING')).status).toBe(400)
    expect(await put(anna, 'anna', 'ON_CALL')).toMatchObject({
      status: 409,
      body: { message: 'ON_CALL is what the PBX tells, and it knows of no call' },
    })
  })

  test('an account becomes an agent without a team', async () => {
    await root.request('/agents', { json: { name: 'Fritz', username: 'fritz', password: CHEAP_PASSWORD } })
    const fritz = await login(stack, 'fritz', CHEAP_PASSWORD)
    const { body } = await requestJson(`${stack.url}/api/agents`, { token: fritz.access })
    expect(body).toMatchObject([{ name: 'Fritz', team: null }])
  })
})
