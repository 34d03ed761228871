import { createCrew } from '../../core/call-center/agents/actor-resolver.ts'
import { createDoor } from '../../http/crm/authorize.ts'
import { createCrm } from '../../http/crm/routes.ts'
import type { Guard } from '../../http/guard.ts'
import { createCallLog } from '../../store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../store/sql/call-center/agents.ts'
import { createCampaignStore } from '../../store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../store/sql/call-center/dial-queue.ts'
import { joinAgents } from './agents.ts'
import { joinAi } from './ai.ts'
import { joinCalls } from './calls.ts'
import { joinCampaigns } from './campaigns.ts'
import type { Base } from './feature-module.ts'
import { joinLeads } from './leads.ts'
import { joinMembership } from './registration.ts'
import { joinStats } from './stats.ts'
import { joinWebhooks } from './webhooks.ts'
import { joinWebrtc } from './webrtc-credentials.ts'

export type CallCentreNeeds = Omit<Base, 'door' | 'agents' | 'callLog' | 'campaigns' | 'queue'> & {
  guard: Guard
}

/** The call centre, joined: its surface, and what it does by itself. */
export interface CallCentre {
  app: ReturnType<typeof createCrm>
  open(): void
  close(): Promise<void>
}

export function createCallCentre({ guard, ...needs }: CallCentreNeeds): CallCentre {
  const { db, users, now, log } = needs
  const agents = createAgentStore(db, needs.config.quarantine)
  const crew = createCrew({ agents, users, now })
  const base: Base = {
    ...needs,
    agents,
    door: createDoor(guard, crew.standingOf),
    callLog: createCallLog(db),
    campaigns: createCampaignStore(db),
    queue: createDialQueue(db),
  }
  const rooms = {
    auth: joinMembership(base),
    leads: joinLeads(base),
    agents: joinAgents(base),
    campaigns: joinCampaigns(base),
    calls: joinCalls(base),
    stats: joinStats(base),
    webrtc: joinWebrtc(base),
    ai: joinAi(base),
    webhooks: joinWebhooks(base),
  }
  const { auth, leads, campaigns, calls, stats, webrtc, ai, webhooks } = rooms
  return {
    app: createCrm({
      auth: auth.routes,
      leads: leads.routes,
      agents: rooms.agents.routes,
      campaigns: campaigns.routes,
      calls: calls.routes,
      stats: stats.routes,
      webrtc: webrtc.routes,
      ai: ai.routes,
      webhooks: webhooks.routes,
      log,
    }),
    open() {
      for (const room of Object.values(rooms)) room.open?.()
    },
    async close() {
      for (const room of Object.values(rooms)) await room.close?.()
    },
  }
}
