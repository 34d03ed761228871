import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CallCenterClient,
  type CallCenterStack,
  type CallCenterUserName,
  startCallCenter,
} from '../../support/call-center.ts'
import { type JsonReply, requestJson } from '../../support/http-client.ts'
import type { Stack } from '../../support/stack.ts'

describe('campaigns', () => {
  let stack: Stack
  let agentIds: Record<CallCenterUserName, number>
  let root: CallCenterClient
  let sven: CallCenterClient
  let tara: CallCenterClient
  let anna: CallCenterClient
  let bert: CallCenterClient
  let callCenter: CallCenterStack

  beforeAll(async () => {
    callCenter = await startCallCenter({
      HOOKSWITCH_TRUNKS: 'telnyx=20, backup=5',
      HOOKSWITCH_TIME_ZONE: 'Europe/Berlin',
    })
    ;({ stack, agentIds } = callCenter)
    ;({ root, sven, tara, anna, bert } = callCenter.clients)
  })
  afterAll(() => callCenter?.stop())

  async function createCampaign(by = sven, json: Record<string, unknown> = {}) {
    const created = await by.request('/campaigns', {
      json: { name: 'Spring', agentIds: [agentIds.anna], ...json },
    })
    if (created.status !== 201)
      throw new Error(`not created: ${created.status} ${JSON.stringify(created.body)}`)
    return Number(created.body.id)
  }
  const post = (by: CallCenterClient, path: string) => by.request(path, { method: 'POST' })
  const put = (by: CallCenterClient, id: number, json: unknown, headers = {}) =>
    by.request(`/campaigns/${id}`, { method: 'PUT', json, headers })
  const statusAndMessage = ({ status, body }: JsonReply) => [status, body.message]

  test('a campaign with a name only is a DRAFT with default values', async () => {
    const created = await sven.request('/campaigns', { json: { name: ' Spring ' } })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(`/api/campaigns/${created.body.id}`)
    expect(created.headers.get('etag')).toBe('"1"')
    expect(created.body).toEqual({
      id: expect.any(Number),
      name: 'Spring',
      description: null,
      status: 'DRAFT',
      dialerMode: 'PROGRESSIVE',
      callerId: null,
      startTime: '09:00:00',
      endTime: '21:00:00',
      weekdays: [1, 2, 3, 4, 5, 6],
      timeZone: 'Europe/Berlin',
      maxAttempts: 3,
      retryDelayMinutes: 30,
      retryDelays: { BUSY: 5 },
      maxConcurrentCalls: 10,
      // With several trunks there is no default.
      trunk: null,
      wrapUpSeconds: 5,
      team: 'sales',
      agentIds: [],
      automation: false,
      totalLeads: 0,
      dialedLeads: 0,
      connectedLeads: 0,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      version: 1,
    })
    expect((await sven.request(`/campaigns/${created.body.id}`)).body).toEqual(created.body)
  })

  test('a campaign has the values that it was created and updated with', async () => {
    const input = {
      description: 'to old customers',
      dialerMode: 'PREVIEW',
      callerId: '+493012345',
      startTime: '10:30',
      endTime: '24:00',
      weekdays: [7, 6],
      timeZone: 'Asia/Tokyo',
      maxAttempts: 1,
      retryDelayMinutes: 0,
      retryDelays: { NO_ANSWER: 60, UNKNOWN: 1 },
      maxConcurrentCalls: 2,
      trunk: 'backup',
      wrapUpSeconds: 0,
      agentIds: [agentIds.bert, agentIds.anna],
    }
    const output = {
      ...input,
      startTime: '10:30:00',
      endTime: '23:59:59',
      weekdays: [6, 7],
      agentIds: [agentIds.anna, agentIds.bert],
    }
    const id = await createCampaign(sven, input)
    const { body } = await sven.request(`/campaigns/${id}`)
    expect(body).toMatchObject(output)
    // An answer that is sent back changes the version only.
    const again = await put(sven, id, body)
    expect({ ...again.body, updatedAt: body.updatedAt }).toEqual({ ...body, version: 2 })
    const changed = await put(sven, id, { name: 'Summer', retryDelays: {}, trunk: null, agentIds: [] })
    expect(changed.body).toMatchObject({
      ...output,
      ...{ name: 'Summer', retryDelays: {}, trunk: null, agentIds: [], version: 3 },
    })
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['the mode PREDICTIVE', { dialerMode: 'PREDICTIVE' }, /PREDICTIVE is not offered/],
    [
      'hours that end before they begin',
      { startTime: '21:00', endTime: '09:00' },
      /startTime must be before endTime/,
    ],
    ['an invalid time', { startTime: '25:00' }, /startTime: must be a time of whole minutes such as 09:00/],
    ['an invalid weekday', { weekdays: [0] }, /weekdays/],
    ['no weekday', { weekdays: [] }, /weekdays/],
    ['an unknown time zone', { timeZone: 'Europe/Nowhere' }, /timeZone must be a place/],
    ['an abbreviation as time zone', { timeZone: 'BST' }, /timeZone must be a place/],
    [
      'a trunk that is not configured',
      { trunk: 'other' },
      /trunk must be one of HOOKSWITCH_TRUNKS: telnyx, backup/,
    ],
    ['no attempt', { maxAttempts: 0 }, /maxAttempts/],
    ['a delay of more than a month', { retryDelayMinutes: 43_201 }, /retryDelayMinutes/],
    ['a delay for an unknown outcome', { retryDelays: { PERHAPS: 1 } }, /PERHAPS/],
    ['an invalid caller id', { callerId: 'x"\r\nAction: Command' }, /callerId/],
    ['no name', { name: ' ' }, /name/],
    ['an agent of another team', { agentIds: [3, 999_999] }, /agent \d+ is not one of yours/],
  ])('%s is refused, on creation and on update', async (_, invalid, words) => {
    const id = await createCampaign()
    for (const reply of [
      await sven.request('/campaigns', { json: { name: 'Spring', ...invalid } }),
      await put(sven, id, invalid),
    ]) {
      expect(reply.status).toBe(400)
      expect(reply.body.message).toMatch(words)
    }
  })

  test('an AI agent cannot work in a campaign, because it has no phone', async () => {
    const { body } = await root.request('/agents', { json: { name: 'Robo', agentType: 'AI' } })
    const refused = await root.request('/campaigns', { json: { name: 'Spring', agentIds: [body.id] } })
    expect(statusAndMessage(refused)).toEqual([
      400,
      `agentIds: agent ${body.id} is an AI agent and has no phone`,
    ])
  })

  test('agents see the campaigns they work in, supervisors those of their team, admins all', async () => {
    const own = await createCampaign()
    const other = await createCampaign(tara, { agentIds: [agentIds.carl] })
    const seen = async (by: CallCenterClient) =>
      ((await by.request('/campaigns?limit=1000')).body as unknown as { id: number }[]).map(({ id }) => id) // a bare array
    expect(await seen(root)).toEqual(expect.arrayContaining([own, other]))
    for (const by of [sven, anna]) {
      expect(await seen(by)).toContain(own)
      expect(await seen(by)).not.toContain(other)
      expect(statusAndMessage(await by.request(`/campaigns/${other}`))).toEqual([404, 'Campaign not found'])
      expect((await by.request(`/campaigns/${other}/automation/status`)).status).toBe(404)
    }
    expect(await seen(bert)).not.toContain(own)
    expect((await post(tara, `/campaigns/${own}/start`)).status).toBe(404)
    expect((await put(tara, own, { name: 'Mine' })).status).toBe(404)
  })

  test('supervisors create campaigns of their own team, admins of any team, agents and requests without a token none', async () => {
    expect((await sven.request('/campaigns', { json: { name: 'x', team: 'support' } })).status).toBe(403)
    const id = await createCampaign(root, { team: 'support', agentIds: [agentIds.carl, agentIds.anna] })
    expect((await tara.request(`/campaigns/${id}`)).body.team).toBe('support')
    expect((await put(tara, id, { team: 'sales' })).status).toBe(403)
    // Anna is a member already: sending back the members that were read changes nothing.
    expect((await put(tara, id, { agentIds: [agentIds.anna, agentIds.carl] })).status).toBe(200)
    expect(statusAndMessage(await anna.request('/campaigns', { json: { name: 'x' } }))).toEqual([
      403,
      'Insufficient permissions',
    ])
    expect((await requestJson(`${stack.url}/api/campaigns`, { json: { name: 'x' } })).status).toBe(401)
  })

  test('Link leads through all pages of a list, and ends; `status` filters the list', async () => {
    const created = [await createCampaign(), await createCampaign(), await createCampaign()]
    await post(sven, `/campaigns/${created[1]}/start`)
    const seen: number[] = []
    for (let path: string | undefined = '/campaigns?limit=2'; path !== undefined; ) {
      const { body, headers } = await sven.request(path)
      seen.push(...(body as unknown as { id: number }[]).map(({ id }) => id)) // a bare array
      path = /<\/api(.*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen).toEqual(expect.arrayContaining(created))
    const active = (await sven.request('/campaigns?status=ACTIVE')).body as unknown as {
      id: number
      status: string
    }[] // a bare array
    expect(active.map(({ id }) => id)).toContain(created[1])
    expect(new Set(active.map(({ status }) => status))).toEqual(new Set(['ACTIVE']))
    for (const query of ['cursor=rubbish', 'limit=0', 'status=OPEN']) {
      expect((await sven.request(`/campaigns?${query}`)).status).toBe(400)
    }
  })

  test('the second of two updates with the same If-Match is 412; updates without If-Match all succeed', async () => {
    const id = await createCampaign()
    const version = (await sven.request(`/campaigns/${id}`)).headers.get('etag') ?? ''
    expect((await put(sven, id, { maxAttempts: 2 }, { 'If-Match': version })).status).toBe(200)
    expect((await put(root, id, { maxAttempts: 4 }, { 'If-Match': version })).status).toBe(412)
    expect((await put(root, id, { wrapUpSeconds: 9 })).body).toMatchObject({
      maxAttempts: 2,
      wrapUpSeconds: 9,
    })
    const many = Array.from({ length: 4 }, (_, n) => put(sven, id, { maxConcurrentCalls: n + 1 }))
    expect((await Promise.all(many)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('a campaign goes from DRAFT to COMPLETED, and its status reports each step', async () => {
    const id = await createCampaign()
    const at = `/campaigns/${id}`
    const idle = {
      campaignId: id,
      running: false,
      paused: false,
      processedLeads: 0,
      ...{ isRunning: false, callsInProgress: 0, leadsProcessed: 0 },
      successfulCalls: 0,
      failedCalls: 0,
    }
    expect(statusAndMessage(await post(sven, `${at}/pause`))).toEqual([
      409,
      'only an ACTIVE one can be paused: it is DRAFT',
    ])
    expect(statusAndMessage(await post(sven, `${at}/automation/start`))).toEqual([
      409,
      'only an ACTIVE one dials by itself: it is DRAFT',
    ])
    expect((await post(sven, `${at}/start`)).body).toEqual({
      ...idle,
      ...{ status: 'ACTIVE', automation: false, waiting: 0, dialling: 0, done: 0, freeAgents: 0 },
      ...{ note: null, nextTryAt: null, outcomes: {} },
    })
    expect(statusAndMessage(await post(sven, `${at}/start`))).toEqual([409, 'it is ACTIVE already'])
    expect((await post(sven, `${at}/automation/start`)).body).toMatchObject({
      ...{ running: true, isRunning: true, automation: true, note: 'the PBX is away' },
    })
    expect((await post(sven, `${at}/automation/start`)).status).toBe(200)
    expect((await post(sven, `${at}/pause`)).body).toMatchObject({
      running: false,
      paused: true,
      automation: true,
    })
    expect((await post(sven, `${at}/start`)).body).toMatchObject({ running: true, paused: false })
    expect((await post(sven, `${at}/automation/stop`)).body).toMatchObject({
      running: false,
      status: 'ACTIVE',
    })
    expect((await post(sven, `${at}/stop`)).body).toMatchObject({ ...idle, status: 'COMPLETED' })
    expect(statusAndMessage(await post(sven, `${at}/start`))).toEqual([
      409,
      'it was stopped for good: make a new one',
    ])
    expect((await anna.request(`${at}/automation/status`)).body).toMatchObject({
      ...idle,
      status: 'COMPLETED',
    })
    for (const step of ['start', 'pause', 'stop', 'automation/start', 'automation/stop']) {
      expect((await post(anna, `${at}/${step}`)).status).toBe(403)
      expect((await post(root, `/campaigns/999999/${step}`)).status).toBe(404)
    }
  })
})
