import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { createDoNotCall } from '../../../api/store/sql/call-center/do-not-call.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import {
  CALL_CENTER_USERS,
  type CallCenterClient,
  type CallCenterStack,
  type CallCenterUserName,
  startCallCenter,
} from '../../support/call-center.ts'
import type { Stack } from '../../support/stack.ts'

interface LeadRow {
  id: number
  version: number
  name: string
}

let started: CallCenterStack
let stack: Stack
let agentIds: CallCenterStack['agentIds']
let clients: CallCenterStack['clients']
const openDb = () => openDatabase(defaultDatabaseUrl(stack.data))

beforeAll(async () => {
  started = await startCallCenter()
  ;({ stack, agentIds, clients } = started)
})
afterAll(() => started?.stop())

let phones = 0
const newPhone = () => `+4930${String(1_000_000 + phones++)}`
async function add(who: CallCenterUserName, about: object = {}): Promise<LeadRow> {
  const { status, body } = await clients[who].request('/leads', {
    json: { name: 'John Smith', phone: newPhone(), ...about },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body as unknown as LeadRow // as documented
}
const put = (who: CallCenterUserName, path: string, json: unknown, headers: Record<string, string> = {}) =>
  clients[who].request(path, { method: 'PUT', json, headers })
const statusesOf = async (path: string, init?: Parameters<CallCenterClient['request']>[1]) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(clients).map(
        async ([name, who]) => [name, (await who.request(path, init)).status] as const,
      ),
    ),
  )
async function seenBy(who: CallCenterUserName, query: string, path = '/leads'): Promise<number[]> {
  const { status, body } = await clients[who].request(`${path}?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return (body as unknown as LeadRow[]).map(({ id }) => id) // a bare array
}
/** Inserts a campaign of a team, with its agents. */
async function addCampaign(team: string, ...members: CallCenterUserName[]): Promise<number> {
  const db = await openDb()
  try {
    const { id } = await db.query
      .insertInto('campaigns')
      .values({
        name: 'spring',
        description: null,
        team,
        status: 'draft',
        dialer_mode: 'preview',
        rules_json: '{}',
        automation: 0,
        automation_note: null,
        stopped: 0,
        version: 1,
        created_at: 0,
        updated_at: 0,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    for (const name of members) {
      await db.query
        .insertInto('campaign_agents')
        .values({ campaign_id: id, agent_id: agentIds[name] })
        .execute()
    }
    return id
  } finally {
    await db.close()
  }
}
async function markDialing(id: number): Promise<void> {
  const db = await openDb()
  await db.query
    .updateTable('leads')
    .set({
      dial_state: 'dialling',
      dialling_agent_id: agentIds.anna,
      dialling_call_id: 'hk_x',
      // Recent: an old claim would be released.
      dialling_since: Math.floor(Date.now() / 1_000),
      dialling_from: 'waiting',
    })
    .where('id', '=', id)
    .execute()
  await db.close()
}
async function unmarkDialing(id: number): Promise<void> {
  const db = await openDb()
  await db.query
    .updateTable('leads')
    .set({ dial_state: 'waiting', dialling_agent_id: null, dialling_call_id: null, dialling_from: null })
    .where('id', '=', id)
    .execute()
  await db.close()
}
const isOnDoNotCall = async (number: string) => {
  const db = await openDb()
  const found = await createDoNotCall(db).has([number])
  await db.close()
  return found
}

describe('a new lead', () => {
  test('is created by name, phone and email, as the guide’s clients send it', async () => {
    const { status, headers, body } = await clients.anna.request('/leads', {
      json: { name: 'Ann Mary Smith', phone: '+1-555-0123', email: 'Ann@example.com' },
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/api/leads/${body.id}`)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toEqual({
      id: expect.any(Number),
      name: 'Ann Mary Smith',
      firstName: 'Ann Mary',
      lastName: 'Smith',
      phone: '+1-555-0123',
      email: 'Ann@example.com',
      company: null,
      title: null,
      status: 'NEW',
      notes: null,
      assignedAgentId: agentIds.anna,
      campaignId: null,
      callAttempts: 0,
      lastCallAt: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      team: 'sales',
      timeZone: null,
      lastOutcome: null,
      dialState: 'IDLE',
      version: 1,
    })
  })

  test.each([
    ['no name', { name: undefined }, 400],
    ['an empty name', { name: ' ' }, 400],
    ['no phone', { phone: undefined }, 400],
    ['an invalid phone', { phone: 'call me' }, 400],
    ['an invalid email', { email: 'nobody' }, 400],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 400],
    ['an abbreviation as time zone', { timeZone: 'EST' }, 400],
    ['an offset as time zone', { timeZone: '+02:00' }, 400],
    ['an unknown status', { status: 'HAPPY' }, 400],
    ['a name with a line break', { name: 'John\nSmith' }, 400],
    ['a name that is too long', { firstName: 'x'.repeat(101) }, 400],
    ['a lone surrogate', { company: '\ud800' }, 400],
    ['an invalid agent id', { assignedAgentId: 'anna' }, 400],
    ['an unknown campaign', { campaignId: 999_999 }, 404],
    ['an unknown agent', { assignedAgentId: 999_999 }, 404],
    ['empty texts', { email: '', company: '', timeZone: '' }, 201],
  ])('with %s is answered with $2', async (_, fields, status) => {
    const json = { name: 'John Smith', phone: '+49301234567', ...fields }
    expect((await clients.root.request('/leads', { json })).status).toBe(status)
  })

  test('belongs to the agent, to the supervisor’s team, or to the agent and team that the admin names', async () => {
    const owner = async (who: CallCenterUserName, about: object) => {
      const { assignedAgentId, team } = (await add(who, about)) as unknown as Record<string, unknown>
      return [assignedAgentId, team]
    }
    expect(await owner('anna', {})).toEqual([agentIds.anna, 'sales'])
    expect(await owner('sven', {})).toEqual([null, 'sales'])
    expect(await owner('sven', { assignedAgentId: agentIds.bert })).toEqual([agentIds.bert, 'sales'])
    expect(await owner('root', {})).toEqual([null, null])
    expect(await owner('root', { team: 'support' })).toEqual([null, 'support'])
    expect(await owner('root', { assignedAgentId: agentIds.carl })).toEqual([agentIds.carl, 'support'])
  })

  test.each([
    ['that an agent assigns to another agent', 'anna', 'bert', 403],
    ['that a supervisor assigns to another team', 'sven', 'carl', 404],
  ] as const)('%s is $3', async (_, who, to, status) => {
    const json = { name: 'John Smith', phone: '+49301234567', assignedAgentId: agentIds[to] }
    expect((await clients[who].request('/leads', { json })).status).toBe(status)
  })

  test('of another team is 403 for a supervisor', async () => {
    const json = { name: 'John Smith', phone: '+49301234567', team: 'support' }
    expect((await clients.sven.request('/leads', { json })).status).toBe(403)
  })
})

