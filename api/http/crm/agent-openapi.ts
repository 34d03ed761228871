import { z } from '@hono/zod-openapi'
import { json, type Operation, taking } from '../openapi.ts'
import * as wire from './agent-wire.ts'
import { refuses } from './errors.ts'
import { IdParam, IfMatch, ofVersion, PageQuery } from './params.ts'

const one = { params: IdParam }

export const agentOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/agents',
    operationId: 'crmAgents',
    summary: 'Who calls',
    description: 'By id. `Link` names the next page.',
    request: { query: PageQuery },
    responses: { 200: json(z.array(wire.ShownAgent), 'A page of them'), ...refuses('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/agents',
    operationId: 'crmCreateAgent',
    summary: 'Take somebody in',
    description:
      'With `username` and `password` an account is made, with `userId` an existing one is taken (admins), with `userId: null` there is none, as for an AI agent. Roles and extensions are an admin’s to give.',
    request: taking(
      wire.NewAgentBody.openapi({
        example: { name: 'Dora', agentType: 'HUMAN', username: 'dora', password: 'correct horse' },
      }),
    ),
    responses: {
      201: json(wire.ShownAgent, 'The agent'),
      ...refuses('input_invalid', 'taken', 'not_found'),
    },
  },
  {
    method: 'get',
    path: '/api/agents/{id}',
    operationId: 'crmAgent',
    summary: 'One of them',
    request: one,
    responses: { ...ofVersion(wire.ShownAgent, 'The agent'), ...refuses('not_found') },
  },
  {
    method: 'put',
    path: '/api/agents/{id}',
    operationId: 'crmUpdateAgent',
    summary: 'Change name, team, role or extension',
    description:
      'Supervisors change names. A new role or extension ends the sessions of the agent, as their tokens say the old one; their leads go with them into another team.',
    request: {
      ...one,
      headers: IfMatch,
      ...taking(wire.AgentPatchBody.openapi({ example: { name: 'Dora B.' } })),
    },
    responses: {
      200: json(wire.ShownAgent, 'As it is now'),
      ...refuses('input_invalid', 'not_found', 'taken', 'conflict', 'stale'),
    },
  },
  {
    method: 'put',
    path: '/api/agents/{id}/status',
    operationId: 'crmSetAgentStatus',
    summary: 'Say whether one takes calls',
    description: 'Only who is `READY` gets calls of campaigns. Presence goes with it.',
    request: { ...one, ...taking(wire.AgentStatusBody.openapi({ example: { status: 'READY' } })) },
    responses: {
      200: json(wire.ShownAgent, 'As it is now'),
      ...refuses('input_invalid', 'not_found', 'conflict'),
    },
  },
]
