import type { RefusalCode } from '../../core/refusal.ts'
import { json, jsonBody, type Operation } from '../openapi.ts'
import * as wire from './call-wire.ts'
import { guardedErrors } from './errors.ts'

/** Why a call may not be made. */
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
  'With an `Idempotency-Key` it may be sent again: the same request gives the same call.'

/** One that takes nothing but the call, and answers with it. */
const callCommand = (
  operationId: string,
  path: string,
  summary: string,
  ...errors: RefusalCode[]
): Operation => ({
  method: 'post',
  path: `/api/calls/{id}/${path}`,
  operationId,
  summary,
  request: { params: wire.CallParams },
  responses: {
    200: json(wire.CallJson, 'The call as it is now'),
    ...guardedErrors('not_found', 'conflict', 'unconfirmed', ...errors),
  },
})

export const callOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/calls/dial',
    operationId: 'crmDial',
    summary: 'Call a lead: the agent’s phone rings, then the lead’s',
    description: `Supervisors and admins may name another agent. A lead, its number or an agent that is in such a call is 409, a number on the do-not-call list 403. ${IDEMPOTENCY_NOTE}`,
    request: { headers: wire.DialHeaders, ...jsonBody(wire.DialBody) },
    responses: {
      201: json(wire.InitiatedJson, 'The agent’s phone is about to ring'),
      ...guardedErrors(...DIAL_ERRORS),
    },
  },
  {
    method: 'post',
    path: '/api/calls/direct',
    operationId: 'crmDirectDial',
    summary: 'Call a number: the agent’s phone rings, then the number',
    description: `One of a lead that the actor sees is a call of that lead, as by \`/api/calls/dial\`. ${IDEMPOTENCY_NOTE}`,
    request: { headers: wire.DialHeaders, ...jsonBody(wire.DirectBody) },
    responses: {
      201: json(wire.InitiatedJson, 'The agent’s phone is about to ring'),
      ...guardedErrors(...DIAL_ERRORS),
    },
  },
  callCommand('crmHangUp', 'hangup', 'Hang up; a call that is over is no fault'),
  callCommand(
    'crmHold',
    'hold',
    'Put the other end on hold: the agent’s own softphone is asked',
    'not_supported',
  ),
  callCommand('crmUnhold', 'unhold', 'Take the other end back', 'not_supported'),
  {
    method: 'post',
    path: '/api/calls/{id}/transfer',
    operationId: 'crmTransfer',
    summary: 'Give the other end to an agent or a number, and leave',
    description: 'A `callId` in the body is ignored: the path says it.',
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
  {
    method: 'get',
    path: '/api/calls/{id}',
    operationId: 'crmCall',
    summary: 'One call: live, over, or only asked for',
    description: 'One that was not made here is found by its callControlId, and has a number from then on.',
    request: { params: wire.CallParams },
    responses: { 200: json(wire.CallJson, 'The call'), ...guardedErrors('not_found') },
  },
  {
    method: 'get',
    path: '/api/sip/status',
    operationId: 'crmSipStatus',
    summary: 'How the way to the PBX is',
    responses: { 200: json(wire.SipStatusJson, 'How it is now'), ...guardedErrors() },
  },
  {
    method: 'post',
    path: '/api/sip/dial',
    operationId: 'crmSipDial',
    summary: 'Call a number from my phone',
    description: `The same as \`/api/calls/direct\`. ${IDEMPOTENCY_NOTE}`,
    request: { headers: wire.DialHeaders, ...jsonBody(wire.SipDialBody) },
    responses: { 200: json(wire.SipDialJson, 'My phone is about to ring'), ...guardedErrors(...DIAL_ERRORS) },
  },
  {
    method: 'post',
    path: '/api/sip/hangup',
    operationId: 'crmSipHangUp',
    summary: 'Hang up; a call that is over is no fault',
    request: jsonBody(wire.SipHangupBody),
    responses: {
      200: json(wire.SipHangupJson, 'It is over'),
      ...guardedErrors('input_invalid', 'not_found', 'conflict', 'unconfirmed'),
    },
  },
]
