import { failureLogger } from '../../../runtime/log.ts'
import { createAgents } from '../../core/call-center/agents/agents.ts'
import { createDeskNotifier } from '../../core/call-center/desk/desk-notifier.ts'
import { type ActorResolver, createActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import type { DocumentVersions } from '../../core/call-center/ai/document-versions.ts'
import { createAuthorize } from '../../http/crm/authorize.ts'
import { createCrmRoutes } from '../../http/crm/routes.ts'
import type { Guard } from '../../http/guard.ts'
import type { CampaignReportRoutesNeeds } from '../../http/v1/campaign-routes.ts'
import type { DeskRoutesNeeds } from '../../http/v1/desk-routes.ts'
import { createAgentCallStore } from '../../store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../store/sql/call-center/agents.ts'
import { createCallRecordStore } from '../../store/sql/call-center/call-records.ts'
import { createCampaignStore } from '../../store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../store/sql/call-center/dial-queue.ts'
import { createAgentsModule } from './agents.ts'
import { createAiModule } from './ai.ts'
import { createCallsModule } from './calls.ts'
import { createCampaignsModule } from './campaigns.ts'
import { createDeskModule } from './desk.ts'
import type { CallCenterDeps } from './feature-module.ts'
import { createLeadsModule } from './leads.ts'
import { createRegistrationModule } from './registration.ts'
import { createStatsModule } from './stats.ts'
import { createWebhooksModule } from './webhooks.ts'
import { createWebrtcCredentialsModule } from './webrtc-credentials.ts'

export type CallCenterNeeds = Omit<
  CallCenterDeps,
  | 'authorize'
  | 'agents'
  | 'agentService'
  | 'agentCallStore'
  | 'callRecords'
  | 'campaigns'
  | 'deskNotifier'
  | 'queue'
> & {
  guard: Guard
}

/** The call center: its routes, and the start and end of its background jobs. */
export interface CallCenter {
  app: ReturnType<typeof createCrmRoutes>
  /** For the routes of v1. */
  desk: Omit<DeskRoutesNeeds, 'guard'>
  campaignReports: Omit<CampaignReportRoutesNeeds, 'guard'>
  resolveActor: ActorResolver['resolve']
  aiVersions: DocumentVersions
  open(): void
  close(): Promise<void>
}

export function createCallCenter({ guard, ...needs }: CallCenterNeeds): CallCenter {
  const { db, users, accounts, changes, policy, userMessages, now, log } = needs
  const agents = createAgentStore(db, needs.config.quarantine)
  const actorResolver = createActorResolver({ agents, users, now })
  const deskNotifier = createDeskNotifier({
    agents,
    userMessages,
    onFailure: failureLogger(log)('desk_notification', 'agents could not be notified of their desk'),
  })
  const deps: CallCenterDeps = {
    ...needs,
    agents,
    agentService: createAgents({
      ...{ store: agents, users, accounts, changes, statuses: needs.callModule.statuses, policy, now },
      longestLifetime: needs.config.longestLifetime,
      onStatusChange: (id) => deskNotifier.agentsChanged([id]),
    }),
    callRecords: createCallRecordStore(db),
    deskNotifier,
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
    desk: createDeskModule(deps, actorResolver),
  }
  const { auth, leads, campaigns, calls, stats, webrtc, ai, webhooks } = modules
  return {
    desk: modules.desk.routes,
    campaignReports: { resolveActor: actorResolver.resolve, ...campaigns.reports },
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
    resolveActor: actorResolver.resolve,
    aiVersions: ai.versions,
    open() {
      for (const featureModule of Object.values(modules)) featureModule.open?.()
    },
    async close() {
      for (const featureModule of Object.values(modules)) await featureModule.close?.()
    },
  }
}
