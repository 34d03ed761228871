import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AgentCallActor, AgentCalls, CallDetails } from '../../core/call-center/calls/agent-calls.ts'
import type { PbxLinkStatus } from '../../core/call-center/calls/pbx-link-status.ts'
import type { RefusalCode } from '../../core/refusal.ts'
import { readJson } from '../errors.ts'
import { json, jsonBody } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import * as wire from './call-wire.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import type { GuardedOperation } from './permissions.ts'

/** Refusals of an operation that dials. */
const DIAL_ERRORS: readonly RefusalCode[] = [
  'input_invalid',
  'not_found',
  'conflict',
  'dial_denied',
  'unknown_number',
  'key_reused',
  'throttled',
]

const IDEMPOTENCY_NOTE =
  'With an `Idempotency-Key` the request can be retried: the same request gives the same call.'

export interface CrmCallRoutesNeeds {
  authorize: Authorize
  agentCalls: AgentCalls
  pbxLinkStatus: Pick<PbxLinkStatus, 'state'>
  /** The number of live calls that the actor may see. */
  activeCalls(by: AgentCallActor): Promise<number>
  /** Where phones register; undefined if not configured. */
  sipDomain: string | undefined
}

/** "Calls" and "SIP". */
export function addCrmCallRoutes(app: OpenAPIHono<CrmEnv>, needs: CrmCallRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, 'Call centre: calls')
  const { agentCalls, pbxLinkStatus } = needs
  const crmActorOf = (c: Context<CrmEnv>): AgentCallActor => c.var

  addGuarded(
    {
      method: 'post',
      path: '/api/calls/dial',
      operationId: 'crmDial',
      summary: 'Call a lead: the agent’s phone rings, then the lead’s',
      description: `Supervisors and admins may name another agent. 409 if the lead, its number or the agent is in such a call already; 403 if the number is on the do-not-call list. ${IDEMPOTENCY_NOTE}`,
      request: { headers: wire.DialHeaders, ...jsonBody(wire.DialBody) },
      responses: {
        201: json(wire.InitiatedJson, 'The agent’s phone is about to ring'),
        ...guardedErrors(...DIAL_ERRORS),
      },
    },
    async (c) => {
      const { leadId, agentId } = await readJson(c, wire.DialBody)
      const call = await agentCalls.dialLead(crmActorOf(c), {
        leadId,
        agentId: agentId ?? undefined,
        idempotencyKey: wire.idempotencyKeyParam(c),
      })
      return c.json(wire.toInitiatedJson(call), 201)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/calls/direct',
      operationId: 'crmDirectDial',
      summary: 'Call a number: the agent’s phone rings, then the number',
      description: `If a lead that the actor may see has the number, it is a call of that lead, as by \`/api/calls/dial\`. ${IDEMPOTENCY_NOTE}`,
      request: { headers: wire.DialHeaders, ...jsonBody(wire.DirectBody) },
      responses: {
        201: json(wire.InitiatedJson, 'The agent’s phone is about to ring'),
        ...guardedErrors(...DIAL_ERRORS),
      },
    },
    async (c) => {
      const { phoneNumber: number, agentId } = await readJson(c, wire.DirectBody)
      const call = await agentCalls.dialNumber(crmActorOf(c), {
        number,
        agentId: agentId ?? undefined,
        idempotencyKey: wire.idempotencyKeyParam(c),
      })
      return c.json(wire.toInitiatedJson(call), 201)
    },
  )
  /** Commands on a call that take no body and answer with the call. */
  const addCommandRoute = (
    path: string,
    operationId: GuardedOperation,
    summary: string,
    command: (by: AgentCallActor, id: string) => Promise<CallDetails>,
    ...errors: RefusalCode[]
  ) =>
    addGuarded(
      {
        method: 'post',
        path: `/api/calls/{id}/${path}`,
        operationId,
        summary,
        request: { params: wire.CallParams },
        responses: {
          200: json(wire.CallJson, 'The call as it is now'),
          ...guardedErrors('not_found', 'conflict', 'unconfirmed', ...errors),
        },
      },
      async (c) => c.json(wire.toCallJson(await command(crmActorOf(c), wire.callIdParam(c))), 200),
    )
  addCommandRoute('hangup', 'crmHangUp', 'Hang up; no error if the call has ended', (by, id) =>
    agentCalls.hangup(by, id),
  )
  addCommandRoute(
    'hold',
    'crmHold',
    'Put the other end on hold, by the agent’s own softphone',
    (by, id) => agentCalls.hold(by, id),
    'not_supported',
  )
  addCommandRoute(
    'unhold',
    'crmUnhold',
    'Take the other end back',
    (by, id) => agentCalls.unhold(by, id),
    'not_supported',
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/calls/{id}/transfer',
      operationId: 'crmTransfer',
      summary: 'Transfer the other end to an agent or a number (blind transfer)',
      description: 'A `callId` in the body is ignored: the path names the call.',
      request: { params: wire.CallParams, ...jsonBody(wire.TransferBody) },
      responses: {
        200: json(wire.CallJson, 'The call as it is now'),
        ...guardedErrors(
          'input_invalid',
          'not_found',
          'conflict',
          'dial_denied',
          'unknown_number',
          'not_supported',
          'unconfirmed',
        ),
      },
    },
    async (c) => {
      const target = await readJson(c, wire.TransferBody)
      return c.json(
        wire.toCallJson(await agentCalls.transfer(crmActorOf(c), wire.callIdParam(c), target)),
        200,
      )
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/calls/{id}',
      operationId: 'crmCall',
      summary: 'Read a call: live, ended, or only requested',
      description:
        'A call that this API did not place is found by its callControlId, and has an id from then on.',
      request: { params: wire.CallParams },
      responses: { 200: json(wire.CallJson, 'The call'), ...guardedErrors('not_found') },
    },
    async (c) => c.json(wire.toCallJson(await agentCalls.find(crmActorOf(c), wire.callIdParam(c))), 200),
  )

  addGuarded(
    {
      method: 'get',
      path: '/api/sip/status',
      operationId: 'crmSipStatus',
      summary: 'Read the state of the connection to the PBX',
      responses: { 200: json(wire.SipStatusJson, 'The state'), ...guardedErrors() },
    },
    async (c) => {
      const status = pbxLinkStatus.state()
      return c.json(
        {
          status,
          registered: status === 'registered',
          trunk_host: needs.sipDomain ?? null,
          caller_id: c.var.callCenterActor.agent.extension,
          active_calls: await needs.activeCalls(crmActorOf(c)),
        },
        200,
      )
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/sip/dial',
      operationId: 'crmSipDial',
      summary: 'Call a number from my phone',
      description: `The same as \`/api/calls/direct\`. ${IDEMPOTENCY_NOTE}`,
      request: { headers: wire.DialHeaders, ...jsonBody(wire.SipDialBody) },
      responses: {
        200: json(wire.SipDialJson, 'My phone is about to ring'),
        ...guardedErrors(...DIAL_ERRORS),
      },
    },
    async (c) => {
      const { phone_number: number } = await readJson(c, wire.SipDialBody)
      const { callId } = await agentCalls.dialNumber(crmActorOf(c), {
        number,
        idempotencyKey: wire.idempotencyKeyParam(c),
      })
      return c.json({ success: true as const, call_id: callId, error: null }, 200)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/sip/hangup',
      operationId: 'crmSipHangUp',
      summary: 'Hang up; no error if the call has ended',
      request: jsonBody(wire.SipHangupBody),
      responses: {
        200: json(wire.SipHangupJson, 'The call has ended'),
        ...guardedErrors('input_invalid', 'not_found', 'conflict', 'unconfirmed'),
      },
    },
    async (c) => {
      const { call_id: id } = await readJson(c, wire.SipHangupBody)
      await agentCalls.hangup(crmActorOf(c), id)
      return c.json({ success: true as const, error: null }, 200)
    },
  )
}
