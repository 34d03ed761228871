import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Logger } from '../../../runtime/log.ts'
import { addRoute } from '../add-route.ts'
import { sendError } from '../errors.ts'
import { json, noAuth } from '../openapi.ts'
import { type AgentRoutesNeeds, addAgentRoutes } from './agent-routes.ts'
import { type AiRoutesNeeds, addAiRoutes } from './ai-routes.ts'
import { type AuthRoutesNeeds, addAuthRoutes } from './auth-routes.ts'
import type { CrmEnv } from './authorize.ts'
import { addCrmCallRoutes, type CrmCallRoutesNeeds } from './call-routes.ts'
import { addCampaignRoutes, type CampaignRoutesNeeds } from './campaign-routes.ts'
import { crmErrorFormat, publicErrors } from './errors.ts'
import { addLeadRoutes, type LeadRoutesNeeds } from './lead-routes.ts'
import { addStatsRoutes, type StatsRoutesNeeds } from './stats-routes.ts'
import { addWebhookRoutes, type WebhookRoutesNeeds } from './webhook-routes.ts'
import { addWebrtcRoutes, type WebrtcRoutesNeeds } from './webrtc-routes.ts'

export interface CrmRoutesNeeds {
  auth: AuthRoutesNeeds
  leads: LeadRoutesNeeds
  agents: AgentRoutesNeeds
  campaigns: CampaignRoutesNeeds
  calls: CrmCallRoutesNeeds
  stats: StatsRoutesNeeds
  webrtc: WebrtcRoutesNeeds
  ai: AiRoutesNeeds
  webhooks: WebhookRoutesNeeds
  log: Logger
}

/** The call centre's surface. Other surfaces share its prefix `/api`, so guards stand on routes, not on the prefix. */
export function createCrmRoutes(needs: CrmRoutesNeeds): OpenAPIHono<CrmEnv> {
  const app = new OpenAPIHono<CrmEnv>()
  app.onError((err, c) => sendError(c, err, crmErrorFormat, needs.log))
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/api/health',
      operationId: 'crmHealth',
      summary: 'Whether the API answers',
      tags: ['Call centre: accounts'],
      security: noAuth,
      responses: {
        200: json(z.object({ status: z.literal('ok') }), 'It answers'),
        ...publicErrors('input_invalid', 'unavailable'),
      },
    }),
    (c) => c.json({ status: 'ok' as const }, 200),
  )
  addAuthRoutes(app, needs.auth)
  addLeadRoutes(app, needs.leads)
  addAgentRoutes(app, needs.agents)
  addCampaignRoutes(app, needs.campaigns)
  addCrmCallRoutes(app, needs.calls)
  addStatsRoutes(app, needs.stats)
  addWebrtcRoutes(app, needs.webrtc)
  addAiRoutes(app, needs.ai)
  addWebhookRoutes(app, needs.webhooks)
  return app
}
