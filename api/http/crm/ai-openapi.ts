import { z } from '@hono/zod-openapi'
import { json, type Operation, taking } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import { refuses } from './errors.ts'
import { IdParam, IfMatch, ofVersion, PageQuery } from './params.ts'

const agent = { params: z.object({ agent_id: IdParam.shape.id }) }
const template = { params: z.object({ id: z.string().openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }) }) }
const settingsBody = taking(
  wire.SettingsBody.openapi({
    example: {
      systemPrompt: 'You sell tea.',
      greetingMessage: 'Hello!',
      language: 'en-GB',
      temperature: 0.5,
    },
  }),
)
const templateBody = taking(
  wire.TemplateBody.openapi({
    example: { name: 'Greeting', category: 'sales', content: 'Hello {{name}}, this is {{agent}}.' },
  }),
)
const gone = { 204: { description: 'It is gone; its versions are kept' } }

export const aiOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/ai/settings',
    operationId: 'crmAiSettings',
    summary: 'Settings of all agents who have some',
    description: 'By agent. `Link` names the next page.',
    request: { query: PageQuery },
    responses: { 200: json(z.array(wire.ShownSettings), 'A page of them'), ...refuses('input_invalid') },
  },
  {
    method: 'get',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmAgentAiSettings',
    summary: 'Settings of an agent',
    request: { ...agent, query: wire.VersionQuery },
    responses: {
      ...ofVersion(wire.ShownSettings.nullable(), 'They are; null where the agent has none'),
      ...refuses('input_invalid', 'not_found'),
    },
  },
  {
    method: 'put',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmSetAgentAiSettings',
    summary: 'Set what an agent’s model is told',
    description: 'All of it: what is left out is set to its default. No model is called here.',
    request: { ...agent, headers: IfMatch, ...settingsBody },
    responses: {
      200: json(wire.ShownSettings, 'As they are now'),
      201: json(wire.ShownSettings, 'The agent had none'),
      ...refuses('input_invalid', 'not_found', 'stale'),
    },
  },
  {
    method: 'delete',
    path: '/api/ai/settings/{agent_id}',
    operationId: 'crmDeleteAgentAiSettings',
    summary: 'Delete an agent’s settings',
    request: { ...agent, headers: IfMatch },
    responses: { ...gone, ...refuses('not_found', 'stale') },
  },
  {
    method: 'get',
    path: '/api/ai/config',
    operationId: 'crmAiConfig',
    summary: 'What holds for all AI agents',
    request: { query: wire.VersionQuery },
    responses: { ...ofVersion(wire.ShownConfig, 'It is'), ...refuses('input_invalid', 'not_found') },
  },
  {
    method: 'put',
    path: '/api/ai/config',
    operationId: 'crmSetAiConfig',
    summary: 'Set what holds for all AI agents',
    description:
      'All of it: what is left out is set to its default. Members there are not are refused, so that no key is ever kept here.',
    request: {
      headers: IfMatch,
      ...taking(wire.ConfigBody.openapi({ example: { model: 'large-1', sttProvider: 'whisper' } })),
    },
    responses: { 200: json(wire.ShownConfig, 'As it is now'), ...refuses('input_invalid', 'stale') },
  },
  {
    method: 'get',
    path: '/api/ai/templates',
    operationId: 'crmTemplates',
    summary: 'Prompt templates',
    description: 'By name. `Link` names the next page.',
    request: { query: PageQuery },
    responses: { 200: json(z.array(wire.ShownTemplate), 'A page of them'), ...refuses('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/ai/templates',
    operationId: 'crmCreateTemplate',
    summary: 'Write a template',
    request: templateBody,
    responses: {
      201: json(wire.ShownTemplate, 'It is'),
      ...refuses('input_invalid', 'taken', 'conflict'),
    },
  },
  {
    method: 'get',
    path: '/api/ai/templates/{id}',
    operationId: 'crmTemplate',
    summary: 'One template',
    request: { ...template, query: wire.VersionQuery },
    responses: { ...ofVersion(wire.ShownTemplate, 'It is'), ...refuses('input_invalid', 'not_found') },
  },
  {
    method: 'put',
    path: '/api/ai/templates/{id}',
    operationId: 'crmUpdateTemplate',
    summary: 'Write a template anew',
    request: { ...template, headers: IfMatch, ...templateBody },
    responses: {
      200: json(wire.ShownTemplate, 'As it is now'),
      ...refuses('input_invalid', 'not_found', 'taken', 'stale'),
    },
  },
  {
    method: 'delete',
    path: '/api/ai/templates/{id}',
    operationId: 'crmDeleteTemplate',
    summary: 'Delete a template',
    request: { ...template, headers: IfMatch },
    responses: { ...gone, ...refuses('not_found', 'stale') },
  },
]
