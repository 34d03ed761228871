import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { PERMISSIONS } from '../../../api/http/crm/permissions.ts'
import { createUserStore } from '../../../api/store/sql/auth/users.ts'
import { createCallHistoryStore } from '../../../api/store/sql/calls/call-history.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import {
  CALL_CENTER_USERS,
  type CallCenterClient,
  type CallCenterStack,
  startCallCenter,
} from '../../support/call-center.ts'
import { newCall } from '../../support/fixtures/call-records.ts'
import { requestJson } from '../../support/http-client.ts'
import { operationsOf } from '../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../support/openapi/routes-only-app.ts'
import type { Stack } from '../../support/stack.ts'

const guarded = operationsOf(await documentOf(createRoutesOnlyApp())).flatMap(
  ({ operationId, method, path }) => {
    const rights = PERMISSIONS[operationId as keyof typeof PERMISSIONS] // undefined for other operations
    // Nothing there has such an id: whoever may ask is told so, and nothing is changed.
    return rights === undefined
      ? []
      : [{ method: method.toUpperCase(), path: path.replace(/\{\w+\}/, '999999'), rights }]
  },
)

/** A client's page on another host. */
const PAGE = 'https://crm.example.org'

describe('who may ask for what, at the call centre', () => {
  let stack: Stack
  let crew: CallCenterStack
  let people: Record<'agent' | 'supervisor' | 'admin', CallCenterClient>

  beforeAll(async () => {
    crew = await startCallCenter({ HOOKSWITCH_ALLOWED_ORIGINS: PAGE })
    stack = crew.stack
    people = { agent: crew.clients.anna, supervisor: crew.clients.sven, admin: crew.clients.root }
  })
  afterAll(() => crew?.stop())

  const request = (method: string, token?: string) => ({
    method,
    ...(token === undefined ? {} : { token }),
    ...(method === 'GET' || method === 'DELETE' ? {} : { json: {} }),
  })

  test('a page of an allowed origin may send If-Match and read ETag and Link, and no other page may', async () => {
    const preflight = (origin: string) =>
      requestJson(`${stack.url}/api/leads/1`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PUT',
          'Access-Control-Request-Headers': 'authorization,if-match',
        },
      })
    const { headers } = await preflight(PAGE)
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(headers.get('access-control-allow-methods')).toContain('PUT')
    expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('if-match')
    const answer = await requestJson(`${stack.url}/api/health`, { headers: { Origin: PAGE } })
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag')
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('there are more than fifty of them', () => expect(guarded.length).toBeGreaterThan(50))

  describe.each(guarded)('$method $path', ({ method, path, rights }) => {
    test('without a token, or with a bad one, is refused in the guide’s words', async () => {
      const url = `${stack.url}${path}`
      expect(await requestJson(url, request(method))).toMatchObject({
        status: 401,
        body: { message: 'Missing authorization header' },
      })
      expect(await requestJson(url, request(method, 'not.a.token'))).toMatchObject({
        status: 401,
        body: { message: 'Invalid token' },
      })
    })

    test.each(['agent', 'supervisor', 'admin'] as const)(
      'an %s gets as far as the table says',
      async (role) => {
        const { status, body } = await requestJson(`${stack.url}${path}`, request(method, people[role].token))
        const may = role === 'admin' || rights[role] !== 'none'
        if (may) expect([401, 403, 500]).not.toContain(status)
        else expect({ status, body }).toEqual({ status: 403, body: { message: 'Insufficient permissions' } })
      },
    )
  })

  describe('whose things they get at', () => {
    const PEOPLE = ['anna', 'sven', 'tara', 'root'] as const
    const OWNERS = ['anna', 'bert', 'carl'] as const
    type Owner = (typeof OWNERS)[number]
    type Person = (typeof PEOPLE)[number]
    interface Things {
      agent: number
      campaign: number
      call: string
      lead(): Promise<number>
    }
    let things: Record<Owner, Things>

    beforeAll(async () => {
      const { root } = crew.clients
      const db = await openDatabase(defaultDatabaseUrl(stack.data))
      try {
        const users = createUserStore(db)
        const made = OWNERS.map(async (owner, at): Promise<[Owner, Things]> => {
          const { extension, team } = CALL_CENTER_USERS[owner]
          const agent = crew.agentIds[owner]
          const call = `1750000000.${at + 1}`
          const userId = (await users.findByLogin(owner))?.id ?? ''
          const parties = [{ userId, extension, answered: true }]
          await createCallHistoryStore(db).save([newCall({ id: call, parties, recordings: [] })])
          const json = { name: `of ${owner}`, team, agentIds: [agent] }
          const campaign = Number((await root.request('/campaigns', { json })).body.id)
          await root.request(`/ai/settings/${agent}`, { method: 'PUT', json: { systemPrompt: 'Be kind' } })
          let leads = 0
          const lead = async () => {
            const phone = `030${at}${100_000 + leads++}`
            const about = { firstName: 'Lea', lastName: owner, phone, assignedAgentId: agent }
            return Number((await root.request('/leads', { json: about })).body.id)
          }
          return [owner, { agent, campaign, call, lead }]
        })
        things = Object.fromEntries(await Promise.all(made)) as Record<Owner, Things> // one of each
      } finally {
        await db.close()
      }
    })

    type Request = [path: string, method?: string, json?: object]
    const OPERATIONS: Partial<
      Record<keyof typeof PERMISSIONS, (of: Things, person: Person) => Request | Promise<Request>>
    > = {
      crmLead: async (of) => [`/leads/${await of.lead()}`],
      crmUpdateLead: async (of) => [`/leads/${await of.lead()}`, 'PUT', { title: 'Dr.' }],
      crmDeleteLead: async (of) => [`/leads/${await of.lead()}`, 'DELETE'],
      crmAddLeadNote: async (of) => [`/leads/${await of.lead()}/notes`, 'POST', { content: 'rang' }],
      crmSetLeadStatus: async (of) => [`/leads/${await of.lead()}/status`, 'PUT', { status: 'CONTACTED' }],
      crmAssignLead: async (of) => [`/leads/${await of.lead()}/assign`, 'PUT', { agentId: of.agent }],
      crmAgent: (of) => [`/agents/${of.agent}`],
      crmUpdateAgent: (of) => [`/agents/${of.agent}`, 'PUT', {}],
      crmSetAgentStatus: (of) => [`/agents/${of.agent}/status`, 'PUT', { status: 'BREAK' }],
      crmCampaign: (of) => [`/campaigns/${of.campaign}`],
      crmUpdateCampaign: (of) => [`/campaigns/${of.campaign}`, 'PUT', { description: 'soon' }],
      crmStartCampaign: (of) => [`/campaigns/${of.campaign}/start`, 'POST'],
      crmPauseCampaign: (of) => [`/campaigns/${of.campaign}/pause`, 'POST'],
      crmStopCampaign: (of) => [`/campaigns/${of.campaign}/stop`, 'POST'],
      crmStartAutomation: (of) => [`/campaigns/${of.campaign}/automation/start`, 'POST'],
      crmStopAutomation: (of) => [`/campaigns/${of.campaign}/automation/stop`, 'POST'],
      crmAutomationStatus: (of) => [`/campaigns/${of.campaign}/automation/status`],
      // Supervisors have no phone here, so they dial for whose lead it is.
      crmDial: async (of, person) => [
        '/calls/dial',
        'POST',
        { leadId: await of.lead(), ...(person === 'anna' ? {} : { agentId: of.agent }) },
      ],
      crmHangUp: (of) => [`/calls/${of.call}/hangup`, 'POST'],
      crmHold: (of) => [`/calls/${of.call}/hold`, 'POST'],
      crmUnhold: (of) => [`/calls/${of.call}/unhold`, 'POST'],
      crmTransfer: (of) => [`/calls/${of.call}/transfer`, 'POST', { callId: 1, targetNumber: '1001' }],
      crmCall: (of) => [`/calls/${of.call}`],
      crmSipHangUp: (of) => ['/sip/hangup', 'POST', { call_id: of.call }],
      crmAgentStats: (of) => [`/stats/agent/${of.agent}`],
      crmAgentAiSettings: (of) => [`/ai/settings/${of.agent}`],
      crmSetAgentAiSettings: (of) => [`/ai/settings/${of.agent}`, 'PUT', { systemPrompt: 'Be brief' }],
    }
    const LISTS: Partial<Record<keyof typeof PERMISSIONS, [path: string, ownerOf: (one: never) => unknown]>> =
      {
        crmLeads: ['/leads?limit=1000', ({ lastName }: { lastName: string }) => lastName],
        crmMyLeads: ['/leads/my?limit=1000', ({ lastName }: { lastName: string }) => lastName],
        crmAgents: ['/agents', ({ name }: { name: string }) => name],
        crmCampaigns: ['/campaigns', ({ name }: { name: string }) => name.replace('of ', '')],
        crmAiSettings: [
          '/ai/settings',
          ({ agentId }: { agentId: number }) => OWNERS.find((one) => crew.agentIds[one] === agentId),
        ],
      }

    /** By the table's word, the role and the team alone. */
    function reaches(
      operation: keyof typeof PERMISSIONS,
      person: Person,
      owner: Owner,
    ): boolean | 'forbidden' {
      const { role, team } = CALL_CENTER_USERS[person]
      if (role === 'admin') return true
      const reach = PERMISSIONS[operation][role === 'user' ? 'agent' : 'supervisor']
      if (reach === 'none') return 'forbidden'
      return reach === 'own' ? person === owner : team === CALL_CENTER_USERS[owner].team
    }
    const table = (operation: keyof typeof PERMISSIONS) =>
      PEOPLE.flatMap((person) =>
        OWNERS.map((owner) => `${person}, ${owner}’s: ${reaches(operation, person, owner)}`),
      )

    test('each operation on a thing of an owner is asked here, or has tests of its own', () => {
      const others = [
        // Without an owner.
        ...['crmTemplates', 'crmCreateTemplate', 'crmTemplate', 'crmUpdateTemplate', 'crmDeleteTemplate'],
        ...['crmAiConfig', 'crmSetAiConfig', 'crmSipStatus', 'crmWebrtc'],
        // What is made is one's own or the team's: leads, campaigns, agents, invitations and lists of their own tests.
        ...[
          'crmCreateLead',
          'crmCreateAgent',
          'crmCreateCampaign',
          'crmInvite',
          'crmImportLeads',
          'crmLeadImport',
        ],
        ...['crmExportLeads', 'crmDirectDial', 'crmSipDial'],
        // Sums.
        ...['crmRealtimeStats', 'crmRealtimeStatistics'],
        // Asked last, as it takes away what others ask for.
        'crmDeleteAgentAiSettings',
      ]
      const asked = [...Object.keys(OPERATIONS), ...Object.keys(LISTS), ...others]
      expect(asked.toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted())
    })

    test.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])(
      '%s: one’s own, the team’s and another team’s as the table says',
      async (operation) => {
        const got: string[] = []
        for (const person of PEOPLE) {
          for (const owner of OWNERS) {
            const [path, method = 'GET', json] = (await OPERATIONS[operation]?.(things[owner], person)) ?? [
              '',
            ]
            const { status } = await crew.clients[person].request(path, { method, ...(json && { json }) })
            expect([400, 401, 422, 500], `${person} ${owner}`).not.toContain(status)
            const reached = status === 403 ? 'forbidden' : status !== 404
            got.push(`${person}, ${owner}’s: ${reached}`)
          }
        }
        expect(got).toEqual(table(operation))
      },
    )

    test.each(Object.keys(LISTS) as (keyof typeof LISTS)[])(
      '%s lists as the table says',
      async (operation) => {
        for (const owner of OWNERS) await things[owner].lead()
        const [path, ownerOf] = LISTS[operation] ?? ['', () => '']
        const got: string[] = []
        for (const person of PEOPLE) {
          const { body } = await crew.clients[person].request(path)
          const owners = (body as unknown as never[]).map(ownerOf) // bare arrays
          // An admin's own leads are none of these.
          const all = operation === 'crmMyLeads' && person === 'root' ? OWNERS : owners
          got.push(...OWNERS.map((owner) => `${person}, ${owner}’s: ${all.includes(owner)}`))
        }
        expect(got).toEqual(table(operation))
      },
    )
  })
})
