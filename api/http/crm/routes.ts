import { Hono } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import { sendError } from '../errors.ts'
import { type AgentRoutesNeeds, addAgentRoutes } from './agent-routes.ts'
import { type AiRoutesNeeds, addAiRoutes } from './ai-routes.ts'
import { type AuthRoutesNeeds, addAuthRoutes } from './auth-routes.ts'
import type { CrmEnv } from './authorize.ts'
import { addCrmCallRoutes, type CrmCallRoutesNeeds } from './call-routes.ts'
import { addCampaignRoutes, type CampaignRoutesNeeds } from './campaign-routes.ts'
import { crmErrorFormat } from './errors.ts'
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

/** The call centre's surface. Its paths share `/api` with others: guards stand on routes. */
export function createCrmRoutes(needs: CrmRoutesNeeds): Hono<CrmEnv> {
  const app = new Hono<CrmEnv>()
  app.onError((err, c) => sendError(c, err, crmErrorFormat, needs.log))
  app.get('/api/health', (c) => c.json({ status: 'ok' }))
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
