import { z } from '@hono/zod-openapi'
import { bearer, json, type Operation, open, type Surface, under } from '../openapi.ts'
import { agentOperations } from './agent-openapi.ts'
import { aiOperations } from './ai-openapi.ts'
import { authOperations } from './auth-openapi.ts'
import { callOperations } from './call-openapi.ts'
import { campaignOperations } from './campaign-openapi.ts'
import { refusesAnybody } from './errors.ts'
import { leadOperations } from './lead-openapi.ts'
import { type GuardedOperation, type Reach, RIGHTS } from './permissions.ts'
import { statsOperations } from './stats-openapi.ts'
import { webhookOperations } from './webhook-openapi.ts'
import { webrtcOperations } from './webrtc-openapi.ts'

/** What a monitor asks for. */
const Healthy = z.object({ status: z.literal('ok') })
const health: Operation = {
  method: 'get',
  path: '/api/health',
  operationId: 'crmHealth',
  summary: 'Whether the API answers',
  security: open,
  responses: { 200: json(Healthy, 'It does'), ...refusesAnybody('input_invalid', 'unavailable') },
}

const REACH: Record<Reach, string> = { none: 'no', own: 'their own', team: 'their team’s', all: 'all' }

/** Says in the document who may do it, from the table that decides. */
function guarded(one: Operation): Operation {
  const rights = RIGHTS[one.operationId as GuardedOperation] // undefined for an operation behind no door
  if (rights === undefined) return { security: open, ...one }
  const who = `Agents: ${REACH[rights.agent]}. Supervisors: ${REACH[rights.supervisor]}. Admins: all.`
  return { security: bearer, ...one, description: [one.description, who].filter(Boolean).join('\n\n') }
}

export const described: Surface = {
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
    ...under('Call centre: accounts', '', [health, ...authOperations]),
    ...under('Call centre: leads', '', leadOperations),
    ...under('Call centre: agents', '', agentOperations),
    ...under('Call centre: campaigns', '', campaignOperations),
    ...under('Call centre: calls', '', callOperations),
    ...under('Call centre: statistics', '', statsOperations),
    ...under('Call centre: browser phones', '', webrtcOperations),
    ...under('Call centre: AI', '', aiOperations),
    ...under('Call centre: webhooks', '', webhookOperations),
  ].map(guarded),
}
