import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stack, waitUntil } from '../../support/stack.ts'
import { type DocumentedAnswer, sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** Steps that several cases of the call center have in common. */
export function createCrmCaseSteps(
  stack: Stack,
  hasPbx: boolean,
  tokenOf: (name: string) => Promise<string>,
) {
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
    const token = await agent()
    // Their first request makes a user an agent.
    await first('GET', '/api/agents', token)
    const { username } = claimsOf(token)
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
  const ofTemplate = (
    status: number,
    json?: () => object,
    pathOf = (id: unknown) => `/api/ai/templates/${id}`,
  ): OperationCase =>
    at(status, async (send) => {
      const { id } = await first('POST', '/api/ai/templates', await admin(), template())
      return send(pathOf(id), { token: await admin(), json: json?.() })
    })
  const settingsPath = (agentId: unknown) => `/api/ai/settings/${agentId}`
  const ofSettings = (status: number, json?: object, pathOf = settingsPath): OperationCase =>
    at(status, async (send) => {
      const agentId = await ownAgent()
      await first('PUT', settingsPath(agentId), await admin(), settings)
      return send(pathOf(agentId), { token: await admin(), json })
    })

  return {
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
  }
}

const claimsOf = (token: string): { username: string } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
