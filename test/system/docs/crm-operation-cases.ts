import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stack, waitUntil } from '../../support/stack.ts'
import { type DocumentedAnswer, sendRequest } from './openapi-client.ts'
import type { OperationCase, SendToOperation } from './operation-case.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
/** The stack's setting with which it accepts webhooks that are signed here. */
export const TELNYX_PUBLIC_KEY = publicKey
  .export({ format: 'der', type: 'spki' })
  .subarray(-32)
  .toString('base64')

/** A valid request for each operation of the call center, by its id. */
export function createCrmOperationCases(
  stack: Stack,
  hasPbx: boolean,
  tokenOf: (name: string) => Promise<string>,
): Record<string, OperationCase> {
  const at = (status: number, run: OperationCase['run']): OperationCase => ({ statuses: [status], run })
  const admin = () => tokenOf('admin')
  const agent = () => tokenOf('user1')
  /** Asks beside the operation that is tried. @returns what was answered */
  async function first(method: string, path: string, token: string, json?: unknown) {
    const body = json === undefined ? undefined : JSON.stringify(json)
    const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) }
    const answer = await sendRequest({ method, url: `${stack.url}${path}`, headers, body })
    return answer.body as { id: number; token: string; callId: number; callControlId: string }[] & {
      id: number
    } // what is read of it
  }
  const get = (path: string, token = admin): OperationCase =>
    at(200, async (send) => send(path, { token: await token() }))

  const lead = async (more: object = {}) =>
    (await first('POST', '/api/leads', await agent(), { name: 'Ada King', phone: '1002', ...more })).id
  const ofLead = (path: (id: number) => string, token = agent, json?: object, status = 200): OperationCase =>
    at(status, async (send) => send(path(await lead()), { token: await token(), json }))
  const ownAgent = async () => {
    const { username } = claimsOf(await agent())
    const all = await first('GET', '/api/agents', await admin())
    return (
      (all as unknown as { id: number; username: string }[]).find((one) => one.username === username)?.id ?? 0
    ) // its schema
  }
  const campaign = async (...steps: string[]) => {
    const json = { name: 'Spring', agentIds: [await ownAgent()] }
    const { id } = await first('POST', '/api/campaigns', await admin(), json)
    for (const step of steps) await first('POST', `/api/campaigns/${id}/${step}`, await admin())
    return id
  }
  const ofCampaign = (path: string, ...steps: string[]): OperationCase =>
    at(200, async (send) =>
      send(`/api/campaigns/${await campaign(...steps)}${path}`, { token: await admin() }),
    )

  /** The code that was mailed, which the demo writes into its log. */
  async function mailed(email: string): Promise<string> {
    let code: string | undefined
    await waitUntil(`a mail to ${email}`, () => {
      const lines = readFileSync(join(stack.data, 'log/api.log'), 'utf8').split('\n')
      code = lines
        .flatMap((line) => (line.includes(email) ? (/(?:ver|inv)_[\w-]{32,}/.exec(line) ?? []) : []))
        .at(-1)
      return code !== undefined
    })
    return code ?? ''
  }
  const invited = async (email: string) => {
    await first('POST', '/api/auth/invite', await admin(), { email, role: 'AGENT', team: 'sales' })
    return mailed(email)
  }

  /** User1 talks to user2 by the call centre. */
  async function talking(): Promise<{ token: string; id: number | string }> {
    const token = await agent()
    if (!hasPbx) return { token, id: 999_999 }
    const { callId, callControlId } = (await first('POST', '/api/calls/direct', token, {
      phoneNumber: '1002',
    })) as unknown as { callId: number; callControlId: string } // the documented shape
    const url = `${stack.url}/api/v1/calls/${callControlId}`
    const headers = { Authorization: `Bearer ${token}` }
    await waitUntil('they talk', async () => {
      const { body } = await sendRequest({ method: 'GET', url, headers })
      return (body as { state: string }).state === 'up' // the documented shape
    })
    return { token, id: callId }
  }
  const ofCall = (path: string, statuses: readonly number[], json?: object): OperationCase => ({
    statuses: hasPbx ? statuses : [404],
    async run(send) {
      const { token, id } = await talking()
      const answer = await send(`/api/calls/${id}${path}`, { token, json })
      await first('POST', `/api/calls/${id}/hangup`, await admin()) // also one that was handed on
      return answer
    },
  })
  const dials = (
    path: string,
    json: () => Promise<object>,
    idOf: (answer: DocumentedAnswer) => number | string,
  ): OperationCase => ({
    statuses: hasPbx ? [200, 201] : [409, 503],
    async run(send) {
      const token = await agent()
      const answer = await send(path, { token, json: await json() })
      if (hasPbx) await first('POST', `/api/calls/${idOf(answer)}/hangup`, token)
      return answer
    },
  })
  const callId = (answer: DocumentedAnswer) => (answer.body as { callId: number }).callId // the documented shape

  const settings = { systemPrompt: 'You sell tea.', language: 'en' }
  const template = () => ({
    name: `Tea ${randomUUID()}`,
    category: 'sales',
    content: 'Hello {{name}}',
    variables: ['name'],
  })
  const ofTemplate = (status: number, json?: () => object): OperationCase =>
    at(status, async (send) => {
      const { id } = await first('POST', '/api/ai/templates', await admin(), template())
      return send(`/api/ai/templates/${id}`, { token: await admin(), json: json?.() })
    })
  const ofSettings = (status: number, json?: object): OperationCase =>
    at(status, async (send) => {
      const path = `/api/ai/settings/${await ownAgent()}`
      await first('PUT', path, await admin(), settings)
      return send(path, { token: await admin(), json })
    })

  return {
    crmHealth: at(200, (send) => send('/api/health')),
    crmLogin: at(200, (send) =>
      send('/api/auth/login', { json: { username: 'user1', password: 'password' } }),
    ),
    crmRegister: at(202, (send) => send('/api/auth/register', { json: newAccountBody('reg') })),
    crmVerifyEmail: at(200, async (send) => {
      const person = newAccountBody('ver')
      await first('POST', '/api/auth/register', '', person)
      return send('/api/auth/verify-email', { json: { token: await mailed(person.email) } })
    }),
    crmResendVerification: at(202, (send) =>
      send('/api/auth/resend-verification', { json: { email: 'nobody@example.org' } }),
    ),
    crmInvite: at(201, async (send) =>
      send('/api/auth/invite', { token: await admin(), json: { email: 'inv1@example.org', role: 'AGENT' } }),
    ),
    crmInvitationDetails: at(200, async (send) =>
      send('/api/auth/invitation-details', { json: { token: await invited('inv2@example.org') } }),
    ),
    crmRegisterInvitation: at(201, async (send) =>
      send('/api/auth/register-invitation', {
        json: { token: await invited('inv3@example.org'), username: 'invited3', password: 'correct horse' },
      }),
    ),

    crmLeads: at(200, async (send) => {
      await lead()
      return send('/api/leads?limit=5&sort=-createdAt', { token: await agent() })
    }),
    crmCreateLead: at(201, async (send) =>
      send('/api/leads', { token: await agent(), json: { name: 'Jane Smith', phone: '+1-555-0199' } }),
    ),
    crmMyLeads: get('/api/leads/my', agent),
    crmLead: at(200, async (send) => {
      const id = await lead()
      await first('POST', `/api/leads/${id}/notes`, await agent(), { content: 'likes tea' })
      return send(`/api/leads/${id}`, { token: await agent() })
    }),
    crmUpdateLead: ofLead((id) => `/api/leads/${id}`, agent, { company: 'Engines' }),
    crmDeleteLead: ofLead((id) => `/api/leads/${id}`, admin, undefined, 204),
    crmAddLeadNote: ofLead((id) => `/api/leads/${id}/notes`, agent, { content: 'call at noon' }, 201),
    crmSetLeadStatus: ofLead((id) => `/api/leads/${id}/status`, agent, { status: 'QUALIFIED' }),
    crmAssignLead: at(200, async (send) =>
      send(`/api/leads/${await lead()}/assign`, {
        token: await admin(),
        json: { agentId: await ownAgent() },
      }),
    ),
    crmImportLeads: at(202, async (send) =>
      send('/api/leads/import?dryRun=true', { token: await admin(), text: 'name,phone\nAda,1002\nBob,x\n' }),
    ),
    crmLeadImport: at(200, async (send) => {
      const headers = { Authorization: `Bearer ${await admin()}`, 'Content-Type': 'text/csv' }
      const url = `${stack.url}/api/leads/import?dryRun=true`
      const { body } = await sendRequest({
        method: 'POST',
        url,
        headers,
        body: 'name,phone\nAda,1002\nBob,x\n',
      })
      const { id } = body as { id: number } // the documented shape
      return send(`/api/leads/import/${id}`, { token: await admin() })
    }),
    crmExportLeads: get('/api/leads/export'),

    crmAgents: get('/api/agents'),
    crmCreateAgent: at(201, async (send) =>
      send('/api/agents', { token: await admin(), json: { name: 'Robot', agentType: 'AI' } }),
    ),
    crmAgent: at(200, async (send) => send(`/api/agents/${await ownAgent()}`, { token: await admin() })),
    crmUpdateAgent: at(200, async (send) =>
      send(`/api/agents/${await ownAgent()}`, { token: await admin(), json: { name: 'User One' } }),
    ),
    crmSetAgentStatus: at(200, async (send) =>
      send(`/api/agents/${await ownAgent()}/status`, { token: await agent(), json: { status: 'BREAK' } }),
    ),

    crmCampaigns: at(200, async (send) => {
      await campaign()
      return send('/api/campaigns', { token: await agent() })
    }),
    crmCreateCampaign: at(201, async (send) =>
      send('/api/campaigns', { token: await admin(), json: { name: 'Autumn', dialerMode: 'PROGRESSIVE' } }),
    ),
    crmCampaign: ofCampaign(''),
    crmUpdateCampaign: at(200, async (send) =>
      send(`/api/campaigns/${await campaign()}`, { token: await admin(), json: { maxAttempts: 2 } }),
    ),
    crmStartCampaign: ofCampaign('/start'),
    crmPauseCampaign: ofCampaign('/pause', 'start'),
    crmStopCampaign: ofCampaign('/stop', 'start'),
    crmStartAutomation: ofCampaign('/automation/start', 'start'),
    crmStopAutomation: ofCampaign('/automation/stop', 'start', 'automation/start'),
    crmAutomationStatus: ofCampaign('/automation/status', 'start'),

    crmDial: dials('/api/calls/dial', async () => ({ leadId: await lead() }), callId),
    crmDirectDial: dials('/api/calls/direct', async () => ({ phoneNumber: '1002' }), callId),
    crmHangUp: ofCall('/hangup', [200]),
    crmTransfer: ofCall('/transfer', [200], { targetNumber: '600' }),
    // Only a softphone that listens can do it.
    crmHold: ofCall('/hold', [501]),
    crmUnhold: ofCall('/unhold', [200]),
    crmCall: ofCall('', [200]),

    crmRealtimeStats: get('/api/stats/realtime'),
    crmRealtimeStatistics: get('/api/statistics/realtime'),
    crmAgentStats: at(200, async (send) =>
      send(`/api/stats/agent/${await ownAgent()}`, { token: await admin() }),
    ),

    // FreePBX makes the extensions here, and lends none.
    crmWebrtc: at(501, async (send) => send('/api/config/webrtc', { token: await agent() })),
    crmSipStatus: get('/api/sip/status', agent),
    crmSipDial: dials(
      '/api/sip/dial',
      async () => ({ phone_number: '1002' }),
      (answer) => {
        return (answer.body as { call_id: string }).call_id // the documented shape
      },
    ),
    crmSipHangUp: {
      statuses: hasPbx ? [200] : [404],
      async run(send) {
        const { token, id } = await talking()
        return send('/api/sip/hangup', { token, json: { call_id: String(id) } })
      },
    },

    crmAiSettings: get('/api/ai/settings'),
    crmAgentAiSettings: ofSettings(200),
    crmSetAgentAiSettings: ofSettings(200, settings),
    crmDeleteAgentAiSettings: ofSettings(204),
    crmAiConfig: get('/api/ai/config'),
    crmSetAiConfig: at(200, async (send) =>
      send('/api/ai/config', { token: await admin(), json: { model: 'some-model', maxCallDuration: 300 } }),
    ),
    crmTemplates: get('/api/ai/templates', agent),
    crmCreateTemplate: at(201, async (send) =>
      send('/api/ai/templates', { token: await admin(), json: template() }),
    ),
    crmTemplate: ofTemplate(200),
    crmUpdateTemplate: ofTemplate(200, template),
    crmDeleteTemplate: ofTemplate(204),

    crmTelnyxWebhook: at(200, (send) => {
      const json = {
        data: { id: 'e1', event_type: 'call.hangup', occurred_at: new Date().toISOString(), payload: {} },
      }
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = sign(null, Buffer.from(`${timestamp}|${JSON.stringify(json)}`), privateKey).toString(
        'base64',
      )
      return send('/api/webhooks/telnyx', {
        json,
        headers: { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp },
      })
    }),
  } satisfies Record<
    string,
    { statuses: readonly number[]; run(send: SendToOperation): Promise<DocumentedAnswer> }
  >
}

const newAccountBody = (username: string) => ({
  username,
  email: `${username}@example.org`,
  password: 'correct horse',
})
const claimsOf = (token: string): { username: string } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
