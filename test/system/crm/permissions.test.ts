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
    const permissions = PERMISSIONS[operationId as keyof typeof PERMISSIONS] // undefined for other operations
    // An id that does not exist: an admitted request is answered with 404 and changes nothing.
    return permissions === undefined
      ? []
      : [{ method: method.toUpperCase(), path: path.replace(/\{\w+\}/, '999999'), permissions }]
  },
)

/** Origin of a client on another host. */
const PAGE = 'https://crm.example.org'

describe('permissions of the call center', () => {
  let stack: Stack
  let callCenter: CallCenterStack
  let clientByRole: Record<'agent' | 'supervisor' | 'admin', CallCenterClient>

  beforeAll(async () => {
    callCenter = await startCallCenter({ HOOKSWITCH_ALLOWED_ORIGINS: PAGE })
    stack = callCenter.stack
    clientByRole = {
      agent: callCenter.clients.anna,
      supervisor: callCenter.clients.sven,
      admin: callCenter.clients.root,
    }
  })
  afterAll(() => callCenter?.stop())

  const request = (method: string, token?: string) => ({
    method,
    ...(token === undefined ? {} : { token }),
    ...(method === 'GET' || method === 'DELETE' ? {} : { json: {} }),
  })

  test('CORS: a page of an allowed origin may send If-Match and read ETag and Link; another page may not', async () => {
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

  test('there are more than 50 guarded operations', () => expect(guarded.length).toBeGreaterThan(50))

  describe.each(guarded)('$method $path', ({ method, path, permissions }) => {
    test('without a token, or with an invalid one, is 401 with the guide’s message', async () => {
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
      'admits or refuses an %s as PERMISSIONS has it',
      async (role) => {
        const { status, body } = await requestJson(
          `${stack.url}${path}`,
          request(method, clientByRole[role].token),
        )
        const may = role === 'admin' || permissions[role] !== 'none'
        if (may) expect([401, 403, 500]).not.toContain(status)
        else expect({ status, body }).toEqual({ status: 403, body: { message: 'Insufficient permissions' } })
      },
    )
  })

  describe('data of another owner', () => {
    const USERS = ['anna', 'sven', 'tara', 'root'] as const
    const OWNERS = ['anna', 'bert', 'carl'] as const
    type Owner = (typeof OWNERS)[number]
    type UserName = (typeof USERS)[number]
    interface OwnedIds {
      agent: number
      campaign: number
      call: string
      lead(): Promise<number>
    }
    let idsOf: Record<Owner, OwnedIds>

    beforeAll(async () => {
      const { root } = callCenter.clients
      const db = await openDatabase(defaultDatabaseUrl(stack.data))
      try {
        const users = createUserStore(db)
        const entries = OWNERS.map(async (owner, at): Promise<[Owner, OwnedIds]> => {
          const { extension, team } = CALL_CENTER_USERS[owner]
          const agent = callCenter.agentIds[owner]
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
        idsOf = Object.fromEntries(await Promise.all(entries)) as Record<Owner, OwnedIds> // one of each
      } finally {
        await db.close()
      }
    })

    type Request = [path: string, method?: string, json?: object]
    const OPERATIONS: Partial<
      Record<keyof typeof PERMISSIONS, (of: OwnedIds, user: UserName) => Request | Promise<Request>>
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
      // Supervisors have no phone in this test, so they dial for the agent of the lead.
      crmDial: async (of, user) => [
        '/calls/dial',
        'POST',
        { leadId: await of.lead(), ...(user === 'anna' ? {} : { agentId: of.agent }) },
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
          ({ agentId }: { agentId: number }) => OWNERS.find((one) => callCenter.agentIds[one] === agentId),
        ],
      }

    /** By PERMISSIONS, the role and the team. */
    function expectedAccess(
      operation: keyof typeof PERMISSIONS,
      user: UserName,
      owner: Owner,
    ): boolean | 'forbidden' {
      const { role, team } = CALL_CENTER_USERS[user]
      if (role === 'admin') return true
      const permission = PERMISSIONS[operation][role === 'user' ? 'agent' : 'supervisor']
      if (permission === 'none') return 'forbidden'
      return permission === 'own' ? user === owner : team === CALL_CENTER_USERS[owner].team
    }
    const expectedTable = (operation: keyof typeof PERMISSIONS) =>
      USERS.flatMap((user) =>
        OWNERS.map((owner) => `${user}, ${owner}’s: ${expectedAccess(operation, user, owner)}`),
      )

    test('each operation on data with an owner is tested here or in a test of its own', () => {
      const others = [
        // Without an owner.
        ...['crmTemplates', 'crmCreateTemplate', 'crmTemplate', 'crmUpdateTemplate', 'crmDeleteTemplate'],
        ...['crmAiConfig', 'crmSetAiConfig', 'crmSipStatus', 'crmWebrtc'],
        // Create data of the user or the team: tested with leads, campaigns, agents, invitations and imports.
        ...[
          'crmCreateLead',
          'crmCreateAgent',
          'crmCreateCampaign',
          'crmInvite',
          'crmImportLeads',
          'crmLeadImport',
        ],
        ...['crmExportLeads', 'crmDirectDial', 'crmSipDial'],
        // Figures.
        ...['crmRealtimeStats', 'crmRealtimeStatistics'],
        // Deletes data that the other operations need.
        'crmDeleteAgentAiSettings',
      ]
      const tested = [...Object.keys(OPERATIONS), ...Object.keys(LISTS), ...others]
      expect(tested.toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted())
    })

    test.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])(
      '%s reaches own, team and other data as PERMISSIONS has it',
      async (operation) => {
        const actual: string[] = []
        for (const user of USERS) {
          for (const owner of OWNERS) {
            const [path, method = 'GET', json] = (await OPERATIONS[operation]?.(idsOf[owner], user)) ?? ['']
            const { status } = await callCenter.clients[user].request(path, { method, ...(json && { json }) })
            expect([400, 401, 422, 500], `${user} ${owner}`).not.toContain(status)
            const access = status === 403 ? 'forbidden' : status !== 404
            actual.push(`${user}, ${owner}’s: ${access}`)
          }
        }
        expect(actual).toEqual(expectedTable(operation))
      },
    )

    test.each(Object.keys(LISTS) as (keyof typeof LISTS)[])(
      '%s lists own, team and other data as PERMISSIONS has it',
      async (operation) => {
        for (const owner of OWNERS) await idsOf[owner].lead()
        const [path, ownerOf] = LISTS[operation] ?? ['', () => '']
        const actual: string[] = []
        for (const user of USERS) {
          const { body } = await callCenter.clients[user].request(path)
          const owners = (body as unknown as never[]).map(ownerOf) // bare arrays
          // The admin has no leads of their own here, and PERMISSIONS does not list admins.
          const all = operation === 'crmMyLeads' && user === 'root' ? OWNERS : owners
          actual.push(...OWNERS.map((owner) => `${user}, ${owner}’s: ${all.includes(owner)}`))
        }
        expect(actual).toEqual(expectedTable(operation))
      },
    )
  })
})
