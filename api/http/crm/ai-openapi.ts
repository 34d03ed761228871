import { z } from '@hono/zod-openapi'
import { json, jsonBody, type Operation } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import { guardedErrors } from './errors.ts'
import { IdParams } from './ids.ts'
import { IfMatchHeaders, versionedResponse } from './if-match.ts'
import { PageQuery } from './paging.ts'

const agentParams = { params: z.object({ agent_id: IdParams.shape.id }) }
const templateParams = { params: z.object({ id: z.string().openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }) }) }
const settingsBody = jsonBody(
  wire.SettingsBody.openapi({
    example: {
      systemPrompt: 'You sell tea.',
      greetingMessage: 'Hello!',
      language: 'en-GB',
      temperature: 0.5,
    },
  }),
)
const templateBody = jsonBody(
  wire.TemplateBody.openapi({
    example: { name: 'Greeting', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' },
  }),
)
const deletedResponse = { 204: { description: 'It is gone; its versions are kept' } }

export const aiOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/ai/settings',
    operationId: 'crmAiSettings',
    summary: 'Settings of all agents who have some',
    description: 'By agent. `Link` names the next page.',
    request: { query: PageQuery },
    responses: {
      200: json(z.array(wire.AgentAiSettingsJson), 'A page of them'),
      ...guardedErrors('input_invalid'),
    },
  },
  {
    method: 'get',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmAgentAiSettings',
    summary: 'Settings of an agent',
    request: { ...agentParams, query: wire.VersionQuery },
    responses: {
      ...versionedResponse(wire.AgentAiSettingsJson.nullable(), 'They are; null where the agent has none'),
      ...guardedErrors('input_invalid', 'not_found'),
    },
  },
  {
    method: 'put',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmSetAgentAiSettings',
    summary: 'Set what an agent’s model is told',
    description: 'All of it: what is left out is set to its default. No model is called here.',
    request: { ...agentParams, headers: IfMatchHeaders, ...settingsBody },
    responses: {
      200: json(wire.AgentAiSettingsJson, 'As they are now'),
      201: json(wire.AgentAiSettingsJson, 'The agent had none'),
      ...guardedErrors('input_invalid', 'not_found', 'stale'),
    },
  },
  {
    method: 'delete',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmDeleteAgentAiSettings',
    summary: 'Delete an agent’s settings',
    request: { ...agentParams, headers: IfMatchHeaders },
    responses: { ...deletedResponse, ...guardedErrors('not_found', 'stale') },
  },
  {
    method: 'get',
    path: '/api/ai/config',
    operationId: 'crmAiConfig',
    summary: 'What holds for all AI agents',
    request: { query: wire.VersionQuery },
    responses: {
      ...versionedResponse(wire.AiConfigJson, 'It is'),
      ...guardedErrors('input_invalid', 'not_found'),
    },
  },
  {
    method: 'put',
    path: '/api/ai/config',
    operationId: 'crmSetAiConfig',
    summary: 'Set what holds for all AI agents',
    description:
      'All of it: what is left out is set to its default. Members there are not are refused, so that no key is ever kept here.',
    request: {
      headers: IfMatchHeaders,
      ...jsonBody(wire.ConfigBody.openapi({ example: { model: 'large-1', sttProvider: 'whisper' } })),
    },
    responses: { 200: json(wire.AiConfigJson, 'As it is now'), ...guardedErrors('input_invalid', 'stale') },
  },
  {
    method: 'get',
    path: '/api/ai/templates',
    operationId: 'crmTemplates',
    summary: 'Prompt templates',
    description: 'By name. `Link` names the next page.',
    request: { query: PageQuery },
    responses: { 200: json(z.array(wire.TemplateJson), 'A page of them'), ...guardedErrors('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/ai/templates',
    operationId: 'crmCreateTemplate',
    summary: 'Write a template',
    request: templateBody,
    responses: {
      201: json(wire.TemplateJson, 'It is'),
      ...guardedErrors('input_invalid', 'taken', 'conflict'),
    },
  },
  {
    method: 'get',
    path: '/api/ai/templates/{id}',
    operationId: 'crmTemplate',
    summary: 'One template',
    request: { ...templateParams, query: wire.VersionQuery },
    responses: {
      ...versionedResponse(wire.TemplateJson, 'It is'),
      ...guardedErrors('input_invalid', 'not_found'),
    },
  },
  {
    method: 'put',
    path: '/api/ai/templates/{id}',
    operationId: 'crmUpdateTemplate',
    summary: 'Write a template anew',
    request: { ...templateParams, headers: IfMatchHeaders, ...templateBody },
    responses: {
      200: json(wire.TemplateJson, 'As it is now'),
      ...guardedErrors('input_invalid', 'not_found', 'taken', 'stale'),
    },
  },
  {
    method: 'delete',
    path: '/api/ai/templates/{id}',
    operationId: 'crmDeleteTemplate',
    summary: 'Delete a template',
    request: { ...templateParams, headers: IfMatchHeaders },
    responses: { ...deletedResponse, ...guardedErrors('not_found', 'stale') },
  },
]
