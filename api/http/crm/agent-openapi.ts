import { z } from '@hono/zod-openapi'
import { json, jsonBody, type Operation } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import { guardedErrors } from './errors.ts'
import { IdParams } from './ids.ts'
import { IfMatchHeaders, versionedResponse } from './if-match.ts'
import { PageQuery } from './paging.ts'

const byId = { params: IdParams }

export const agentOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/agents',
    operationId: 'crmAgents',
    summary: 'Who calls',
    description: 'By id. `Link` names the next page.',
    request: { query: PageQuery },
    responses: { 200: json(z.array(wire.AgentJson), 'A page of them'), ...guardedErrors('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/agents',
    operationId: 'crmCreateAgent',
    summary: 'Take somebody in',
    description:
      'With `username` and `password` an account is made, with `userId` an existing one is taken (admins), with `userId: null` there is none, as for an AI agent. Roles and extensions are an admin’s to give.',
    request: jsonBody(
      wire.NewAgentBody.openapi({
        example: { name: 'Dora', agentType: 'HUMAN', username: 'dora', password: 'correct horse' },
      }),
    ),
    responses: {
      201: json(wire.AgentJson, 'The agent'),
      ...guardedErrors('input_invalid', 'taken', 'not_found'),
    },
  },
  {
    method: 'get',
    path: '/api/agents/{id}',
    operationId: 'crmAgent',
    summary: 'One of them',
    request: byId,
    responses: { ...versionedResponse(wire.AgentJson, 'The agent'), ...guardedErrors('not_found') },
  },
  {
    method: 'put',
    path: '/api/agents/{id}',
    operationId: 'crmUpdateAgent',
    summary: 'Change name, team, role or extension',
    description:
      'Supervisors change names. A new role or extension ends the sessions of the agent, as their tokens say the old one; their leads go with them into another team.',
    request: {
      ...byId,
      headers: IfMatchHeaders,
      ...jsonBody(wire.AgentPatchBody.openapi({ example: { name: 'Dora B.' } })),
    },
    responses: {
      200: json(wire.AgentJson, 'As it is now'),
      ...guardedErrors('input_invalid', 'not_found', 'taken', 'conflict', 'stale'),
    },
  },
  {
    method: 'put',
    path: '/api/agents/{id}/status',
    operationId: 'crmSetAgentStatus',
    summary: 'Say whether one takes calls',
    description: 'Only who is `READY` gets calls of campaigns. Presence goes with it.',
    request: { ...byId, ...jsonBody(wire.AgentStatusBody.openapi({ example: { status: 'READY' } })) },
    responses: {
      200: json(wire.AgentJson, 'As it is now'),
      ...guardedErrors('input_invalid', 'not_found', 'conflict'),
    },
  },
]