describe('a lead of anna: only users with access to it', () => {
  let lead: LeadRow
  beforeEach(async () => {
    lead = await add('anna')
  })
  const found = { root: 200, sven: 200, tara: 404, anna: 200, bert: 404, carl: 404 }

  test('read it', async () => {
    expect(await statusesOf(`/leads/${lead.id}`)).toEqual(found)
  })
  test('change it', async () => {
    const init = { method: 'PUT', json: { company: 'Smith & Sons' } }
    expect(await statusesOf(`/leads/${lead.id}`, init)).toEqual(found)
  })
  test('set its status', async () => {
    const init = { method: 'PUT', json: { status: 'CONTACTED' } }
    expect(await statusesOf(`/leads/${lead.id}/status`, init)).toEqual(found)
  })
  test('add notes', async () => {
    const noted = { root: 201, sven: 201, tara: 404, anna: 201, bert: 404, carl: 404 }
    expect(await statusesOf(`/leads/${lead.id}/notes`, { json: { content: 'hello' } })).toEqual(noted)
  })
  test('assign it, except agents', async () => {
    const init = { method: 'PUT', json: { agentId: agentIds.anna } }
    expect(await statusesOf(`/leads/${lead.id}/assign`, init)).toEqual({
      ...found,
      anna: 403,
      bert: 403,
      carl: 403,
    })
  })
  test('delete it, except agents', async () => {
    const remove = async (who: CallCenterUserName) =>
      (await clients[who].request(`/leads/${lead.id}`, { method: 'DELETE' })).status
    expect([await remove('anna'), await remove('tara'), await remove('sven')]).toEqual([403, 404, 204])
    expect((await clients.root.request(`/leads/${lead.id}`)).status).toBe(404)
  })
  test('find it in lists', async () => {
    const q = `phone=${encodeURIComponent((lead as unknown as { phone: string }).phone)}`
    const lists = await Promise.all(
      (Object.keys(CALL_CENTER_USERS) as CallCenterUserName[]).map(async (name) => [
        name,
        (await seenBy(name, q)).length,
      ]), // a literal
    )
    expect(Object.fromEntries(lists)).toEqual({ root: 1, sven: 1, tara: 0, anna: 1, bert: 0, carl: 0 })
  })
})

