import type { Context, Hono } from 'hono'
import type { AgentCallActor, AgentCalls, CallDetails } from '../../core/call-center/calls/agent-calls.ts'
import type { PbxLinkStatus } from '../../core/call-center/calls/pbx-link-status.ts'
import { readJson } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import * as wire from './call-wire.ts'
import type { GuardedOperation } from './permissions.ts'

export interface CrmCallRoutesNeeds {
  authorize: Authorize
  agentCalls: AgentCalls
  pbxLinkStatus: Pick<PbxLinkStatus, 'state'>
  /** How many live calls somebody may see. */
  activeCalls(by: AgentCallActor): Promise<number>
  /** Where phones register. */
  sipDomain: string | undefined
}

export function addCrmCallRoutes(app: Hono<CrmEnv>, needs: CrmCallRoutesNeeds): void {
  const { authorize, agentCalls, pbxLinkStatus } = needs
  const crmActorOf = (c: Context<CrmEnv>): AgentCallActor => c.var

  app.post('/api/calls/dial', authorize('crmDial'), async (c) => {
    const { leadId, agentId } = await readJson(c, wire.DialBody)
    const call = await agentCalls.dialLead(crmActorOf(c), {
      leadId,
      agentId: agentId ?? undefined,
      idempotencyKey: wire.idempotencyKeyParam(c),
    })
    return c.json(wire.toInitiatedJson(call), 201)
  })
  app.post('/api/calls/direct', authorize('crmDirectDial'), async (c) => {
    const { phoneNumber: number, agentId } = await readJson(c, wire.DirectBody)
    const made = await agentCalls.dialNumber(crmActorOf(c), {
      number,
      agentId: agentId ?? undefined,
      idempotencyKey: wire.idempotencyKeyParam(c),
    })
    return c.json(wire.toInitiatedJson(made), 201)
  })
  app.post('/api/calls/:id/transfer', authorize('crmTransfer'), async (c) => {
    const target = await readJson(c, wire.TransferBody)
    return c.json(wire.toCallJson(await agentCalls.transfer(crmActorOf(c), wire.callIdParam(c), target)))
  })

  /** Operations that take nothing but the call. */
  const addBodylessRoute = (
    operation: GuardedOperation,
    method: 'GET' | 'POST',
    path: string,
    command: (by: AgentCallActor, id: string) => Promise<CallDetails>,
  ) =>
    app.on(method, path, authorize(operation), async (c) =>
      c.json(wire.toCallJson(await command(crmActorOf(c), wire.callIdParam(c)))),
    )
  addBodylessRoute('crmHangUp', 'POST', '/api/calls/:id/hangup', (by, id) => agentCalls.hangup(by, id))
  addBodylessRoute('crmHold', 'POST', '/api/calls/:id/hold', (by, id) => agentCalls.hold(by, id))
  addBodylessRoute('crmUnhold', 'POST', '/api/calls/:id/unhold', (by, id) => agentCalls.unhold(by, id))
  addBodylessRoute('crmCall', 'GET', '/api/calls/:id', (by, id) => agentCalls.find(by, id))

  app.get('/api/sip/status', authorize('crmSipStatus'), async (c) => {
    const status = pbxLinkStatus.state()
    return c.json(
      typedAs(wire.SipStatusJson, {
        status,
        registered: status === 'registered',
        trunk_host: needs.sipDomain ?? null,
        caller_id: c.var.callCenterActor.agent.extension,
        active_calls: await needs.activeCalls(crmActorOf(c)),
      }),
    )
  })
  app.post('/api/sip/dial', authorize('crmSipDial'), async (c) => {
    const { phone_number: number } = await readJson(c, wire.SipDialBody)
    const { callId } = await agentCalls.dialNumber(crmActorOf(c), {
      number,
      idempotencyKey: wire.idempotencyKeyParam(c),
    })
    return c.json(typedAs(wire.SipDialJson, { success: true, call_id: callId, error: null }))
  })
  app.post('/api/sip/hangup', authorize('crmSipHangUp'), async (c) => {
    const { call_id: id } = await readJson(c, wire.SipHangupBody)
    await agentCalls.hangup(crmActorOf(c), id)
    return c.json(typedAs(wire.SipHangupJson, { success: true, error: null }))
  })
}
