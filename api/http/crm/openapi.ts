import { z } from '@hono/zod-openapi'
import { bearer, json, noAuth, type OpenApiSection, type Operation, withTag } from '../openapi.ts'
import { agentOperations } from './agent-openapi.ts'
import { aiOperations } from './ai-openapi.ts'
import { authOperations } from './auth-openapi.ts'
import { callOperations } from './call-openapi.ts'
import { campaignOperations } from './campaign-openapi.ts'
import { publicErrors } from './errors.ts'
import { leadOperations } from './lead-openapi.ts'
import { type GuardedOperation, PERMISSIONS, type Permission } from './permissions.ts'
import { statsOperations } from './stats-openapi.ts'
import { webhookOperations } from './webhook-openapi.ts'
import { webrtcOperations } from './webrtc-openapi.ts'

/** What a monitor asks for. */
const HealthJson = z.object({ status: z.literal('ok') })
const health: Operation = {
  method: 'get',
  path: '/api/health',
  operationId: 'crmHealth',
  summary: 'Whether the API answers',
  security: noAuth,
  responses: { 200: json(HealthJson, 'It does'), ...publicErrors('input_invalid', 'unavailable') },
}

const PERMISSION_TEXT: Record<Permission, string> = {
  none: 'no',
  own: 'their own',
  team: 'their team’s',
  all: 'all',
}

/** Says in the document who may do it, from the table that decides. */
function withPermissions(one: Operation): Operation {
  const permissions = PERMISSIONS[one.operationId as GuardedOperation] // undefined for an operation behind no door
  if (permissions === undefined) return { security: noAuth, ...one }
  const who = `Agents: ${PERMISSION_TEXT[permissions.agent]}. Supervisors: ${PERMISSION_TEXT[permissions.supervisor]}. Admins: all.`
  return { security: bearer, ...one, description: [one.description, who].filter(Boolean).join('\n\n') }
}

export const crmOpenApi: OpenApiSection = {
  name: 'Call centre',
  tags: [
    { name: 'Call centre: accounts', description: 'Log in, register by mail, invite' },
    { name: 'Call centre: leads', description: 'Whom to call' },
    { name: 'Call centre: agents', description: 'Who calls' },
    { name: 'Call centre: campaigns', description: 'Lists that are dialled, by hand or by themselves' },
    {
      name: 'Call centre: calls',
      description:
        'Dial, transfer, hold, hang up. A supervisor of a team reaches no further on the other surfaces, unless `HOOKSWITCH_SUPERVISOR_REACH=all`; one of no team has their own calls here, and everybody’s there.',
    },
    { name: 'Call centre: statistics', description: 'How it goes' },
    { name: 'Call centre: browser phones', description: 'Credentials that are lent' },
    { name: 'Call centre: AI', description: 'Settings and prompts that are kept; no model is called' },
    { name: 'Call centre: webhooks', description: 'What others tell us' },
  ],
  operations: [
    ...withTag('Call centre: accounts', '', [health, ...authOperations]),
    ...withTag('Call centre: leads', '', leadOperations),
    ...withTag('Call centre: agents', '', agentOperations),
    ...withTag('Call centre: campaigns', '', campaignOperations),
    ...withTag('Call centre: calls', '', callOperations),
    ...withTag('Call centre: statistics', '', statsOperations),
    ...withTag('Call centre: browser phones', '', webrtcOperations),
    ...withTag('Call centre: AI', '', aiOperations),
    ...withTag('Call centre: webhooks', '', webhookOperations),
  ].map(withPermissions),
}