describe('an update', () => {
  test('accepts unchanged members, keeps missing members, and increments the version', async () => {
    const lead = await add('anna', { company: 'Smith & Sons', notes: 'old' })
    const { status, headers, body } = await put('anna', `/leads/${lead.id}`, { ...lead, name: 'Joan Miller' })
    expect([status, headers.get('etag')]).toEqual([200, '"2"'])
    expect(body).toMatchObject({
      firstName: 'Joan',
      lastName: 'Miller',
      company: 'Smith & Sons',
      notes: 'old',
    })
    expect((await put('anna', `/leads/${lead.id}`, { notes: null })).body).toMatchObject({
      notes: null,
      company: 'Smith & Sons',
      version: 3,
    })
  })

  test.each([
    ['an invalid phone', { phone: 'x' }, 400],
    ['no name', { firstName: '', lastName: '' }, 400],
    ['another agent', { assignedAgentId: 1 }, 403],
    ['no agent', { assignedAgentId: null }, 403],
    ['another team', { team: 'support' }, 403],
    ['an unknown campaign', { campaignId: 999_999 }, 404],
    ['a list', [], 400],
  ])('by an agent, to %s, is answered with $2', async (_, json, status) => {
    const lead = await add('anna')
    expect((await put('anna', `/leads/${lead.id}`, json)).status).toBe(status)
    expect((await clients.anna.request(`/leads/${lead.id}`)).body).toMatchObject({ version: 1 })
  })

  test.each(['', '/status', '/assign'])('PUT …%s with an old If-Match is 412', async (path) => {
    const lead = await add('sven')
    const json = { status: 'CONTACTED', agentId: agentIds.bert }
    const at = (version: number) =>
      put('sven', `/leads/${lead.id}${path}`, json, { 'If-Match': `"${version}"` })
    expect([(await at(2)).status, (await at(1)).status, (await at(1)).status]).toEqual([412, 200, 412])
  })

  test('of ten concurrent updates with the same If-Match, one succeeds', async () => {
    const lead = await add('anna')
    const change = (n: number) =>
      put(n % 2 ? 'anna' : 'sven', `/leads/${lead.id}`, { title: `${n}` }, { 'If-Match': '"1"' })
    const statuses = (await Promise.all(Array.from({ length: 10 }, (_, n) => change(n)))).map(
      (one) => one.status,
    )
    expect(statuses.sort()).toEqual([200, ...Array(9).fill(412)])
  })
})

