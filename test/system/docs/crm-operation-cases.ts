import { generateKeyPairSync, sign } from 'node:crypto'
import type { Stack } from '../../support/stack.ts'
import { createCrmCaseSteps } from './crm-case-steps.ts'
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
  const {
    at,
    admin,
    agent,
    first,
    get,
    lead,
    ofLead,
    ownAgent,
    campaign,
    ofCampaign,
    mailed,
    invited,
    talking,
    ofCall,
    dials,
    callId,
    settings,
    template,
    ofTemplate,
    ofSettings,
  } = createCrmCaseSteps(stack, hasPbx, tokenOf)

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
    campaignReadiness: at(200, async (send) =>
      send(`/api/v1/campaigns/${await campaign('start')}/readiness`, { token: await admin() }),
    ),
    campaignOutcomes: at(200, async (send) =>
      send(`/api/v1/campaigns/${await campaign()}/outcomes?by=day`, { token: await admin() }),
    ),

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

    // Without the demo's Asterisk, FreePBX makes the extensions here, and lends none.
    crmWebrtc: at(hasPbx ? 200 : 501, async (send) => send('/api/config/webrtc', { token: await agent() })),
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
    listTemplateVersions: ofTemplate(200, undefined, (id) => `/api/v1/ai/templates/${id}/versions`),
    listAiSettingsVersions: ofSettings(200, undefined, (id) => `/api/v1/ai/settings/${id}/versions`),
    listAiConfigVersions: get('/api/v1/ai/config/versions'),

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
