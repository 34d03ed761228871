import { createActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { createAuthorize } from '../../http/crm/authorize.ts'
import { createCrmRoutes } from '../../http/crm/routes.ts'
import type { Guard } from '../../http/guard.ts'
import type { V1RoutesNeeds } from '../../http/v1/routes.ts'
import { createAgentCallStore } from '../../store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../store/sql/call-center/agents.ts'
import { createCampaignStore } from '../../store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../store/sql/call-center/dial-queue.ts'
import type { AuthModule } from '../auth.ts'
import { createAgentsModule } from './agents.ts'
import { createAiModule } from './ai.ts'
import { createBoardModule } from './board.ts'
import { createCallsModule } from './calls.ts'
import { createCampaignsModule } from './campaigns.ts'
import type { CallCenterDeps } from './feature-module.ts'
import { createLeadsModule } from './leads.ts'
import { createRegistrationModule } from './registration.ts'
import { createStatsModule } from './stats.ts'
import { createWebhooksModule } from './webhooks.ts'
import { createWebrtcCredentialsModule } from './webrtc-credentials.ts'

export type CallCenterNeeds = Omit<
  CallCenterDeps,
  'authorize' | 'agents' | 'agentCallStore' | 'campaigns' | 'queue'
> & {
  guard: Guard
  securityLog: AuthModule['securityLog']
}

/** The call center: its routes, and the start and end of its background jobs. */
export interface CallCenter {
  app: ReturnType<typeof createCrmRoutes>
  /** For v1. */
  board: V1RoutesNeeds['board']
  open(): void
  close(): Promise<void>
}

export function createCallCenter({ guard, securityLog, ...needs }: CallCenterNeeds): CallCenter {
  const { db, users, now, log } = needs
  const agents = createAgentStore(db, needs.config.quarantine)
  const actorResolver = createActorResolver({ agents, users, now })
  const deps: CallCenterDeps = {
    ...needs,
    agents,
    authorize: createAuthorize(guard, actorResolver.resolve),
    agentCallStore: createAgentCallStore(db),
    campaigns: createCampaignStore(db),
    queue: createDialQueue(db),
  }
  const modules = {
    auth: createRegistrationModule(deps),
    leads: createLeadsModule(deps),
    agents: createAgentsModule(deps),
    campaigns: createCampaignsModule(deps),
    calls: createCallsModule(deps),
    stats: createStatsModule(deps),
    webrtc: createWebrtcCredentialsModule(deps),
    ai: createAiModule(deps),
    webhooks: createWebhooksModule(deps),
  }
  const { auth, leads, campaigns, calls, stats, webrtc, ai, webhooks } = modules
  return {
    app: createCrmRoutes({
      auth: auth.routes,
      leads: leads.routes,
      agents: modules.agents.routes,
      campaigns: campaigns.routes,
      calls: calls.routes,
      stats: stats.routes,
      webrtc: webrtc.routes,
      ai: ai.routes,
      webhooks: webhooks.routes,
      log,
    }),
    board: createBoardModule({ ...deps, guard, securityLog, resolveActor: actorResolver.resolve }),
    open() {
      for (const featureModule of Object.values(modules)) featureModule.open?.()
    },
    async close() {
      for (const featureModule of Object.values(modules)) await featureModule.close?.()
    },
  }
}