describe('assigning a lead', () => {
  test('moves it to the agent’s team, and hides it from other teams', async () => {
    const lead = await add('anna')
    const { body } = await put('root', `/leads/${lead.id}/assign`, { agentId: agentIds.carl })
    expect(body).toMatchObject({ assignedAgentId: agentIds.carl, team: 'support', version: 2 })
    expect(await statusesOf(`/leads/${lead.id}`)).toEqual({
      root: 200,
      sven: 404,
      tara: 200,
      anna: 404,
      bert: 404,
      carl: 200,
    })
  })
  test('to no agent leaves it in its team', async () => {
    const lead = await add('sven', { assignedAgentId: agentIds.bert })
    const { body } = await put('sven', `/leads/${lead.id}/assign`, { agentId: null })
    expect(body).toMatchObject({ assignedAgentId: null, team: 'sales' })
    expect(await seenBy('sven', 'unassigned=true')).toContain(lead.id)
  })
  test.each([
    ['to an agent of another team', () => ({ agentId: agentIds.carl }), 404],
    ['to an unknown agent', () => ({ agentId: 999_999 }), 404],
    ['without agentId', () => ({}), 400],
  ])('by a supervisor, %s, is answered with $2', async (_, json, status) => {
    const lead = await add('sven')
    expect((await put('sven', `/leads/${lead.id}/assign`, json())).status).toBe(status)
  })
  test('to an AI agent is 400', async () => {
    const db = await openDb()
    const { id } = await db.query
      .insertInto('agents')
      .values({
        user_id: null,
        name: 'robot',
        kind: 'ai',
        team: 'sales',
        status: 'offline',
        status_at: 0,
        free_from: 0,
        version: 1,
        created_at: 0,
        updated_at: 0,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db.close()
    const lead = await add('sven')
    expect((await put('sven', `/leads/${lead.id}/assign`, { agentId: id })).status).toBe(400)
  })
})

describe('notes of a lead', () => {
  test('are listed newest first, each with its author', async () => {
    const lead = await add('anna')
    const note = (who: CallCenterUserName, content: string) =>
      clients[who].request(`/leads/${lead.id}/notes`, { json: { content } })
    const { status, body } = await note('anna', ' call back ')
    expect([status, body]).toEqual([
      201,
      {
        id: expect.any(Number),
        leadId: lead.id,
        agentId: agentIds.anna,
        content: 'call back',
        createdAt: expect.any(String),
      },
    ])
    await note('sven', 'do it')
    expect((await clients.anna.request(`/leads/${lead.id}`)).body).toMatchObject({
      version: 1,
      noteHistory: [
        { agentId: agentIds.sven, content: 'do it' },
        { agentId: agentIds.anna, content: 'call back' },
      ],
    })
  })
  test.each([{}, { content: ' ' }, { content: 1 }])('with the body %j are 400', async (json) => {
    const lead = await add('anna')
    expect((await clients.anna.request(`/leads/${lead.id}/notes`, { json })).status).toBe(400)
  })
})

describe('a lead in a campaign', () => {
  test('is WAITING until it leaves the campaign', async () => {
    const campaignId = await addCampaign('sales', 'anna')
    const lead = await add('anna', { campaignId })
    expect(lead).toMatchObject({ campaignId, dialState: 'WAITING', callAttempts: 0 })
    const { body } = await put('anna', `/leads/${lead.id}`, { campaignId: null })
    expect(body).toMatchObject({ campaignId: null, dialState: 'IDLE' })
  })
  test('is added only by users who can see the campaign', async () => {
    const campaignId = await addCampaign('sales', 'anna')
    const json = { name: 'John Smith', phone: '+49301234567', campaignId }
    expect(await statusesOf('/leads', { json })).toEqual({
      root: 201,
      sven: 201,
      tara: 404,
      anna: 201,
      bert: 404,
      carl: 404,
    })
  })
  test.each(['CONVERTED', 'LOST', 'DO_NOT_CALL'])(
    'leaves the queue with %s, and returns with NEW',
    async (status) => {
      const lead = await add('sven', { campaignId: await addCampaign('sales') })
      const set = async (to: string) => (await put('sven', `/leads/${lead.id}/status`, { status: to })).body
      expect(await set('CONTACTED')).toMatchObject({ status: 'CONTACTED', dialState: 'WAITING' })
      expect(await set(status)).toMatchObject({ status, dialState: 'DONE' })
      expect(await set('NEW')).toMatchObject({ status: 'NEW', dialState: 'WAITING' })
    },
  )
  test('cannot change phone or campaign or be deleted during a call; other members can change', async () => {
    const lead = await add('sven', { campaignId: await addCampaign('sales') })
    await markDialing(lead.id)
    const path = `/leads/${lead.id}`
    expect((await put('sven', path, { phone: newPhone() })).status).toBe(409)
    expect((await put('sven', path, { campaignId: null })).status).toBe(409)
    expect((await clients.sven.request(path, { method: 'DELETE' })).status).toBe(409)
    expect((await put('sven', path, { ...lead, title: 'Dr' })).status).toBe(200)
    expect((await put('sven', `${path}/status`, { status: 'LOST' })).body).toMatchObject({
      status: 'LOST',
      dialState: 'DIALLING',
    })
    await unmarkDialing(lead.id)
  })
})

test('DO_NOT_CALL puts the number on the do-not-call list', async () => {
  const phone = newPhone()
  const lead = await add('anna', { phone })
  expect(await isOnDoNotCall(phone)).toBe(false)
  await put('anna', `/leads/${lead.id}/status`, { status: 'DO_NOT_CALL' })
  expect(await isOnDoNotCall(phone)).toBe(true)
  await put('anna', `/leads/${lead.id}/status`, { status: 'NEW' })
  expect(await isOnDoNotCall(phone)).toBe(true)
})

describe('a list of leads', () => {
  let mine: LeadRow[]
  beforeAll(async () => {
    mine = [
      await add('bert', {
        firstName: 'Élodie',
        lastName: 'zimmer',
        email: 'E@x.example',
        phone: '+33 1 11 22',
      }),
      await add('bert', { firstName: 'Bob', lastName: 'Adams', company: 'Zimmerei', status: 'QUALIFIED' }),
      await add('bert', { firstName: '100%', lastName: 'x_y', status: 'LOST' }),
    ]
  })
  const names = async (query: string) => {
    const found = await seenBy('bert', query)
    return mine.filter(({ id }) => found.includes(id)).map(({ name }) => name)
  }
  test.each([
    ['status=QUALIFIED', ['Bob Adams']],
    ['status=QUALIFIED,LOST', ['Bob Adams', '100% x_y']],
    ['q=éLO', ['Élodie zimmer']],
    ['q=ZIMMER', ['Élodie zimmer', 'Bob Adams']],
    ['q=100%25', ['100% x_y']],
    ['q=1__', []],
    ["q='%20or%201=1", []],
    ['email=e@X.example', ['Élodie zimmer']],
    ['phone=%2B3311', ['Élodie zimmer']],
    ['phone=%2B33%20(1)%2011', ['Élodie zimmer']],
    ['unassigned=true', []],
    ['createdUntil=2001-01-01', []],
    ['createdFrom=2001-01-01&status=LOST', ['100% x_y']],
  ])('filters by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  test.each([
    'status=HAPPY',
    'status=new',
    'sort=phone',
    'limit=0',
    'limit=1001',
    'cursor=x',
    `cursor=${Buffer.from('["createdAt","x","1"]').toString('base64url')}`,
    'assignedAgentId=anna',
    'unassigned=perhaps',
    'unassigned=true&assignedAgentId=1',
    'createdFrom=yesterday',
    'phone=abc',
    'q=',
  ])('answers %s with 400', async (query) => {
    expect((await clients.bert.request(`/leads?${query}`)).status).toBe(400)
  })

  test.each([
    ['lastName', ['Bob Adams', '100% x_y', 'Élodie zimmer']],
    ['-lastName', ['Élodie zimmer', '100% x_y', 'Bob Adams']],
    ['createdAt', ['Élodie zimmer', 'Bob Adams', '100% x_y']],
  ])('is sorted by %s across pages', async (sort, expected) => {
    const seen: string[] = []
    for (let path: string | undefined = `/leads/my?sort=${sort}&limit=1`; path !== undefined; ) {
      const { body, headers } = await clients.bert.request(path)
      seen.push(...(body as unknown as LeadRow[]).map(({ name }) => name)) // a bare array
      path = /<\/api([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen.filter((name) => name !== 'John Smith')).toEqual(expected)
  })

  test('`my` holds the leads assigned to the user, also for supervisors', async () => {
    const lead = await add('sven', { assignedAgentId: agentIds.sven })
    expect(await seenBy('sven', '', '/leads/my')).toEqual([lead.id])
    expect((await seenBy('sven', '')).length).toBeGreaterThan(1)
  })

  test('a filter never shows leads outside of the scope', async () => {
    const lead = await add('tara')
    expect(await seenBy('sven', 'team=support')).toEqual([])
    expect(await seenBy('sven', `assignedAgentId=${agentIds.carl}`)).toEqual([])
    expect(await seenBy('root', 'team=support')).toContain(lead.id)
  })
})

test.each(['0', '-1', '1.5', 'x', '99999999999999999', '%27'])('the lead id %s is 404', async (id) => {
  expect((await clients.root.request(`/leads/${id}`)).status).toBe(404)
})
