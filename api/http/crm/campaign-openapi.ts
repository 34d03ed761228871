import { z } from '@hono/zod-openapi'
import { json, jsonBody, type Operation } from '../openapi.ts'
import { AutomationStatusJson } from './campaign-automation-wire.ts'
import * as wire from './campaign-wire.ts'
import { guardedErrors } from './errors.ts'
import { IdParams } from './ids.ts'
import { IfMatchHeaders, versionedResponse } from './if-match.ts'

const byId = { params: IdParams }
const example = { name: 'Spring offer', startTime: '09:00:00', endTime: '18:00:00', maxAttempts: 3 }

/** What starts and ends a campaign takes no body and answers with how far it is. */
const lifecycleOperation = (
  path: string,
  operationId: string,
  summary: string,
  description: string,
): Operation => ({
  method: 'post',
  path: `/api/campaigns/{id}/${path}`,
  ...{ operationId, summary, description },
  request: byId,
  responses: { 200: json(AutomationStatusJson, 'How far it is'), ...guardedErrors('not_found', 'conflict') },
})

export const campaignOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/campaigns',
    operationId: 'crmCampaigns',
    summary: 'Campaigns',
    description: 'By id. Agents see those they work in. `Link` names the next page.',
    request: { query: wire.CampaignQuery },
    responses: { 200: json(z.array(wire.CampaignJson), 'A page of them'), ...guardedErrors('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/campaigns',
    operationId: 'crmCreateCampaign',
    summary: 'Plan a campaign',
    description:
      'It is a DRAFT until it is started. What is not named: 9 to 21 h from Monday to Saturday, 3 attempts, 30 minutes between them (5 after BUSY), 10 calls at once, 5 seconds of wrap-up. Calling hours are those where the lead is.',
    request: jsonBody(wire.NewCampaignBody.openapi({ example })),
    responses: { 201: json(wire.CampaignJson, 'The campaign'), ...guardedErrors('input_invalid') },
  },
  {
    method: 'get',
    path: '/api/campaigns/{id}',
    operationId: 'crmCampaign',
    summary: 'One campaign',
    request: byId,
    responses: { ...versionedResponse(wire.CampaignJson, 'The campaign'), ...guardedErrors('not_found') },
  },
  {
    method: 'put',
    path: '/api/campaigns/{id}',
    operationId: 'crmUpdateCampaign',
    summary: 'Change a campaign',
    description: 'What is not named stays. Also while it is ACTIVE: the next call goes by it.',
    request: {
      ...byId,
      headers: IfMatchHeaders,
      ...jsonBody(wire.CampaignPatchBody.openapi({ example: { maxAttempts: 2 } })),
    },
    responses: {
      200: json(wire.CampaignJson, 'As it is now'),
      ...guardedErrors('input_invalid', 'not_found', 'stale'),
    },
  },
  lifecycleOperation(
    'start',
    'crmStartCampaign',
    'Start it, or go on',
    'From DRAFT and PAUSED. Also from COMPLETED where its list was over and has grown since; one that was stopped is over for good.',
  ),
  lifecycleOperation(
    'pause',
    'crmPauseCampaign',
    'Let it rest',
    'It dials no more until it is started again, and then by itself as before. Calls that are under way go on.',
  ),
  lifecycleOperation('stop', 'crmStopCampaign', 'End it for good', 'Calls that are under way go on.'),
  lifecycleOperation(
    'automation/start',
    'crmStartAutomation',
    'Let it dial by itself',
    'Only an ACTIVE one. Each agent who is READY and whose phone is free gets a lead: their phone rings first. It is COMPLETED some seconds after the last lead of its list is done.',
  ),
  lifecycleOperation(
    'automation/stop',
    'crmStopAutomation',
    'Dial by hand',
    'Calls that are under way go on.',
  ),
  {
    method: 'get',
    path: '/api/campaigns/{id}/automation/status',
    operationId: 'crmAutomationStatus',
    summary: 'How far it is, and why it does not dial',
    request: byId,
    responses: { 200: json(AutomationStatusJson, 'How far it is'), ...guardedErrors('not_found') },
  },
]
